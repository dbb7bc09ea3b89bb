extension Expression {
  /// Reads one expression in the notation of `--expression`.
  ///
  /// `+ − · / ^ @` (matrix product), brackets, functions, `a[t-1]`, sums `sum(a[i], i=0..n)`, products by juxtaposition,
  /// `√`, `x²`, `Kᵀ`, `‖x‖`, `|x|`; Greek letters, hats and lowered indices beside their ASCII spellings.
  /// - Throws: `FormulaError` with the column of the mistake.
  public init(parsing text: String) throws(FormulaError) {
    let program = try Program(parsing: text)
    guard program.definitions.isEmpty else {
      throw FormulaError("one expression is wanted here, \(program.definitions.count + 1) are given")
    }
    self = program.result
  }
}

/// Several definitions and the expression they serve: `s = sqrt(alpha_bar[t]); s*x0 + sqrt(1 - s^2)*eps`.
public struct Program: Hashable, Sendable {
  /// Relations `name = expression`, in order; each may use those before it.
  public let definitions: [Expression]
  public let result: Expression

  public init(definitions: [Expression] = [], result: Expression) {
    self.definitions = definitions
    self.result = result
  }

  /// Reads definitions and a result, separated by semicolons.
  ///
  /// - Parameter functions: names that may be called beside the built-in ones; nil for any name, as display forms
  ///   need with ε_θ(x_t, t).
  /// - Throws: `FormulaError` with the column of the mistake.
  public init(parsing text: String, functions: Set<String>? = []) throws(FormulaError) {
    var parser = Parser(tokens: try Lexer.tokens(of: text), functions: functions)
    self = try parser.program()
  }
}

/// A recursive-descent parser; one function a level of precedence.
struct Parser {
  static let deepestNesting = 60
  static let mostNodes = 2000

  private let tokens: [Token]
  /// Functions beside the built-in ones; nil for any.
  private let functions: Set<String>?
  private var position = 0
  private var depth = 0

  init(tokens: [Token], functions: Set<String>?) {
    self.tokens = tokens
    self.functions = functions
  }

  private func isFunction(_ name: String) -> Bool { functions?.contains(name) ?? true || Builtin.isFunction(name) }

  mutating func program() throws(FormulaError) -> Program {
    var statements: [Expression] = []
    while true {
      while take(";") {}
      if current.kind == .end { break }
      statements.append(try relation())
      guard take(";") || current.kind == .end else { throw unexpected("an operator") }
    }
    guard let result = statements.popLast() else { throw FormulaError("the expression is empty", column: 1) }
    let size = statements.reduce(result.size) { $0 + $1.size }
    guard size <= Self.mostNodes else {
      throw FormulaError("the expression has \(size) parts, at most \(Self.mostNodes) are read")
    }
    for statement in statements {
      switch statement.leftHandSide {
      case .name, .element(.name, _), .call: break
      default:
        throw FormulaError("before a semicolon a definition such as s = sqrt(alpha_bar) is wanted, not \(statement)")
      }
    }
    return Program(definitions: statements, result: result)
  }

  // MARK: Tokens

  private var current: Token { tokens[min(position, tokens.count - 1)] }
  private var following: Token { tokens[min(position + 1, tokens.count - 1)] }

  private func isMark(_ token: Token, _ mark: String) -> Bool { token.kind == .mark(mark) }

  private mutating func take(_ mark: String) -> Bool {
    guard isMark(current, mark) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ mark: String, toClose opening: Token) throws(FormulaError) {
    if take(mark) { return }
    if current.kind == .end {
      throw FormulaError("the bracket opened here is not closed; “\(mark)” is missing", column: opening.column)
    }
    throw unexpected("“\(mark)”")
  }

  private func unexpected(_ wanted: String) -> FormulaError {
    let found =
      switch current.kind {
      case .end: "the end of the expression"
      case .mark(let mark): "“\(mark)”"
      case .name(let name): "“\(name)”"
      case .number(let number): "the number \(number)"
      case .lowered(let text): "the index “\(text)”"
      case .raised(let text): "the exponent “\(text)”"
      }
    return FormulaError("\(found) where \(wanted) was expected", column: current.column)
  }

