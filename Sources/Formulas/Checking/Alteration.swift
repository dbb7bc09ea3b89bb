/// The formula with one place changed, as slips of the pen change it.
struct Alteration {
  let name: String
  let explanation: String
  let program: Program

  /// A change of one node.
  private struct Change {
    let name: String
    let explanation: String
    let node: Expression

    init(_ name: String, _ explanation: String, _ node: Expression) {
      self.name = name
      self.explanation = explanation
      self.node = node
    }
  }

  /// All formulas one slip away from the reference.
  static func all(of formula: Formula) -> [Alteration] {
    let reference = formula.reference
    // The abbreviations are altered too: they become definitions that hide the formula's.
    let trees = formula.definitions + reference.definitions + [reference.result]
    var result: [Alteration] = []
    for (place, tree) in trees.enumerated() {
      for (altered, change) in variants(tree, isTop: true) {
        var changed = trees
        changed[place] = altered
        let program = Program(definitions: Array(changed.dropLast()), result: changed[changed.count - 1])
        result.append(Alteration(name: change.name, explanation: change.explanation, program: program))
      }
    }
    return result + exchanges(formula, trees) + everywhere(formula, trees)
  }

  /// The trees one change away from this one.
  private static func variants(_ tree: Expression, isTop: Bool) -> [(Expression, Change)] {
    if case .relation(let relation, let left, let right) = tree, isTop {
      return variants(right, isTop: false).map { (.relation(relation, left, $0), $1) }
    }
    var result = changes(tree).map { ($0.node, $0) }
    let parts = tree.children
    // The indices of an element change as a whole, by `changes`.
    let first = if case .element = tree { parts.count } else { 0 }
    for place in parts.indices.dropFirst(first) {
      for (part, change) in variants(parts[place], isTop: false) {
        var changed = parts
        changed[place] = part
        result.append((tree.replacingChildren(changed), change))
      }
    }
    return result
  }

  private static func changes(_ node: Expression) -> [Change] {
    let shown = node.unicode
    switch node {
    case .call("sqrt", let arguments, _):
      return arguments.flatMap { inside -> [Change] in
        var result = [
          Change("square root dropped", "The square root is missing: \(shown), not \(inside.unicode).", inside)
        ]
        if case .binary(let symbol, let left, let right) = inside, symbol != .power {
          let short = Expression.binary(symbol, .call("sqrt", [left]), right)
          result.append(Change("root too short", "The root covers all of \(inside.unicode).", short))
        }
        return result
      }
    case .binary(.power, let base, .number(2)):
      return [Change("square dropped", "The square is missing: \(shown), not \(base.unicode).", base)]
    case .binary(let symbol, let left, let right): return binary(symbol, left, right, shown)
    case .negative(let operand):
      return [Change("sign", "The minus is missing: \(shown).", operand)]
    case .element(let base, let indices): return shifted(base, indices, shown)
    case .call(let function, let arguments, let options): return call(function, arguments, options, shown)
    case .series(let kind, let body, let index, let from, let through):
      return [
        Change(
          "last term missing", "The \(kind == .sum ? "sum" : "product") goes on to \(through.unicode).",
          .series(kind, body, index: index, from: from, through: .binary(.minus, through, .number(1)))),
        Change(
          "first term missing", "The \(kind == .sum ? "sum" : "product") starts at \(from.unicode).",
          .series(kind, body, index: index, from: .binary(.plus, from, .number(1)), through: through)),
        Change(
          "sum and product exchanged", "It is a \(kind == .sum ? "sum" : "product"): \(shown).",
          .series(kind == .sum ? .prod : .sum, body, index: index, from: from, through: through)),
      ]
    default: return []
    }
  }

