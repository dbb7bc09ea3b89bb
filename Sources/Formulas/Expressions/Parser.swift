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
  var functions: Set<String>?
  var position = 0
  var depth = 0
  /// How many functions of matrices are open here: within them names side by side are a matrix product.
  var matrixDepth = 0

  init(tokens: [Token], functions: Set<String>?) {
    self.tokens = tokens
    self.functions = functions
  }

  func isFunction(_ name: String) -> Bool { functions?.contains(name) ?? true || Builtin.isFunction(name) }

  mutating func program() throws(FormulaError) -> Program {
    var statements: [Expression] = []
    while true {
      while take(";") {}
      if current.kind == .end { break }
      noteFunction()
      statements.append(try relation())
      if takeWhere() {
        let result = statements.removeLast()
        repeat {
          noteFunction()
          statements.append(try relation())
        } while take(",")
        statements.append(result)
      }
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

  /// A statement that begins with f(u) = defines a function, which it and those after it may call.
  private mutating func noteFunction() {
    guard let known = functions, case .name(let name) = current.kind, isMark(following, "(") else { return }
    var (place, open) = (position + 2, 1)
    while open > 0, place < tokens.count {
      if isMark(tokens[place], "(") { open += 1 } else if isMark(tokens[place], ")") { open -= 1 }
      place += 1
    }
    if place < tokens.count, isMark(tokens[place], "=") { functions = known.union([Name(name).ascii]) }
  }

  /// “…, where a = b”: definitions may follow, as they are printed.
  private mutating func takeWhere() -> Bool {
    let comma = isMark(current, ",")
    guard (comma ? following : current).kind == .name("where") else { return false }
    position += comma ? 2 : 1
    return true
  }

  // MARK: Tokens

  var current: Token { tokens[min(position, tokens.count - 1)] }
  var following: Token { tokens[min(position + 1, tokens.count - 1)] }

  func isMark(_ token: Token, _ mark: String) -> Bool { token.kind == .mark(mark) }

  mutating func take(_ mark: String) -> Bool {
    guard isMark(current, mark) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ mark: String, toClose opening: Token) throws(FormulaError) {
    if take(mark) { return }
    if current.kind == .end {
      throw FormulaError("the bracket opened here is not closed; “\(mark)” is missing", column: opening.column)
    }
    throw unexpected("“\(mark)”")
  }

  func unexpected(_ wanted: String) -> FormulaError {
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

  mutating func relation() throws(FormulaError) -> Expression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepestNesting else {
      throw FormulaError("brackets nest deeper than \(Self.deepestNesting) levels", column: current.column)
    }
    let left = try sum()
    guard case .mark(let mark) = current.kind, let relation = Self.relations[mark] else { return left }
    position += 1
    let right = try sum()
    // A definition may define a comparison: m = j <= i.
    guard relation == .equals, case .mark(let next) = current.kind, let comparison = Self.relations[next],
      comparison != .equals
    else { return .relation(relation, left, right) }
    position += 1
    return .relation(relation, left, .relation(comparison, right, try sum()))
  }

  mutating func sum() throws(FormulaError) -> Expression {
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

  mutating func product() throws(FormulaError) -> Expression {
    var result = try signed()
    while true {
      if take("*") {
        result = .binary(.times, result, try signed())
      } else if take("/") {
        result = .binary(.divide, result, try signed())
      } else if take("@") {
        result = .binary(.matmul, result, try signed())
      } else if startsFactor {
        let factor = try power()
        let isMatrices = matrixDepth > 0 && !result.isNumber && !factor.isNumber
        result = .binary(isMatrices || result.isMatrix || factor.isMatrix ? .matmul : .times, result, factor)
      } else {
        return result
      }
    }
  }

  /// Whether the next token continues a product without a sign between: `2 x`, `a (b + c)`, `x √2`.
  private var startsFactor: Bool {
    switch current.kind {
    case .name(let name): name != "where"
    case .mark(let mark): ["(", "√", "∑", "∏", "⌊", "⌈"].contains(mark)
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

  mutating func postfix() throws(FormulaError) -> Expression {
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
  func inner(_ text: String, at token: Token) throws(FormulaError) -> [Expression] {
    do {
      var parser = Parser(tokens: try Lexer.tokens(of: text + "]"), functions: functions)
      parser.depth = depth + 1
      return try parser.arguments(closing: "]", opened: token).values
    } catch {
      throw FormulaError("in the index or exponent “\(text)”: \(error.sentence)", column: token.column)
    }
  }
}

extension Expression {
  fileprivate var isNumber: Bool { if case .number = self { true } else { false } }

  /// What is a matrix by its look: beside it, a product without a sign is the matrix product, as in Q Kᵀ.
  fileprivate var isMatrix: Bool {
    switch self {
    case .call("transpose", _, _), .call("softmax", _, _), .call("inverse", _, _), .call("sqrtm", _, _): true
    case .binary(.matmul, _, _): true
    default: false
    }
  }
}
