/// LaTeX as people paste it, turned into the notation of `--expression` before it is cut into tokens.
///
/// `\frac`, `\sqrt`, accents, Greek letters, sums, functions, brackets and spaces of LaTeX; each character of the result
/// knows the column of the LaTeX it came from, so that errors point there.
struct LaTeXInput {
  /// A character and the place in the source, from 0, where it came from.
  typealias Piece = (character: Character, source: Int)

  static let deepestNesting = 60

  private let source: [Character]
  private var position = 0
  private var depth = 0

  /// Whether a text is LaTeX: a backslash means nothing else here.
  static func isLaTeX(_ text: [Character]) -> Bool { text.contains("\\") }

  static func pieces(of text: [Character]) throws(FormulaError) -> [Piece] {
    var input = LaTeXInput(source: text)
    return try input.content(until: nil)
  }

  private init(source: [Character]) { self.source = source }

  private var current: Character? { position < source.count ? source[position] : nil }

  private mutating func skipSpace() {
    while let character = current, character.isWhitespace { position += 1 }
  }

  /// Everything up to a closing bracket, which is taken too, or to the end.
  private mutating func content(until closing: Character?) throws(FormulaError) -> [Piece] {
    let start = position
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepestNesting else {
      throw FormulaError("braces nest deeper than \(Self.deepestNesting) levels", column: position + 1)
    }
    var pieces: [Piece] = []
    while let character = current {
      if character == closing {
        position += 1
        return pieces
      }
      pieces += try next(character)
    }
    guard closing == nil else { throw FormulaError("the brace opened here is not closed", column: max(start, 1)) }
    return pieces
  }

  private mutating func next(_ character: Character) throws(FormulaError) -> [Piece] {
    let start = position
    switch character {
    case "\\":
      return try command()
    case "{":
      position += 1
      return at(start, " (") + (try content(until: "}")) + at(start, ")")
    case "}":
      throw FormulaError("“}” closes no brace", column: start + 1)
    case "_":
      position += 1
      if let word = plainWord(), word.count > 1 {
        position += word.count
        return at(start, "_" + word)
      }
      let index = try argument()
      return at(start, "_{") + index.filter { !$0.character.isWhitespace } + at(start, "}")
    case "^":
      position += 1
      let exponent = try argument()
      let text = String(exponent.map(\.character).filter { !$0.isWhitespace })
      if text == "T" { return at(start, "^T ") }
      if !text.isEmpty, text.allSatisfy({ Scripts.raised[$0] != nil && $0.isNumber }) {
        return at(start, String(text.compactMap { Scripts.raised[$0] }))
      }
      return at(start, "^(") + exponent + at(start, ")")
    case "&", "~", "$":
      position += 1
      return at(start, " ")
    default:
      // Q and K side by side are two letters in LaTeX.
      if let word = plainWord(), (2...3).contains(word.count), word.allSatisfy(\.isUppercase) {
        position += word.count
        return word.enumerated().flatMap { place, letter in at(start + place, " \(letter)") }
      }
      if let word = plainWord() {
        position += word.count
        return word.enumerated().map { ($0.element, start + $0.offset) }
      }
      position += 1
      return [(character, start)]
    }
  }

  /// The ASCII letters that stand here.
  private func plainWord() -> String? {
    let word = source[position...].prefix { $0.isASCII && $0.isLetter }
    return word.isEmpty ? nil : String(word)
  }

  /// One braced group without its braces, one command, or one character.
  private mutating func argument() throws(FormulaError) -> [Piece] {
    skipSpace()
    guard let character = current else { throw FormulaError("LaTeX ends where a {…} is wanted", column: position + 1) }
    if character == "{" {
      position += 1
      return try content(until: "}")
    }
    return try next(character)
  }

  /// The text of an argument, without spaces.
  private mutating func word() throws(FormulaError) -> String {
    String(try argument().map(\.character).filter { !$0.isWhitespace })
  }

  private func at(_ place: Int, _ text: String) -> [Piece] { text.map { ($0, place) } }

  // MARK: Commands

