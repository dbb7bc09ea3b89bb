/// One word of a typed expression and the column where it starts.
struct Token: Equatable {
  enum Kind: Equatable {
    case number(Double)
    /// A name in ASCII, not yet canonical.
    case name(String)
    /// A lowered text after a name: `t-1` of `x_{t-1}`, `-1` of `ᾱ₋₁`.
    case lowered(String)
    case raised(String)
    case mark(String)
    case end
  }

  let kind: Kind
  let column: Int
  /// Whether it stands right behind what is before it, without a space.
  let touches: Bool
}

/// Cuts a typed expression into tokens; Unicode spellings become their ASCII ones here and nowhere else.
struct Lexer {
  static let longestInput = 4000

  private let characters: [Character]
  /// Where in the typed text each character is from, counted from 0; one more for the end.
  private let sources: [Int]
  private var position = 0
  private var tokens: [Token] = []

  static func tokens(of text: String) throws(FormulaError) -> [Token] {
    guard text.utf8.count <= 4 * longestInput, text.count <= longestInput else {
      throw FormulaError("the expression has \(text.count) characters, at most \(longestInput) are read")
    }
    var lexer = try Lexer(Array(text))
    while lexer.position < lexer.characters.count { try lexer.next() }
    lexer.append(.end, from: lexer.characters.count)
    return lexer.tokens
  }

  private init(_ text: [Character]) throws(FormulaError) {
    if LaTeXInput.isLaTeX(text) {
      let pieces = try LaTeXInput.pieces(of: text)
      characters = pieces.map(\.character)
      sources = pieces.map(\.source) + [text.count]
    } else {
      characters = text
      sources = Array(0...text.count)
    }
  }

  /// The column, from 1, of a character.
  private func column(_ place: Int) -> Int { sources[min(place, sources.count - 1)] + 1 }

  private var current: Character? { position < characters.count ? characters[position] : nil }

  private func peek(_ offset: Int) -> Character? {
    position + offset < characters.count ? characters[position + offset] : nil
  }

  private mutating func append(_ kind: Token.Kind, from start: Int) {
    let touches = start > 0 && !characters[start - 1].isWhitespace
    tokens.append(Token(kind: kind, column: column(start), touches: touches))
  }

  private mutating func next() throws(FormulaError) {
    guard let character = current else { return }
    let start = position
    if character.isWhitespace {
      position += 1
    } else if Self.isDigit(character) || (character == "." && peek(1).map(Self.isDigit) == true) {
      append(.number(try number()), from: start)
    } else if Self.letter(character) != nil {
      try name()
    } else if character == ".", peek(1).flatMap(Self.letter) != nil {
      try attribute()
    } else if character == "_", let index = peek(1), index.isLetter || Self.isDigit(index) {
      // ‖x‖_2: a name takes its own underscores.
      position += 2
      append(.lowered(String(index)), from: start)
    } else if Scripts.fromRaised[character] != nil {
      append(.raised(run(Scripts.fromRaised)), from: start)
    } else if Scripts.fromLowered[character] != nil {
      append(.lowered(run(Scripts.fromLowered)), from: start)
    } else if character == "_", peek(1) == "{" {
      append(.lowered(try braced()), from: start)
    } else {
      append(.mark(try mark(character)), from: start)
    }
  }

  private mutating func number() throws(FormulaError) -> Double {
    let start = position
    digits()
    // Two full stops are the range of a sum, not the end of a number.
    if current == ".", peek(1) != "." {
      position += 1
      digits()
    }
    if current == "e" || current == "E" {
      let sign = peek(1) == "+" || peek(1) == "-" || peek(1) == "−" ? 1 : 0
      if peek(1 + sign).map(Self.isDigit) == true {
        position += 1 + sign
        digits()
      }
    }
    let text = String(characters[start..<position].map { $0 == "−" ? "-" : $0 })
    guard let value = Double(text), value.isFinite else {
      throw FormulaError("\(text) is not a number that fits", column: column(start))
    }
    return value
  }

  private mutating func digits() {
    while let character = current, Self.isDigit(character) { position += 1 }
  }

