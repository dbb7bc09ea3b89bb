import Stages
import Tensors

/// `{{strip.snr:.3f}}` in prose: a fact or parameter of a stage, and how to write it.
public struct Placeholder: Sendable, Equatable {
  /// The stage's alias.
  public let stage: String
  /// A fact or a parameter of it.
  public let name: String
  /// Which element of several, from 0: `{{strip.errors[2]}}`.
  public let index: Int?
  public let format: NumberFormat?
  public let line: Int

  /// Reads what stands between the braces.
  init(_ source: String, file: String, line: Int) throws(UserError) {
    let parts = source.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    var path = parts[0].filter { $0 != " " }
    var index: Int?
    if path.hasSuffix("]"), let open = path.lastIndex(of: "[") {
      index = Int(path[path.index(after: open)...].dropLast())
      guard let index, index >= 0 else {
        throw UserError("\(file), line \(line): '{{\(source)}}' has no index that counts from 0", code: .config)
      }
      path = String(path[..<open])
    }
    guard let dot = path.firstIndex(of: "."), dot != path.startIndex, path.index(after: dot) != path.endIndex else {
      throw UserError(
        "\(file), line \(line): '{{\(source)}}' is no placeholder; it is written {{stage.fact}} or {{stage.fact:.3f}}",
        code: .config)
    }
    stage = String(path[..<dot])
    name = String(path[path.index(after: dot)...])
    self.index = index
    self.line = line
    if parts.count == 2 {
      let specification = parts[1].filter { $0 != " " }
      guard let parsed = NumberFormat(specification) else {
        throw UserError(
          "\(file), line \(line): '\(specification)' in '{{\(source)}}' is no number format; \(NumberFormat.allowed)",
          code: .config)
      }
      format = parsed
    } else {
      format = nil
    }
  }
}

/// How a number is written, in printf's manner: `.3f`, `.2e`, `.4g`, `d`, `,d` (60,000), `.1%`.
public struct NumberFormat: Sendable, Equatable {
  static let allowed = "formats are .3f, .2e, .4g, d, ,d and .1%"

  let digits: Int?
  let style: Character
  let groups: Bool

  init(digits: Int?, style: Character, groups: Bool) {
    self.digits = digits
    self.style = style
    self.groups = groups
  }

  public init?(_ specification: String) {
    var rest = Substring(specification)
    groups = rest.first == ","
    if groups { rest = rest.dropFirst() }
    guard let last = rest.last, "feg%d".contains(last) else { return nil }
    style = last
    rest = rest.dropLast()
    if rest.first == ".", style != "d", rest.dropFirst().allSatisfy(\.isASCII), let digits = Int(rest.dropFirst()),
      0...17 ~= digits
    {
      self.digits = digits
    } else {
      guard rest.isEmpty else { return nil }
      digits = nil
    }
  }

  /// The number in words fit for print: a true minus sign, powers of ten rather than `e-05`.
  public func string(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "undefined" : value < 0 ? "−∞" : "∞" }
    switch style {
    case "d": return grouped(Self.fixed(value, 0))
    case "f": return grouped(Self.fixed(value, digits ?? 6))
    case "%": return grouped(Self.fixed(value * 100, digits ?? 0)) + " %"
    case "e": return Self.scientific(value, digits ?? 6)
    default: return Self.general(value, max(1, digits ?? 4))
    }
  }

  private func grouped(_ text: String) -> String {
    guard groups else { return text }
    let sign = text.prefix { !$0.isNumber }
    let whole = text.dropFirst(sign.count).prefix { $0.isNumber }
    let fraction = text.dropFirst(sign.count + whole.count)
    var result = ""
    for (offset, digit) in whole.enumerated() {
      if offset > 0, (whole.count - offset) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return sign + result + fraction
  }

  private static func fixed(_ value: Double, _ digits: Int) -> String {
    let text = printf("%.*f", digits, value)
    guard text.first == "-" else { return text }
    let magnitude = text.dropFirst()
    return magnitude.allSatisfy { $0 == "0" || $0 == "." } ? String(magnitude) : "−" + magnitude
  }

  private static func scientific(_ value: Double, _ digits: Int) -> String {
    let parts = printf("%.*e", digits, value).split(separator: "e")
    let mantissa = String(parts[0].replacing("-", with: "−"))
    guard parts.count == 2, let exponent = Int(parts[1]), exponent != 0 else { return mantissa }
    return "\(mantissa)·10\(superscript(exponent))"
  }

  private static func general(_ value: Double, _ digits: Int) -> String {
    let text = printf("%.*g", digits, value)
    guard text.contains("e") else { return text.replacing("-", with: "−") }
    let parts = text.split(separator: "e")
    return "\(parts[0].replacing("-", with: "−"))·10\(superscript(Int(parts[1]) ?? 0))"
  }

  private static func superscript(_ value: Int) -> String {
    let signs: [Character: Character] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
    ]
    return String("\(value)".map { signs[$0] ?? $0 })
  }
}
