import Foundation

/// Computes expressions in double precision, within limits that hostile input cannot pass.
public struct Evaluator {
  /// The most elements that may be computed for one expression.
  public static let mostWork = 5_000_000
  static let deepestCalls = 40

  let scope: Scope
  /// Values of bound names: the index of a sum, the parameters of a function.
  var locals: [String: Numbers] = [:]
  /// Values of definitions without parameters, computed once; by name and place.
  private var known: [Found: Numbers] = [:]
  /// How many of the person's own definitions can be seen from here.
  private var visible: Int
  private var work = 0
  private var depth = 0
  /// The first part that gave no finite number although its parts were finite: “division by zero in 1/x”.
  private(set) var trouble: String?

  /// A definition that a name leads to; the place is −1 for the formula's own ones.
  struct Found: Hashable {
    let name: String
    let place: Int
  }

  public init(_ scope: Scope) {
    self.scope = scope
    visible = scope.own.count
  }

  /// The value of an expression in a scope, and where it went wrong when it is not finite.
  public static func value(
    _ program: Program, in scope: Scope
  ) throws(FormulaError) -> (value: Numbers, trouble: String?) {
    var scope = scope
    for definition in program.definitions { try scope.defineOwn(definition) }
    var evaluator = Evaluator(scope)
    return (try evaluator.value(program.result), evaluator.trouble)
  }

  mutating func spend(_ amount: Int) throws(FormulaError) {
    work += amount
    guard work <= Self.mostWork else {
      throw FormulaError("the expression needs more than \(Self.mostWork) operations")
    }
  }

  mutating func value(_ expression: Expression) throws(FormulaError) -> Numbers {
    let result = try bare(expression)
    guard result.count <= Numbers.mostElements else {
      throw FormulaError("an array of \(result.count) elements; at most \(Numbers.mostElements)")
    }
    try spend(1 + result.count)
    return result
  }

  private mutating func bare(_ expression: Expression) throws(FormulaError) -> Numbers {
    switch expression {
    case .number(let value): return Numbers(value)
    case .name(let name): return try self.name(name)
    case .element(let base, let indices): return try element(expression, base, indices)
    case .negative(let operand): return try value(operand).map { -$0 }
    case .binary(.matmul, let left, let right): return try Self.matmul(try value(left), try value(right))
    case .binary(let symbol, let left, let right):
      return try noting(expression, try Self.binary(symbol, try value(left), try value(right)))
    case .relation(let relation, let left, let right):
      guard let test = Self.test(relation) else { throw FormulaError("“\(expression)” has no value") }
      return try Numbers.combine(try value(left), try value(right)) { test($0, $1) ? 1 : 0 }
    case .call(let function, let arguments, let options):
      return try noting(expression, try call(function, arguments, options))
    case .series(let kind, let body, let index, let from, let through):
      return try series(kind, body, index, try whole(from), try whole(through))
    }
  }

  /// Remembers the first part whose value is not finite.
  private mutating func noting(_ expression: Expression, _ result: Numbers) throws(FormulaError) -> Numbers {
    if trouble == nil, !result.elements.allSatisfy(\.isFinite) {
      let what =
        switch expression {
        case .binary(.divide, _, _): "division by zero"
        case .call("sqrt", _, _): "root of a negative number"
        case .call("log", _, _), .call("log2", _, _), .call("log10", _, _): "logarithm of zero or less"
        default: "no finite number"
        }
      trouble = "\(what) in \(expression.unicode)"
    }
    return result
  }

  // MARK: Names

  mutating func name(_ name: String) throws(FormulaError) -> Numbers {
    if let value = locals[name] { return value }
    if let found = find(name) {
      let parameters = definition(found).parameters
      // f alone means f[t] where t is known.
      guard parameters.allSatisfy(has) else {
        throw FormulaError("\(name) needs its \(parameters.joined(separator: ", "))")
      }
      var arguments: [Numbers] = []
      for parameter in parameters { arguments.append(try self.name(parameter)) }
      return try defined(found, arguments)
    }
    if let value = scope.inputs[name] {
      guard let sequence = scope.sequences[name] else { return value }
      let index = try self.name(sequence.at)
      return try Self.element(value, at: [index], named: name, before: sequence.before)
    }
    if let constant = Self.constants[name] { return Numbers(constant) }
    if let (base, index) = Self.split(name), has(base) {
      let place: Expression = index.allSatisfy(\.isNumber) ? .number(Double(index) ?? 0) : .name(index)
      return try value(.element(.name(base), [place]))
    }
    // ᾱ₀ is ᾱ at 0.
    let parts = Name(name)
    let plain = Name(base: parts.base, accent: parts.accent, subscripts: parts.subscripts).ascii
    if let index = Double(parts.digits), has(plain) { return try value(.element(.name(plain), [.number(index)])) }
    let letters = name.map(String.init)
    let hint =
      (2...4).contains(letters.count) && letters.allSatisfy(has) ? ", and a product needs a space or a sign" : ""
    throw FormulaError("“\(name)” is unknown; known are \(scope.listing)\(hint)")
  }

