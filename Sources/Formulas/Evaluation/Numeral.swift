import Foundation

/// Numbers as people read them.
public enum Numeral {
  /// Six significant digits, no trailing zeros: `0.0785872`, `4.03583e-05`.
  public static func short(_ value: Double) -> String { String(format: "%.6g", value) }

  /// Twelve significant digits, for two values that are close.
  public static func long(_ value: Double) -> String { String(format: "%.12g", value) }

  /// As few digits, from six on, as tell two values apart.
  public static func pair(_ a: Double, _ b: Double) -> (String, String) {
    for digits in [6, 9, 12, 17] {
      let (left, right) = (String(format: "%.\(digits)g", a), String(format: "%.\(digits)g", b))
      if left != right { return (left, right) }
    }
    return (short(a), short(b))
  }
}