  private static func binary(
    _ symbol: Expression.BinaryOperator, _ left: Expression, _ right: Expression, _ shown: String
  ) -> [Change] {
    let (a, b) = (left.unicode, right.unicode)
    switch symbol {
    case .plus:
      return [
        Change("minus for plus", "A plus stands in \(shown).", .binary(.minus, left, right)),
        Change("minus for plus", "A plus stands in \(shown).", .binary(.minus, right, left)),
        Change("term missing", "The term \(b) is missing in \(shown).", left),
        Change("term missing", "The term \(a) is missing in \(shown).", right),
      ]
    case .minus:
      return [
        Change("plus for minus", "A minus stands in \(shown).", .binary(.plus, left, right)),
        Change("difference turned round", "It is \(shown), not the other way round.", .binary(.minus, right, left)),
        Change("term missing", "\(b) is not subtracted: \(shown).", left),
        Change("term missing", "It is \(shown), not \(b).", right),
        Change(
          "square root added", "There is no root over \(shown).", .call("sqrt", [.binary(.minus, left, right)])),
      ]
    case .times:
      // √1−ᾱ ε is read as √1 − ᾱ ε.
      var short: [Change] = []
      if case .call("sqrt", let arguments, _) = left, case .binary(let inner, let a, let b)? = arguments.first,
        inner == .plus || inner == .minus
      {
        let node = Expression.binary(inner, .call("sqrt", [a]), .binary(.times, b, right))
        short = [Change("root too short", "The root covers all of \(arguments[0].unicode): it needs brackets.", node)]
      }
      return short + [
        Change("factor missing", "The factor \(b) is missing in \(shown).", left),
        Change("factor missing", "The factor \(a) is missing in \(shown).", right),
        Change("divided for multiplied", "\(b) multiplies in \(shown).", .binary(.divide, left, right)),
        Change("divided for multiplied", "\(a) multiplies in \(shown).", .binary(.divide, right, left)),
      ]
    case .divide:
      return [
        Change("multiplied for divided", "\(b) divides in \(shown).", .binary(.times, left, right)),
        Change("upside down", "The quotient is \(shown), not the other way round.", .binary(.divide, right, left)),
        Change("divisor missing", "The divisor \(b) is missing in \(shown).", left),
        Change(
          "square root missing or too much", "Look at the roots in \(shown).",
          .binary(.divide, left, .call("sqrt", [right]))),
      ]
    case .matmul:
      return [
        Change(
          "element by element", "\(shown) is a matrix product, written with @.", .binary(.times, left, right)),
        Change("factors exchanged", "The order of a matrix product counts: \(shown).", .binary(.matmul, right, left)),
        Change(
          "not transposed", "Look at what is transposed in \(shown).",
          .binary(.matmul, left, .call("transpose", [right]))),
      ]
    case .power: return []
    }
  }

  /// The element one place earlier or later, and its root.
  private static func shifted(_ base: Expression, _ indices: [Expression], _ shown: String) -> [Change] {
    guard indices.count == 1, let index = indices.first else { return [] }
    let earlier = Expression.element(base, [.binary(.minus, index, .number(1))])
    let later = Expression.element(base, [.binary(.plus, index, .number(1))])
    return [
      Change("index one too small", "You used one place earlier: it is \(shown).", earlier),
      Change("index one too large", "You used one place later: it is \(shown).", later),
      Change("square root added", "There is no root over \(shown).", .call("sqrt", [.element(base, indices)])),
      Change("squared", "\(shown) is not squared.", .binary(.power, .element(base, indices), .number(2))),
    ]
  }

  private static func call(
    _ function: String, _ arguments: [Expression], _ options: [String: Expression], _ shown: String
  ) -> [Change] {
    func other(_ name: String) -> Expression { .call(name, arguments, options: options) }
    var result: [Change] = []
    switch function {
    case "mean": result.append(Change("sum for mean", "It is a mean: divide by the number of values.", other("sum")))
    case "sum": result.append(Change("mean for sum", "It is a sum: do not divide.", other("mean")))
    case "log":
      result.append(Change("decimal logarithm", "The logarithm in \(shown) is natural.", other("log10")))
      result.append(Change("binary logarithm", "The logarithm in \(shown) is natural.", other("log2")))
    case "var":
      let count = Expression.call("size", arguments, options: options)
      let sample = Expression.binary(.times, other("var"), .binary(.divide, count, .binary(.minus, count, .number(1))))
      result.append(Change("sample variance", "The variance is divided by n, not by n − 1.", sample))
    case "cos": result.append(Change("sine for cosine", "It is \(shown).", other("sin")))
    case "sin": result.append(Change("cosine for sine", "It is \(shown).", other("cos")))
    case "softmax", "transpose", "exp", "abs", "tanh":
      if let first = arguments.first { result.append(Change("\(function) missing", "\(shown) is meant.", first)) }
    case "min": result.append(Change("max for min", "It is \(shown).", other("max")))
    case "max": result.append(Change("min for max", "It is \(shown).", other("min")))
    default: break
    }
    if ["mean", "var", "sum", "softmax"].contains(function) {
      for axis in -3...1
      where options["axis"] != .number(Double(axis)) && options["axis"] != .negative(.number(Double(-axis))) {
        let moved = Expression.call(function, arguments, options: ["axis": .number(Double(axis))])
        result.append(Change("wrong axis", "\(function) runs along another axis: \(shown).", moved))
      }
    }
    return result
  }

