/// A line of text with subscripts and superscripts.
///
/// A string literal is read as markup: `_` lowers and `^` raises the next character or the next `{…}`, a backslash
/// takes the character behind it as it is. Interpolated values are never read as markup, so
/// `"loss of \(name)"` is safe for any name. `"x_t = √ᾱ_t x₀"`, `"10^{-3}"`.
public struct RichText: Sendable, Hashable, ExpressibleByStringInterpolation {
  /// The text as it was written, with its markup.
  public let markup: String

  /// A text with markup.
  public init(markup: String) { self.markup = markup }

  /// A text in which `_` and `^` mean themselves.
  public init(verbatim text: String) { self.init(markup: RichText.escaped(text)) }

  public init(stringLiteral value: String) { self.init(markup: value) }
  public init(stringInterpolation: StringInterpolation) { self.init(markup: stringInterpolation.markup) }

  public struct StringInterpolation: StringInterpolationProtocol {
    var markup = ""

    public init(literalCapacity: Int, interpolationCount: Int) {}
    public mutating func appendLiteral(_ literal: String) { markup += literal }
    public mutating func appendInterpolation(_ text: RichText) { markup += text.markup }
    public mutating func appendInterpolation<T: CustomStringConvertible>(_ value: T) {
      markup += RichText.escaped(value.description)
    }
  }

  public static func + (a: RichText, b: RichText) -> RichText { RichText(markup: a.markup + b.markup) }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      if "_^\\{}".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }

  enum Level: Sendable { case normal, lowered, raised }

  struct Run: Equatable, Sendable {
    var text: String
    var level: Level
  }

  /// The pieces of equal height, from left to right.
  var runs: [Run] {
    var runs: [Run] = []
    func append(_ character: Character, _ level: Level) {
      if runs.last?.level == level {
        runs[runs.count - 1].text.append(character)
      } else {
        runs.append(Run(text: String(character), level: level))
      }
    }
    var rest = Substring(markup)
    var braceLevel: Level?
    while let character = rest.popFirst() {
      switch character {
      case "\\":
        if let next = rest.popFirst() { append(next, braceLevel ?? .normal) }
      case "}" where braceLevel != nil:
        braceLevel = nil
      case "_" where opensLevel(rest), "^" where opensLevel(rest):
        let level: Level = character == "_" ? .lowered : .raised
        if rest.first == "{" {
          rest.removeFirst()
          braceLevel = level
        } else {
          if rest.first == "\\" { rest.removeFirst() }
          if let next = rest.popFirst() { append(next, level) }
        }
      default:
        if braceLevel == nil, let (digit, level) = RichText.small(character) {
          append(digit, level)
        } else {
          append(character, braceLevel ?? .normal)
        }
      }
    }
    return runs
  }

  /// The sign for which `₀` or `²` stand; the font's own are smaller than lowered and raised text.
  private static func small(_ character: Character) -> (Character, Level)? {
    if let at = "₀₁₂₃₄₅₆₇₈₉".firstIndex(of: character) { return (digit("₀₁₂₃₄₅₆₇₈₉", at), .lowered) }
    if let at = "⁰¹²³⁴⁵⁶⁷⁸⁹".firstIndex(of: character) { return (digit("⁰¹²³⁴⁵⁶⁷⁸⁹", at), .raised) }
    return character == "⁻" ? ("−", .raised) : nil
  }

  private static func digit(_ digits: String, _ at: String.Index) -> Character {
    Character(String(digits.distance(from: digits.startIndex, to: at)))
  }

  private func opensLevel(_ rest: Substring) -> Bool { rest.first.map { !$0.isWhitespace } ?? false }

  /// The text without escapes and without heights.
  public var plain: String { runs.map(\.text).joined() }

  /// The text without escapes, subscripts and superscripts marked with `_` and `^`: for captions and other plain text.
  public var linear: String {
    runs.map { run in
      let body = run.text.count == 1 ? run.text : "{\(run.text)}"
      return switch run.level {
      case .normal: run.text
      case .lowered: RichText.digits(run.text, "₀₁₂₃₄₅₆₇₈₉") ?? "_" + body
      case .raised: RichText.digits(run.text, "⁰¹²³⁴⁵⁶⁷⁸⁹") ?? "^" + body
      }
    }.joined()
  }

  /// A number in small digits; nil for anything else.
  private static func digits(_ text: String, _ small: String) -> String? {
    let signs = Array(small)
    let values = text.map { $0.isASCII ? $0.wholeNumberValue : nil }
    guard values.allSatisfy({ $0 != nil }) else { return nil }
    return String(values.compactMap { $0 }.map { signs[$0] })
  }

  public var isEmpty: Bool { markup.isEmpty }
}
