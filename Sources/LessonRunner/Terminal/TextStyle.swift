/// How a run of text looks in a terminal.
struct TextStyle: OptionSet, Sendable {
  let rawValue: Int
  static let bold = TextStyle(rawValue: 1)
  static let italic = TextStyle(rawValue: 2)
  static let dim = TextStyle(rawValue: 4)
  static let underline = TextStyle(rawValue: 8)
  /// Code, names and values.
  static let code = TextStyle(rawValue: 16)
  /// Headings and whatever leads the eye.
  static let accent = TextStyle(rawValue: 32)
  static let good = TextStyle(rawValue: 64)
  static let bad = TextStyle(rawValue: 128)

  /// The text between the escape sequences of the style.
  func apply(to text: String) -> String {
    let codes: [(TextStyle, String)] = [
      (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.code, "36"), (.accent, "34"), (.good, "32"),
      (.bad, "31"),
    ]
    let used = codes.filter { contains($0.0) }.map(\.1)
    return used.isEmpty || text.isEmpty ? text : "\u{1B}[\(used.joined(separator: ";"))m\(text)\u{1B}[0m"
  }
}

/// Text in one style.
struct StyledText: Equatable, Sendable {
  var text: String
  var style: TextStyle

  init(_ text: String, _ style: TextStyle = []) {
    self.text = text
    self.style = style
  }
}

extension [StyledText] {
  var width: Int { reduce(0) { $0 + displayWidth($1.text) } }

  /// One string, with escape sequences when there are colours; neighbours in one style share them.
  func joined(colors: Bool) -> String {
    guard colors else { return map(\.text).joined() }
    var runs: [StyledText] = []
    for piece in self {
      if runs.last?.style == piece.style {
        runs[runs.count - 1].text += piece.text
      } else {
        runs.append(piece)
      }
    }
    return runs.map { $0.style.apply(to: $0.text) }.joined()
  }
}
