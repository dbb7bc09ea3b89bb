import Tensors
import Testing

/// How far two tensors may be apart.
public enum Tolerance: Sendable {
  /// max|a − b| ≤ value
  case absolute(Float)
  /// max|a − b| ≤ value · max(1, max|b|)
  case scaled(Float)
  /// ‖a − b‖ / ‖b‖ ≤ value, Euclidean norms; a zero reference must be met exactly.
  case norm(Double)
}

/// Why two tensors are not close, or nil when they are: shape first, then NaN, then the largest error with its index.
public func difference(_ actual: Tensor, _ expected: Tensor, _ tolerance: Tolerance) -> String? {
  guard actual.shape == expected.shape else { return "shape \(actual.shape), expected \(expected.shape)" }
  let (a, b) = (actual.scalars, expected.scalars)
  if let i = a.firstIndex(where: \.isNaN) { return "NaN at \(index(i, actual.shape)), expected \(b[i])" }
  if let i = b.firstIndex(where: \.isNaN) { return "NaN in the reference at \(index(i, actual.shape))" }
  var worst = (error: Float(-1), at: 0)
  var (squares, reference) = (0.0, 0.0)
  for i in a.indices {
    let error = a[i] == b[i] ? 0 : abs(a[i] - b[i])
    if error > worst.error { worst = (error, i) }
    squares += Double(error) * Double(error)
    reference += Double(b[i]) * Double(b[i])
  }
  guard worst.error >= 0 else { return nil }
  let largest = b.map(abs).max() ?? 0
  let relative = squares == 0 ? 0 : (squares / reference).squareRoot()
  let passes =
    switch tolerance {
    case .absolute(let bound): worst.error <= bound
    case .scaled(let bound): worst.error <= bound * max(1, largest)
    case .norm(let bound): relative <= bound
    }
  if passes { return nil }
  return """
    largest error \(worst.error) at \(index(worst.at, actual.shape)): \(a[worst.at]), expected \(b[worst.at]); \
    ‖a−b‖/‖b‖ = \(relative), tolerance \(tolerance)
    """
}

/// Records an issue when `actual` is not close to `expected`.
public func expectClose(
  _ actual: Tensor, _ expected: Tensor, _ tolerance: Tolerance, _ label: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  if let difference = difference(actual, expected, tolerance) {
    Issue.record("\(label.isEmpty ? "" : label + ": ")\(difference)", sourceLocation: sourceLocation)
  }
}

private func index(_ flat: Int, _ shape: [Int]) -> [Int] {
  var (rest, result) = (flat, [Int]())
  for extent in shape.reversed() {
    result.append(rest % max(extent, 1))
    rest /= max(extent, 1)
  }
  return result.reversed()
}
