/// A formula as a tree: what a person types, what the evaluator computes and what the printers show.
///
/// The tree keeps the meaning and leaves the look to `Notation`: a quotient is a quotient, whether it is printed as a
/// fraction bar or as a stroke. Names are canonical ASCII (`alpha_bar`, `x0_hat`, see `Name`).
public indirect enum Expression: Hashable, Sendable {
  case number(Double)
  case name(String)
  /// An element of a sequence or an array: `beta[t]`, `alpha_bar[t-1]`, `Q[i, j]`.
  case element(Expression, [Expression])
  case negative(Expression)
  case binary(BinaryOperator, Expression, Expression)
  /// A function with its arguments in order and its labelled options, such as `softmax(x, axis=1)`.
  case call(String, [Expression], options: [String: Expression])
  /// A sum or product over an index with limits: `prod(1 - beta[s], s=0..t)`.
  case series(Series, Expression, index: String, from: Expression, through: Expression)
  case relation(Relation, Expression, Expression)

  public enum BinaryOperator: String, Hashable, Sendable {
    case plus = "+"
    case minus = "-"
    /// The product element by element.
    case times = "*"
    case divide = "/"
    case power = "^"
    /// The matrix product over the last two axes.
    case matmul = "@"
  }

  public enum Series: String, Hashable, Sendable {
    case sum
    case prod
  }

  public enum Relation: String, Hashable, Sendable {
    case equals = "="
    case approximately = "≈"
    /// Is distributed as.
    case distributed = "~"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case same = "=="
    case different = "!="
  }

  public static func call(_ function: String, _ arguments: [Expression]) -> Expression {
    .call(function, arguments, options: [:])
  }

  /// The direct parts of this node, in reading order; options by their label.
  public var children: [Expression] {
    switch self {
    case .number, .name: []
    case .element(let base, let indices): [base] + indices
    case .negative(let operand): [operand]
    case .binary(_, let left, let right), .relation(_, let left, let right): [left, right]
    case .call(_, let arguments, let options): arguments + options.sorted { $0.key < $1.key }.map(\.value)
    case .series(_, let body, _, let from, let through): [body, from, through]
    }
  }

  /// The same node with other parts, given in the order of `children`.
  public func replacingChildren(_ parts: [Expression]) -> Expression {
    precondition(parts.count == children.count, "\(parts.count) parts for a node with \(children.count)")
    switch self {
    case .number, .name: return self
    case .element: return .element(parts[0], Array(parts.dropFirst()))
    case .negative: return .negative(parts[0])
    case .binary(let symbol, _, _): return .binary(symbol, parts[0], parts[1])
    case .relation(let symbol, _, _): return .relation(symbol, parts[0], parts[1])
    case .call(let function, let arguments, let options):
      let labels = options.keys.sorted()
      let values = parts.dropFirst(arguments.count)
      return .call(
        function, Array(parts.prefix(arguments.count)),
        options: Dictionary(zip(labels, values), uniquingKeysWith: { first, _ in first }))
    case .series(let kind, _, let index, _, _):
      return .series(kind, parts[0], index: index, from: parts[1], through: parts[2])
    }
  }

  /// This tree with every node changed, from the leaves up.
  func mapped(_ change: (Expression) -> Expression) -> Expression {
    let parts = children
    return change(parts.isEmpty ? self : replacingChildren(parts.map { $0.mapped(change) }))
  }

  /// The number of nodes in this tree.
  public var size: Int { children.reduce(1) { $0 + $1.size } }

  /// What stands to the right of the equals sign, or the whole when there is none.
  public var rightHandSide: Expression {
    if case .relation(.equals, _, let right) = self { right } else { self }
  }

  /// What stands to the left of the equals sign.
  public var leftHandSide: Expression? {
    if case .relation(.equals, let left, _) = self { left } else { nil }
  }
}
