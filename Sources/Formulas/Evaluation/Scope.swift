/// What the names in an expression stand for.
public struct Scope: Sendable {
  /// How a sequence over timesteps behaves.
  struct Sequence: Sendable {
    /// The name whose value is the index of the bare name.
    let at: String
    /// The value at index −1.
    let before: Double?
  }

  struct Definition: Sendable {
    let parameters: [String]
    let body: Expression
  }

  /// Arrays by the text of what they stand for: `x0`, `x[t - 1]`.
  var inputs: [String: Numbers] = [:]
  var sequences: [String: Sequence] = [:]
  /// The formula's own abbreviations.
  private(set) var definitions: [String: Definition] = [:]
  /// The definitions that no formula made.
  private var usual: Set<String> = []
  /// What the person who typed the expression defined, in order; each sees those before it and hides the formula's.
  private(set) var own: [(name: String, definition: Definition)] = []

  /// A scope with inputs alone.
  ///
  /// - Throws: `FormulaError` when a name is none.
  public init(inputs: [String: Numbers]) throws(FormulaError) {
    for (name, value) in inputs { self.inputs[try Self.key(name)] = value }
  }

  init() {}

  /// The spelling under which an input is found, however its name was typed.
  static func key(_ name: String) throws(FormulaError) -> String {
    do { return try Program(parsing: name, functions: nil).result.description } catch {
      throw FormulaError("“\(name)” is no name: \(error.sentence)")
    }
  }

  /// Adds `name = …`, `lambda[j] = …` or `f(u) = …` to the formula's abbreviations.
  mutating func define(_ relation: Expression) throws(FormulaError) {
    let (name, definition) = try Self.definition(relation)
    definitions[name] = definition
  }

  /// Adds a definition that the person made.
  mutating func defineOwn(_ relation: Expression) throws(FormulaError) {
    own.append(try Self.definition(relation))
  }

  /// Adds the names that everybody uses beside the given ones: αₜ and βₜ where ᾱ is given, αₜ and ᾱₜ where β is.
  mutating func defineUsual() throws(FormulaError) {
    func at(_ name: String, _ index: Expression) -> Expression { .element(.name(name), [index]) }
    let one = Expression.number(1)
    var usual: [Expression] = []
    if let bar = sequences["alpha_bar"], bar.before != nil {
      let t = Expression.name(bar.at)
      let kept = Expression.binary(.divide, at("alpha_bar", t), at("alpha_bar", .binary(.minus, t, one)))
      usual = [
        .relation(.equals, at("alpha", t), kept), .relation(.equals, at("beta", t), .binary(.minus, one, kept)),
      ]
    } else if let beta = sequences["beta"] {
      let t = Expression.name(beta.at)
      let product = Expression.series(
        .prod, .binary(.minus, one, at("beta", .name("s"))), index: "s", from: .number(0), through: t)
      usual = [
        .relation(.equals, at("alpha", t), .binary(.minus, one, at("beta", t))),
        .relation(.equals, at("alpha_bar", t), product),
      ]
    }
    for relation in usual {
      let (name, definition) = try Self.definition(relation)
      guard inputs[name] == nil, definitions[name] == nil else { continue }
      definitions[name] = definition
      self.usual.insert(name)
    }
  }

  private static func definition(_ relation: Expression) throws(FormulaError) -> (name: String, definition: Definition)
  {
    guard case .relation(.equals, let left, let body) = relation else {
      throw FormulaError("\(relation) defines nothing")
    }
    // x[t-1] = … names one thing; lambda[j] = … a sequence.
    if case .element(_, let indices) = left, !indices.allSatisfy(\.isName) {
      return (left.description, Definition(parameters: [], body: body))
    }
    guard let (name, parameters) = left.nameAndParameters else {
      throw FormulaError("\(left) cannot be defined; a name, a sequence f[j] or a function f(u) can")
    }
    return (name, Definition(parameters: parameters, body: body))
  }

  /// The names that may be called as functions.
  var functions: Set<String> { Set(definitions.filter { !$0.value.parameters.isEmpty }.keys) }

  /// All names with a value, sorted, each with its letter where that differs: “alpha_bar (ᾱ), eps (ε), t”.
  var listing: String {
    let names = Set(Array(inputs.keys) + definitions.keys + own.map(\.name)).subtracting(usual).sorted()
    return names.map { name in
      let typed = name.filter { $0 != " " }
      guard let shown = try? Program(parsing: name, functions: nil).result.unicode, shown != typed else { return typed }
      return "\(typed) (\(shown))"
    }.joined(separator: ", ")
  }
}

extension Expression {
  var isName: Bool { if case .name = self { true } else { false } }

  /// What a definition's left side defines.
  fileprivate var nameAndParameters: (String, [String])? {
    func names(_ list: [Expression]) -> [String]? {
      var names: [String] = []
      for case .name(let name) in list { names.append(name) }
      return names.count == list.count ? names : nil
    }
    switch self {
    case .name(let name): return (name, [])
    case .element(.name(let name), let indices): return names(indices).map { (name, $0) }
    case .call(let name, let arguments, let options) where options.isEmpty: return names(arguments).map { (name, $0) }
    default: return nil
    }
  }
}
