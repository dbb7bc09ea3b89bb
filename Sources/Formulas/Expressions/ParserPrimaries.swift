/// Numbers, names, brackets and the arguments of functions.
extension Parser {
  mutating func primary() throws(FormulaError) -> Expression {
    let token = current
    switch token.kind {
    case .number(let value):
      position += 1
      return .number(value)
    case .name(let spelling):
      position += 1
      return try named(spelling, token)
    case .mark(let mark):
      return try marked(mark, token)
    default:
      throw unexpected("a number, a name or a bracket")
    }
  }

  private mutating func marked(_ mark: String, _ token: Token) throws(FormulaError) -> Expression {
    position += 1
    switch mark {
    case "(":
      let content = try relation()
      try expect(")", toClose: token)
      return content
    case "√":
      depth += 1
      defer { depth -= 1 }
      guard depth <= Self.deepestNesting else { throw FormulaError("roots nest too deeply", column: token.column) }
      return .call("sqrt", [try postfix()])
    case "[":
      return .call("list", try arguments(closing: "]", opened: token).values)
    case "‖", "|":
      let content = try relation()
      try expect(mark, toClose: token)
      return .call(mark == "|" ? "abs" : "norm", [content])
    default:
      position -= 1
      throw unexpected("a number, a name or a bracket")
    }
  }

  private mutating func named(_ spelling: String, _ token: Token) throws(FormulaError) -> Expression {
    var spelling = spelling
    var end = token.end
    // x₀ and x_{0} are the name x0; x_{t-1} is an element and left to `postfix`.
    if case .lowered(let text) = current.kind, text.allSatisfy({ $0.isLetter || $0.isNumber }), !text.isEmpty {
      spelling += "_" + text.map { Greek.names[$0] ?? String($0) }.joined()
      end = current.end
      position += 1
    }
    let name = Name(spelling).ascii
    let opening = current
    guard isMark(opening, "("), opening.column == end else {
      if Builtin.isFunction(name), name.count > 1, functions != nil, !isDefinition(opening) {
        throw FormulaError("the function \(name) needs brackets: \(name)(…)", column: token.column)
      }
      return .name(name)
    }
    let function = Builtin.synonyms[name] ?? name
    guard isFunction(function) else {
      throw FormulaError(
        "“\(spelling)” is no function; a product is written \(spelling)*(…), an element \(spelling)[…]\(Builtin.suggestion(name))",
        column: token.column)
    }
    position += 1
    let arguments = try arguments(closing: ")", opened: opening)
    if let range = arguments.range {
      guard let kind = Expression.Series(rawValue: function), arguments.values.count == 1 else {
        throw FormulaError("only sum and prod of one term take a range i=a..b", column: token.column)
      }
      return .series(kind, arguments.values[0], index: range.index, from: range.from, through: range.through)
    }
    return .call(function, arguments.values, options: arguments.options)
  }

  /// A name that is being defined may be a function's too: `mean = …`.
  private func isDefinition(_ next: Token) -> Bool { isMark(next, "=") }

  struct Arguments {
    var values: [Expression] = []
    var options: [String: Expression] = [:]
    var range: (index: String, from: Expression, through: Expression)?
  }

  mutating func arguments(closing: String, opened: Token) throws(FormulaError) -> Arguments {
    var result = Arguments()
    if take(closing) { return result }
    repeat {
      if case .name(let label) = current.kind, isMark(following, "="), closing == ")" {
        let column = current.column
        position += 2
        let value = try sum()
        if take("..") {
          guard result.range == nil else { throw FormulaError("a second range", column: column) }
          result.range = (Name(label).ascii, value, try sum())
        } else {
          guard result.options.updateValue(value, forKey: label) == nil else {
            throw FormulaError("“\(label)” is given twice", column: column)
          }
        }
      } else {
        var value = try relation()
        // q(x | y) in display forms.
        if functions == nil, take("|") { value = .call("given", [value, try relation()]) }
        result.values.append(value)
      }
    } while take(",")
    try expect(closing, toClose: opened)
    return result
  }
}
