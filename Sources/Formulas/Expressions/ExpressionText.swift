extension Expression: CustomStringConvertible {
  /// The expression in ASCII, as it could be typed; reading it gives the same tree.
  public var description: String { text(inside: 0) }

  /// 1 relation, 2 sum, 3 product, 4 sign, 5 power, 6 what needs no brackets.
  private var level: Int {
    switch self {
    case .relation: 1
    case .binary(.plus, _, _), .binary(.minus, _, _): 2
    case .binary(.times, _, _), .binary(.divide, _, _), .binary(.matmul, _, _): 3
    case .negative: 4
    case .binary(.power, _, _): 5
    case .number(let value): value < 0 ? 4 : 6
    case .name, .element, .call, .series: 6
    }
  }

  private func text(inside outer: Int) -> String {
    let own = unbracketed
    return level < outer ? "(\(own))" : own
  }

  private var unbracketed: String {
    switch self {
    case .number(let value): return Self.numeral(value)
    case .name(let name): return name
    case .element(let base, let indices):
      // Indices are written tight: x[t-1].
      let index = indices.map { $0.description.filter { $0 != " " } }.joined(separator: ", ")
      return base.text(inside: 6) + "[\(index)]"
    case .negative(let operand): return "-" + operand.text(inside: 5)
    case .binary(.power, let base, let exponent):
      return base.text(inside: 6) + "^" + exponent.text(inside: 4)
    case .binary(let symbol, let left, let right):
      let loose = level == 2 || symbol == .matmul
      let sign = loose ? " \(symbol.rawValue) " : symbol.rawValue
      return left.text(inside: level) + sign + right.text(inside: level + 1)
    case .relation(let relation, let left, let right):
      return left.text(inside: 2) + " \(relation.rawValue) " + right.text(inside: 2)
    case .call("list", let items, _): return "[" + Self.joined(items) + "]"
    case .call(let function, let arguments, let options):
      let labelled = options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text(inside: 2))" }
      return function + "(" + (arguments.map { $0.text(inside: 0) } + labelled).joined(separator: ", ") + ")"
    case .series(let kind, let body, let index, let from, let through):
      return "\(kind.rawValue)(\(body), \(index)=\(from.text(inside: 2))..\(through.text(inside: 2)))"
    }
  }

  private static func joined(_ list: [Expression]) -> String { list.map(\.description).joined(separator: ", ") }

  /// The shortest numeral that reads back as this number; whole numbers without a point.
  static func numeral(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
    return "\(value)"
  }
}
