/// How an array misses what was expected; shape first, then numbers that are none, then the first that differs.
public enum Difference: Sendable, Hashable {
  case failed(FormulaError)
  case shape([Int], expected: [Int])
  case notFinite(index: [Int], value: Double, expected: Double, trouble: String?)
  case value(index: [Int], actual: Double, expected: Double)

  /// nil when `actual` is within the tolerance. Axes of length 1 do not count in the shape.
  public init?(_ actual: Numbers, _ expected: Numbers, _ tolerance: Tolerance, trouble: String? = nil) {
    guard actual.shape.filter({ $0 != 1 }) == expected.shape.filter({ $0 != 1 }) else {
      self = .shape(actual.shape, expected: expected.shape)
      return
    }
    let bound = tolerance.bound(expected)
    for (i, (a, b)) in zip(actual.elements, expected.elements).enumerated() where a != b {
      let index = expected.index(of: i)
      guard a.isFinite else {
        self = .notFinite(index: index, value: a, expected: b, trouble: trouble)
        return
      }
      if !(abs(a - b) <= bound) {
        self = .value(index: index, actual: a, expected: b)
        return
      }
    }
    return nil
  }

  /// One sentence: `at [0, 1] it gives 0.36, 0.6 is right`.
  public var sentence: String {
    switch self {
    case .failed(let error): return error.description
    case .shape(let actual, let expected): return "it gives the shape \(actual), \(expected) is right"
    case .notFinite(let index, let value, let expected, let trouble):
      let why = trouble.map { " (\($0))" } ?? ""
      return
        "\(Self.place(index))it gives \(value.isNaN ? "no number" : "\(value)")\(why), \(Numeral.short(expected)) is right"
    case .value(let index, let actual, let expected):
      let (a, b) = Numeral.pair(actual, expected)
      return "\(Self.place(index))it gives \(a), \(b) is right"
    }
  }

  private static func place(_ index: [Int]) -> String { index.isEmpty ? "" : "at \(index) " }
}