  /// The same slip at every place at once.
  private static func everywhere(_ formula: Formula, _ trees: [Expression]) -> [Alteration] {
    var result: [Alteration] = []
    func add(_ name: String, _ explanation: String, _ change: (Expression) -> Expression) {
      let changed = trees.map { $0.mapped(change) }
      guard changed != trees else { return }
      let program = Program(definitions: Array(changed.dropLast()), result: changed[changed.count - 1])
      result.append(Alteration(name: name, explanation: explanation, program: program))
    }
    for case .schedule(let at, _) in formula.symbols.map(\.role) {
      let index = Expression.name(at)
      for (step, words) in [(Expression.BinaryOperator.minus, "earlier"), (.plus, "later")] {
        let moved = Expression.binary(step, index, .number(1))
        add(
          "index one too \(words == "earlier" ? "small" : "large")",
          "You used \(at) \(step == .plus ? "+" : "−") 1 for \(at) throughout: one place \(words)."
        ) { node in
          guard case .element(let base, let indices) = node else { return node }
          return .element(base, indices.map { $0.mapped { $0 == index ? moved : $0 } })
        }
      }
    }
    let bar = Expression.name("alpha_bar")
    add("α for ᾱ", "You took αₜ = 1 − βₜ, the share that one step keeps, for ᾱₜ, the product of all of them.") { node in
      guard case .element(bar, let indices) = node, indices.count == 1, let index = indices.first else { return node }
      return .binary(.divide, node, .element(bar, [.binary(.minus, index, .number(1))]))
    }
    add("β for 1 − ᾱ", "You took βₜ, the variance that one step adds, for 1 − ᾱₜ, that of all of them.") { node in
      guard case .binary(.minus, .number(1), .element(bar, let indices)) = node, let index = indices.first else {
        return node
      }
      let before = Expression.element(bar, [.binary(.minus, index, .number(1))])
      return .binary(.minus, .number(1), .binary(.divide, .element(bar, indices), before))
    }
    add("axis forgotten", "Means and variances run along one axis; without it they run over everything.") { node in
      guard case .call(let function, let arguments, let options) = node, options["axis"] != nil else { return node }
      return .call(function, arguments)
    }
    for symbol in formula.symbols where symbol.role == .given {
      let tree = symbol.expression
      add("\(symbol.unicode) left out", "You left \(symbol.unicode) out: \(symbol.meaning).") {
        $0 == tree ? .number(0) : $0
      }
    }
    add("square roots dropped", "All square roots are missing.") { node in
      if case .call("sqrt", let arguments, _) = node, let inside = arguments.first { inside } else { node }
    }
    return result
  }

  /// The formula with two inputs mistaken for each other.
  private static func exchanges(_ formula: Formula, _ trees: [Expression]) -> [Alteration] {
    let given = formula.symbols.filter { $0.role == .given }.map(\.expression)
    var result: [Alteration] = []
    for (i, a) in given.enumerated() {
      for b in given[(i + 1)...] {
        let changed = trees.map { exchanged($0, a, b) }
        let program = Program(definitions: Array(changed.dropLast()), result: changed[changed.count - 1])
        result.append(
          Alteration(
            name: "\(a.unicode) and \(b.unicode) exchanged", explanation: "You took \(a.unicode) for \(b.unicode).",
            program: program))
      }
    }
    return result
  }

  private static func exchanged(_ tree: Expression, _ a: Expression, _ b: Expression) -> Expression {
    if tree == a { return b }
    if tree == b { return a }
    let parts = tree.children
    return parts.isEmpty ? tree : tree.replacingChildren(parts.map { exchanged($0, a, b) })
  }
}