  // MARK: Levels of precedence

  private static let relations: [String: Expression.Relation] = [
    "=": .equals, "≈": .approximately, "~": .distributed, "<": .less, "<=": .lessOrEqual, ">": .greater,
    ">=": .greaterOrEqual, "==": .same, "!=": .different,
  ]

  private mutating func relation() throws(FormulaError) -> Expression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepestNesting else {
      throw FormulaError("brackets nest deeper than \(Self.deepestNesting) levels", column: current.column)
    }
    let left = try sum()
    guard case .mark(let mark) = current.kind, let relation = Self.relations[mark] else { return left }
    position += 1
    return .relation(relation, left, try sum())
  }

  private mutating func sum() throws(FormulaError) -> Expression {
    var result = try product()
    while true {
      if take("+") {
        result = .binary(.plus, result, try product())
      } else if take("-") {
        result = .binary(.minus, result, try product())
      } else {
        return result
      }
    }
  }

  private mutating func product() throws(FormulaError) -> Expression {
    var result = try signed()
    while true {
      if take("*") {
        result = .binary(.times, result, try signed())
      } else if take("/") {
        result = .binary(.divide, result, try signed())
      } else if take("@") {
        result = .binary(.matmul, result, try signed())
      } else if startsFactor {
        result = .binary(.times, result, try power())
      } else {
        return result
      }
    }
  }

  /// Whether the next token continues a product without a sign between: `2 x`, `a (b + c)`, `x √2`.
  private var startsFactor: Bool {
    switch current.kind {
    case .name: true
    case .mark(let mark): mark == "(" || mark == "√"
    default: false
    }
  }

  private mutating func signed() throws(FormulaError) -> Expression {
    var minus = false
    while true {
      if take("-") { minus.toggle() } else if !take("+") { break }
    }
    let operand = try power()
    return minus ? .negative(operand) : operand
  }

  private mutating func power() throws(FormulaError) -> Expression {
    let base = try postfix()
    guard take("^") else { return base }
    // Nested without brackets too: a^b^c is a^(b^c).
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepestNesting else {
      throw FormulaError("powers nest deeper than \(Self.deepestNesting) levels", column: current.column)
    }
    let exponent = try signed()
    return exponent == .name("T") ? .call("transpose", [base]) : .binary(.power, base, exponent)
  }

  private mutating func postfix() throws(FormulaError) -> Expression {
    var result = try primary()
    while true {
      let token = current
      if take("[") {
        result = .element(result, try arguments(closing: "]", opened: token).values)
      } else if case .lowered(let text) = token.kind {
        position += 1
        result = .element(result, try inner(text, at: token))
      } else if case .raised(let text) = token.kind {
        position += 1
        let exponent = try inner(text, at: token)
        guard exponent.count == 1, let only = exponent.first else {
          throw FormulaError("one exponent is wanted", column: token.column)
        }
        result = only == .name("T") ? .call("transpose", [result]) : .binary(.power, result, only)
      } else {
        return result
      }
    }
  }

  /// The expressions in a lowered or raised text, which has no brackets of its own.
  private func inner(_ text: String, at token: Token) throws(FormulaError) -> [Expression] {
    do {
      var parser = Parser(tokens: try Lexer.tokens(of: text + "]"), functions: functions)
      parser.depth = depth + 1
      return try parser.arguments(closing: "]", opened: token).values
    } catch {
      throw FormulaError("in the index or exponent “\(text)”: \(error.sentence)", column: token.column)
    }
  }

  // MARK: Primaries

  private mutating func primary() throws(FormulaError) -> Expression {
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

  private struct Arguments {
    var values: [Expression] = []
    var options: [String: Expression] = [:]
    var range: (index: String, from: Expression, through: Expression)?
  }

  private mutating func arguments(closing: String, opened: Token) throws(FormulaError) -> Arguments {
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
