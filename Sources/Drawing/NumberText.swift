#if canImport(Glibc)
  import Glibc
#endif

/// Numbers as figures write them: minus sign U+2212, thin spaces between thousands, no needless zeros.
public enum NumberText {
  /// With exactly `decimals` digits behind the point.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞" }
    let digits = rounded(abs(value), decimals: decimals)
    let parts = digits.split(separator: ".")
    var whole = String(parts.first ?? "0")
    if whole.count > 4 { whole = grouped(whole) }
    let text = parts.count > 1 ? whole + "." + parts[1] : whole
    let isZero = !digits.contains { $0 != "0" && $0 != "." }
    return value < 0 && !isZero ? "−" + text : text
  }

  /// With up to `significant` digits, trailing zeros dropped.
  public static func short(_ value: Double, significant: Int = 4) -> String {
    guard value != 0 && value.isFinite else { return fixed(value, decimals: 0) }
    let magnitude = Int(floor(log10(abs(value)) + 1e-9))
    if magnitude < -4 || magnitude > 6 {
      let mantissa = value / pow(10, Double(magnitude))
      return short(mantissa, significant: significant) + "·10" + superscript(magnitude)
    }
    let text = fixed(value, decimals: max(0, significant - 1 - magnitude))
    guard text.contains(".") else { return text }
    var trimmed = Substring(text)
    while trimmed.last == "0" { trimmed.removeLast() }
    if trimmed.last == "." { trimmed.removeLast() }
    return trimmed == "−0" ? "0" : String(trimmed)
  }

  /// A power of ten with raised exponent: 10⁻³.
  public static func powerOfTen(_ exponent: Int) -> RichText {
    RichText(markup: "10^{\(exponent < 0 ? "−" : "")\(abs(exponent))}")
  }

  private static func superscript(_ exponent: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    let text = String(abs(exponent)).compactMap(\.wholeNumberValue).map { String(digits[$0]) }.joined()
    return exponent < 0 ? "⁻" + text : text
  }

  private static func grouped(_ digits: String) -> String {
    var result = ""
    for (i, digit) in digits.enumerated() {
      if i > 0 && (digits.count - i) % 3 == 0 { result.append("\u{2009}") }
      result.append(digit)
    }
    return result
  }

  /// Plain decimal digits of a value that is not negative.
  private static func rounded(_ value: Double, decimals: Int) -> String {
    withVaList([Int32(decimals), value]) { list in
      var buffer = [CChar](repeating: 0, count: 400)
      vsnprintf(&buffer, buffer.count, "%.*f", list)
      return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
