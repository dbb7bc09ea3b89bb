import Formulas

/// Prose cut into words and the mathematical symbols in them: `x_t`, `ᾱ_{t-1}`, `ε̂`, `x₀`, and letters that stand alone.
///
/// Lessons are written as plain text, which a terminal prints as it is; pages and notebooks set the symbols.
package enum ProseMath {
  package enum Piece: Equatable {
    case text(String)
    case symbol(Expression)
  }

  /// The pieces, which together say what the text says.
  package static func pieces(_ text: String) -> [Piece] {
    let characters = Array(text)
    var result: [Piece] = []
    var words = ""
    var position = 0
    while position < characters.count {
      if let end = symbolEnd(characters, from: position),
        let expression = expression(String(characters[position..<end]))
      {
        if !words.isEmpty { result.append(.text(words)) }
        words = ""
        result.append(.symbol(expression))
        position = end
      } else {
        words.append(characters[position])
        position += 1
      }
    }
    return words.isEmpty ? result : result + [.text(words)]
  }

  private static func expression(_ symbol: String) -> Expression? {
    (try? Program(parsing: symbol, functions: nil))?.result
  }

  // MARK: Where a symbol ends

  /// The end of the symbol that begins at a position, or nil when none does.
  private static func symbolEnd(_ text: [Character], from start: Int) -> Int? {
    guard let base = text[start].unicodeScalars.first, !isInWord(text, start) else { return nil }
    let isGreek = ("α"..."ω").contains(base) || "ᾱΓΔΘΛΦΨΩ".unicodeScalars.contains(base)
    let isLatin = base.properties.isAlphabetic && base.isASCII
    guard isGreek || isLatin else { return nil }
    let end = subscriptEnd(text, from: start + 1)
    if let next = text[safe: end],
      next.isLetter || next.isNumber || next == "_" || next == "-" && isWordLetter(text, end + 1)
    {
      return nil
    }
    let isMarked = text[start].unicodeScalars.count > 1 || base == "ᾱ"
    return isGreek || isMarked || end > start + 1 || standsAlone(text, start) ? end : nil
  }

  /// Behind `_t`, `_{t-1}` or small characters; where no subscript follows, the position itself.
  private static func subscriptEnd(_ text: [Character], from start: Int) -> Int {
    var end = start
    while let character = text[safe: end], "₀₁₂₃₄₅₆₇₈₉₋₊ₜₙᵢⱼₖ".contains(character) { end += 1 }
    guard end == start, text[safe: start] == "_" else { return end }
    if text[safe: start + 1] == "{" {
      return text[start...].firstIndex(of: "}").map { $0 + 1 } ?? start
    }
    end = start + 1
    while let character = text[safe: end], character.isLetter || character.isNumber { end += 1 }
    return end == start + 1 ? start : end
  }

  private static func isInWord(_ text: [Character], _ position: Int) -> Bool {
    guard position > 0 else { return false }
    let before = text[position - 1]
    return before.isLetter || before.isNumber || "_'’-.".contains(before)
  }

  private static func isWordLetter(_ text: [Character], _ position: Int) -> Bool {
    text[safe: position]?.isLetter == true
  }

  /// Whether a plain letter means a quantity: no article, no pronoun, no initial of a name.
  private static func standsAlone(_ text: [Character], _ position: Int) -> Bool {
    let letter = text[position]
    let next = text[safe: position + 1]
    if next == "." && (letter.isUppercase || isWordLetter(text, position + 2)) { return false }
    if next == "'" || next == "’" { return letter != "a" && letter != "I" && !isWordLetter(text, position + 3) }
    return letter.isUppercase ? "TNQKVLHWCDE".contains(letter) : letter != "a"
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
