import Formulas

/// The engine's values beside a formula's cases.
public struct EngineCheck: Sendable {
  /// The widest ‖a − b‖/‖b‖ that passes where a case says nothing else: single precision with some steps.
  public static let bound = 1e-5

  public let binding: Binding
  /// Cases that were computed.
  public let checked: Int
  /// Cases the engine does not do.
  public let skipped: Int
  /// The largest ‖a − b‖/‖b‖ seen, without Monte-Carlo cases; where b is 0, ‖a − b‖.
  public let worst: Double
  /// What is wrong with the first case that fails.
  public let failure: String?

  public var passed: Bool { failure == nil && checked > 0 }

  public init(_ formula: Formula, _ binding: Binding) {
    var (checked, skipped, worst, failure) = (0, 0, 0.0, String?.none)
    for (place, testCase) in formula.cases.enumerated() {
      let name = "case \(place + 1) (\(testCase.origin.title))"
      do {
        guard let value = try binding.value(testCase.inputs) else {
          skipped += 1
          continue
        }
        checked += 1
        let (error, allowed) = try Self.error(value, testCase)
        // What was measured on random draws is off by its own chance.
        if case .monteCarlo = testCase.origin {} else { worst = max(worst, error) }
        if !(error <= allowed), failure == nil {
          failure = "\(name): the engine is off by \(Numeral.short(error)), allowed is \(Numeral.short(allowed))"
        }
      } catch {
        failure = failure ?? "\(name): \(error)"
      }
    }
    self.binding = binding
    self.checked = checked
    self.skipped = skipped
    self.worst = worst
    self.failure = failure
  }

  private static func error(_ value: Numbers, _ testCase: Formula.Case) throws(FormulaError) -> (Double, Double) {
    let expected = testCase.expected
    guard value.shape.filter({ $0 != 1 }) == expected.shape.filter({ $0 != 1 }) else {
      throw FormulaError("the engine gives the shape \(value.shape), \(expected.shape) is right")
    }
    if case .absolute(let bound) = testCase.tolerance {
      let largest = zip(value.elements, expected.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
      return (largest, max(bound, Self.bound))
    }
    let squares = zip(value.elements, expected.elements).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let reference = expected.elements.reduce(0) { $0 + $1 * $1 }
    let error = reference > 0 ? (squares / reference).squareRoot() : squares.squareRoot()
    return (error, testCase.engine?.bound ?? Self.bound)
  }
}