  private mutating func command() throws(FormulaError) -> [Piece] {
    let start = position
    position += 1
    var name = ""
    while let character = current, character.isLetter, character.isASCII {
      name.append(character)
      position += 1
    }
    if name.isEmpty, let character = current {
      name = String(character)
      position += 1
    }
    if let text = Self.signs[name] { return at(start, text) }
    if Self.ignored.contains(name) { return at(start, " ") }
    if let accent = Self.accents[name] { return try accented(accent, start) }
    if let letter = Self.letters[name] ?? (Greek.letters[name] == nil ? nil : name) {
      return at(start, " " + letter)
    }
    if Builtin.isFunction(name), name != "sqrt" { return try function(name, start) }
    switch name {
    case "frac", "tfrac", "dfrac":
      let (over, under) = (try argument(), try argument())
      return at(start, " ((") + over + at(start, ")/(") + under + at(start, "))")
    case "sqrt": return try root(start)
    case "operatorname", "mathrm", "text", "textrm", "mathit", "mathbf", "boldsymbol", "bm", "mathsf", "mathcal",
      "mathbb", "textbf", "textit", "rm":
      let word = try word()
      return Builtin.isFunction(word) ? try function(word, start) : at(start, " " + word)
    default:
      throw FormulaError("the LaTeX command \\\(name) is not read here", column: start + 1)
    }
  }

  /// A function's name; brackets follow without a space, and an exponent waits until they are closed.
  private mutating func function(_ name: String, _ start: Int) throws(FormulaError) -> [Piece] {
    var name = name
    skipSpace()
    if current == "_", name == "log" {
      position += 1
      name += try word()
      skipSpace()
    }
    var exponent: [Piece] = []
    if current == "^" { exponent = try next("^") }
    skipSpace()
    while source[position...].starts(with: "\\left") || source[position...].starts(with: "\\!") {
      position += source[position...].starts(with: "\\left") ? 5 : 2
      skipSpace()
    }
    if current == "{" {
      let open = position
      position += 1
      return at(start, " " + name) + exponent + at(open, "(") + (try content(until: "}")) + at(open, ")")
    }
    return at(start, " " + name) + exponent
  }

  private mutating func root(_ start: Int) throws(FormulaError) -> [Piece] {
    skipSpace()
    guard current == "[" else { return at(start, " sqrt(") + (try argument()) + at(start, ")") }
    position += 1
    let degree = try content(until: "]")
    return at(start, " (") + (try argument()) + at(start, ")^(1/(") + degree + at(start, "))")
  }

  /// x̂₀ as x_hat with what stood below it behind.
  private mutating func accented(_ accent: String, _ start: Int) throws(FormulaError) -> [Piece] {
    let base = try argument().filter { !$0.character.isWhitespace }
    let end = base.firstIndex { !$0.character.isLetter && !$0.character.isNumber } ?? base.endIndex
    return at(start, " ") + base[..<end] + at(start, "_" + accent) + base[end...]
  }

  private static let accents = [
    "bar": "bar", "overline": "bar", "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde",
  ]

  private static let letters = [
    "epsilon": "eps", "varepsilon": "eps", "varphi": "phi", "vartheta": "theta", "varsigma": "sigma", "ell": "l",
  ]

  private static let signs = [
    "cdot": "*", "times": "*", "ast": "*", "odot": "*", "div": "/", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=",
    "ne": "!=", "neq": "!=", "approx": "≈", "sim": "~", "top": " T", "intercal": " T", "lvert": "|", "rvert": "|",
    "vert": "|", "mid": "|", "lVert": "‖", "rVert": "‖", "Vert": "‖", "|": "‖", "{": "(", "}": ")", "lbrack": "[",
    "rbrack": "]", "sum": " ∑", "prod": " ∏", "dots": "..", "ldots": "..", "lfloor": " ⌊", "rfloor": "⌋",
    "lceil": " ⌈", "rceil": "⌉",
  ]

  private static let ignored: Set<String> = [
    "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "middle", "quad",
    "qquad", ",", ";", ":", "!", " ", "\\", "displaystyle", "textstyle", "limits", "nolimits", "(", ")", "[", "]",
    "tag",
  ]
}