  func find(_ name: String) -> Found? {
    if let place = scope.own[..<visible].lastIndex(where: { $0.name == name }) {
      return Found(name: name, place: place)
    }
    return scope.definitions[name] == nil ? nil : Found(name: name, place: -1)
  }

  func definition(_ found: Found) -> Scope.Definition {
    if found.place >= 0 { return scope.own[found.place].definition }
    guard let definition = scope.definitions[found.name] else { preconditionFailure("no definition of \(found.name)") }
    return definition
  }

  private static let constants = ["pi": Double.pi, "e": M_E]

  private func has(_ name: String) -> Bool {
    locals[name] != nil || scope.inputs[name] != nil || find(name) != nil
  }

  /// beta_t is beta at t.
  private static func split(_ name: String) -> (String, String)? {
    guard let mark = name.lastIndex(of: "_") else { return nil }
    let index = String(name[name.index(after: mark)...])
    return index.isEmpty ? nil : (String(name[..<mark]), index)
  }

  mutating func defined(_ found: Found, _ arguments: [Numbers]) throws(FormulaError) -> Numbers {
    // r_k = … in a sum over k has the k of the sum.
    let index = Self.split(found.name).flatMap { part in locals[part.1].map { (name: part.1, value: $0) } }
    if arguments.isEmpty, index == nil, let value = known[found] { return value }
    guard depth < Self.deepestCalls else {
      throw FormulaError("\(found.name) is defined by itself, or by more than \(Self.deepestCalls) others in turn")
    }
    let (definition, outer, outerVisible) = (definition(found), locals, visible)
    depth += 1
    locals = Dictionary(zip(definition.parameters, arguments), uniquingKeysWith: { first, _ in first })
    if arguments.isEmpty, let index { locals[index.name] = index.value }
    visible = max(found.place, 0)
    defer {
      (locals, visible) = (outer, outerVisible)
      depth -= 1
    }
    let result = try value(definition.body)
    if arguments.isEmpty, index == nil { known[found] = result }
    return result
  }

  // MARK: Operators

  static func binary(
    _ symbol: Expression.BinaryOperator, _ a: Numbers, _ b: Numbers
  ) throws(FormulaError) -> Numbers {
    switch symbol {
    case .plus: try Numbers.combine(a, b, +)
    case .minus: try Numbers.combine(a, b, -)
    case .times: try product(a, b)
    case .divide: try Numbers.combine(a, b, /)
    case .power: try Numbers.combine(a, b) { $1 == 2 ? $0 * $0 : pow($0, $1) }
    case .matmul: try matmul(a, b)
    }
  }

  /// The product element by element; where only the matrix product is possible, the sentence says how it is written.
  private static func product(_ a: Numbers, _ b: Numbers) throws(FormulaError) -> Numbers {
    do throws(FormulaError) { return try Numbers.combine(a, b, *) } catch {
      guard (try? matmul(a, b)) != nil else { throw error }
      throw FormulaError(error.sentence + "; the matrix product is written A @ B")
    }
  }

  private static func test(_ relation: Expression.Relation) -> ((Double, Double) -> Bool)? {
    switch relation {
    case .less: { $0 < $1 }
    case .lessOrEqual: { $0 <= $1 }
    case .greater: { $0 > $1 }
    case .greaterOrEqual: { $0 >= $1 }
    case .same, .equals: { $0 == $1 }
    case .different: { $0 != $1 }
    case .approximately, .distributed: nil
    }
  }

  // MARK: Functions

  private mutating func call(
    _ function: String, _ arguments: [Expression], _ options: [String: Expression]
  ) throws(FormulaError) -> Numbers {
    if let found = find(function), case let parameters = definition(found).parameters, !parameters.isEmpty {
      guard arguments.count == parameters.count, options.isEmpty else {
        throw FormulaError("\(function) takes \(parameters.count) arguments, not \(arguments.count)")
      }
      var values: [Numbers] = []
      for argument in arguments { values.append(try value(argument)) }
      return try defined(found, values)
    }
    if function == "if", arguments.count == 3, let test = try value(arguments[0]).scalar {
      return try value(arguments[test != 0 ? 1 : 2])
    }
    var values: [Numbers] = []
    for argument in arguments { values.append(try value(argument)) }
    var labelled: [String: Numbers] = [:]
    for (label, option) in options { labelled[label] = try value(option) }
    let call = Call(function: function, values: values, options: labelled)
    try spend(call.cost)
    return try call.result()
  }
}