  private mutating func name() throws(FormulaError) {
    let start = position
    var spelling = ""
    var accent: Name.Accent?
    while let character = current {
      if let (letters, mark) = Self.letter(character) {
        // A Greek letter right after another name's letters would run into it.
        if !spelling.isEmpty, letters.count > 1, spelling.last != "_" { break }
        if let mark {
          if spelling.isEmpty {
            accent = mark
          } else {
            throw FormulaError("an accent inside a name", column: column(position))
          }
        }
        spelling += letters
        position += 1
        if letters.count > 1, let following = current, Self.letter(following) != nil { break }
      } else if Self.isDigit(character) || (character == "_" && peek(1) != "{") {
        spelling.append(character)
        position += 1
      } else {
        break
      }
    }
    if let accent { spelling = withAccent(spelling, accent) }
    // np.sqrt is sqrt.
    if Self.modules.contains(spelling), current == ".", peek(1).flatMap(Self.letter) != nil {
      position += 1
      return try name()
    }
    append(.name(spelling), from: start)
  }

  private static let modules: Set<String> = ["np", "numpy", "torch", "th", "math", "jnp", "F", "tf", "scipy"]

  /// K.T is Kᵀ; other attributes are functions here.
  private mutating func attribute() throws(FormulaError) {
    let start = position
    position += 1
    var word = ""
    while let character = current, character.isLetter || character == "_" {
      word.append(character)
      position += 1
    }
    guard ["T", "mT"].contains(word) else {
      let hint = Builtin.isFunction(word) ? "; write \(word)(…)" : ""
      throw FormulaError("“.\(word)” is no notation here\(hint)", column: column(start))
    }
    append(.raised("T"), from: start)
  }

  private func withAccent(_ spelling: String, _ accent: Name.Accent) -> String {
    let end = spelling.firstIndex(of: "_") ?? spelling.endIndex
    return spelling[..<end] + "_" + accent.rawValue + spelling[end...]
  }

  /// The run of lowered or raised characters here, as ordinary ones.
  private mutating func run(_ table: [Character: Character]) -> String {
    var text = ""
    while let character = current, let plain = table[character] {
      text.append(plain)
      position += 1
    }
    return text
  }

  private mutating func braced() throws(FormulaError) -> String {
    let start = position
    guard let end = characters[position...].firstIndex(of: "}") else {
      throw FormulaError("the brace opened here is not closed", column: column(start + 1))
    }
    position = end + 1
    return String(characters[(start + 2)..<end])
  }

  private mutating func mark(_ character: Character) throws(FormulaError) -> String {
    for length in [2, 1] where position + length <= characters.count {
      let text = String(characters[position..<(position + length)])
      if let mark = Self.marks[text] {
        position += length
        return mark
      }
    }
    throw FormulaError("the character “\(character)” has no meaning here", column: column(position))
  }

  private static func isDigit(_ character: Character) -> Bool {
    "0" <= character && character <= "9" && character.isASCII
  }

  /// The ASCII spelling of a letter that may start a name, and the accent it carries.
  private static func letter(_ character: Character) -> (String, Name.Accent?)? {
    if character.isASCII { return character.isLetter ? (String(character), nil) : nil }
    if let name = Greek.names[character] { return (name, nil) }
    if let (base, accent) = Greek.accented[character] { return (base, accent) }
    return nil
  }

  private static let marks: [String: String] = [
    "+": "+", "-": "-", "−": "-", "–": "-", "*": "*", "·": "*", "×": "*", "⋅": "*", "∙": "*", "⊙": "*", "/": "/",
    "÷": "/", "^": "^", "**": "^", "@": "@", "(": "(", ")": ")", "[": "[", "]": "]", ",": ",", ";": ";", "√": "√",
    "=": "=", "==": "==", "!=": "!=", "≠": "!=", "<": "<", "<=": "<=", "≤": "<=", ">": ">", ">=": ">=", "≥": ">=",
    "≈": "≈", "~": "~", "∼": "~", "..": "..", "…": "..", "‖": "‖", "∥": "‖", "||": "‖", "|": "|", "∑": "∑", "∏": "∏",
    "⌊": "⌊", "⌋": "⌋", "⌈": "⌈", "⌉": "⌉",
  ]
}
