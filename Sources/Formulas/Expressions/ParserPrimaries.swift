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
      return mark == "|" ? .call("abs", [content]) : norm(content)
    case "⌊", "⌈":
      let content = try relation()
      try expect(mark == "⌊" ? "⌋" : "⌉", toClose: token)
      return .call(mark == "⌊" ? "floor" : "ceil", [content])
    case "∑", "∏":
      return try largeSign(mark == "∑" ? .sum : .prod, token)
    default:
      position -= 1
      throw unexpected("a number, a name or a bracket")
    }
  }

  /// ‖x‖₂ is ‖x‖, ‖x‖₁ the sum of the absolute values.
  private mutating func norm(_ content: Expression) -> Expression {
    guard case .lowered(let index) = current.kind, index == "1" || index == "2" else { return .call("norm", [content]) }
    position += 1
    return index == "2" ? .call("norm", [content]) : .call("sum", [.call("abs", [content])])
  }

  /// Σᵢ₌₀ⁿ and what it goes over: the factors that follow.
  private mutating func largeSign(_ kind: Expression.Series, _ token: Token) throws(FormulaError) -> Expression {
    guard case .lowered(let lower) = current.kind, let sign = lower.firstIndex(of: "=") else {
      throw FormulaError("below \(kind == .sum ? "∑" : "∏") its index is wanted, such as i=0", column: token.column)
    }
    let place = current
    position += 1
    let index = Name(String(lower[..<sign])).ascii
    let from = try only(String(lower[lower.index(after: sign)...]), at: place)
    let through: Expression
    if case .raised(let upper) = current.kind {
      let place = current
      position += 1
      through = try only(upper, at: place)
    } else if take("^") {
      through = try primary()
    } else {
      throw FormulaError("above \(kind == .sum ? "∑" : "∏") its last index is wanted", column: token.column)
    }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepestNesting else { throw FormulaError("sums nest too deeply", column: token.column) }
    return .series(kind, try product(), index: index, from: from, through: through)
  }

  private func only(_ text: String, at token: Token) throws(FormulaError) -> Expression {
    let list = try inner(text, at: token)
    guard list.count == 1, let only = list.first else {
      throw FormulaError("“\(text)” where one number was expected", column: token.column)
    }
    return only
  }

  /// What a lowered text adds to the name before it: x₀ and x_{0} are the name x0, x̂_{0,cond} is x0_hat_cond; x_{t-1}
  /// is an element and left to `postfix`, as is m_{1,i} from its i on.
  private func lowered(_ text: String) -> (name: [String], index: String?)? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
    let words = parts.map { part in part.map { Greek.names[$0] ?? String($0) }.joined() }
    guard words.allSatisfy({ !$0.isEmpty }) else { return nil }
    func isWord(_ text: String) -> Bool { text.allSatisfy { $0.isLetter || $0.isNumber } }
    if words.count == 1 { return isWord(words[0]) ? (words, nil) : nil }
    let isNumbered = words[0].allSatisfy(\.isNumber) && !words.allSatisfy { $0.allSatisfy(\.isNumber) }
    guard isNumbered || parts[0].count > 1 && isWord(words[0]) else { return nil }
    let rest = words.dropFirst()
    if rest.allSatisfy({ $0.count > 1 && $0.allSatisfy(\.isLetter) }), rest == parts.dropFirst() { return (words, nil) }
    return ([words[0]], rest.joined(separator: ","))
  }

  private mutating func named(_ spelling: String, _ token: Token) throws(FormulaError) -> Expression {
    var spelling = spelling
    if case .lowered(let text) = current.kind {
      if spelling == "Sigma" || spelling == "Pi", text.contains("=") {
        return try largeSign(spelling == "Sigma" ? .sum : .prod, token)
      }
      if let (words, index) = lowered(text) {
        spelling += "_" + words.joined(separator: "_")
        let place = current
        position += 1
        if let index { return .element(.name(Name(spelling).ascii), try inner(index, at: place)) }
      }
    }
    let name = Name(spelling).ascii
    let exponent = Builtin.isFunction(name) ? try raisedFunction() : nil
    let opening = current
    guard isMark(opening, "("), opening.touches || functions?.contains(name) == true else {
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
    let isOfMatrices = ["sqrtm", "trace", "det", "inverse", "diag"].contains(function)
    if isOfMatrices { matrixDepth += 1 }
    let arguments = try arguments(closing: ")", opened: opening)
    if isOfMatrices { matrixDepth -= 1 }
    if functions != nil, let label = arguments.options.keys.sorted().first(where: { !takes(function, $0) }) {
      let pattern = Builtin.patterns[function].map { ": \($0)" } ?? ""
      throw FormulaError("\(function) has no option “\(label)”\(pattern)", column: token.column)
    }
    if let exponent {
      return .binary(.power, .call(function, arguments.values, options: arguments.options), exponent)
    }
    if let range = arguments.range {
      guard let kind = Expression.Series(rawValue: function), arguments.values.count == 1 else {
        throw FormulaError("only sum and prod of one term take a range i=a..b", column: token.column)
      }
      return .series(kind, arguments.values[0], index: range.index, from: range.from, through: range.through)
    }
    return .call(function, arguments.values, options: arguments.options)
  }

  /// The exponent between a function and its brackets: cos²(x) is cos(x)².
  private mutating func raisedFunction() throws(FormulaError) -> Expression? {
    guard case .raised(let text) = current.kind, isMark(following, "(") else { return nil }
    let place = current
    position += 1
    return try only(text, at: place)
  }

  private func takes(_ function: String, _ label: String) -> Bool {
    functions?.contains(function) == true || Builtin.options(of: function).contains(label)
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
          // PyTorch's name for it.
          guard result.options.updateValue(value, forKey: label == "dim" ? "axis" : label) == nil else {
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
