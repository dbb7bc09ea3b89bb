import Foundation

/// Cuts a text into the words that CLIP's byte-pair encoding works on.
///
/// The text is brought into Unicode's normal form C, every run of white space becomes one space, and letters become small
/// letters, character by character. Then words are
///
///     's|'t|'re|'ve|'m|'ll|'d | letters | one numeral | other characters that are no white space
///
/// in which the first that fits wins. The name of a special token that only became one by small letters ("<|ENDOFTEXT|>") is
/// a word by itself and falls apart at once into "<|", "endoftext" and "|>". This is what transformers' `CLIPTokenizer` does, version 5 and the fast one before it.
enum CLIPWords {
  static func split(_ text: String) -> [String] {
    let scalars = normalized(text)
    var words: [String] = []
    var start = 0
    while start < scalars.count {
      if let special = specials.first(where: { scalars[start...].starts(with: $0.unicodeScalars) }) {
        words += ["<|", String(special.dropFirst(2).dropLast(2)), "|>"]
        start += special.unicodeScalars.count
        continue
      }
      let length = wordLength(scalars, at: start)
      if length > 0 { words.append(string(scalars[start..<(start + length)])) }
      start += max(length, 1)
    }
    return words
  }

  private static let specials = [CLIPTokenizer.startToken, CLIPTokenizer.endToken]

  private static func normalized(_ text: String) -> [Unicode.Scalar] {
    text.precomposedStringWithCanonicalMapping.unicodeScalars.flatMap {
      Array($0.properties.lowercaseMapping.unicodeScalars)
    }
  }

  private static let contractions: [[Unicode.Scalar]] = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"]
    .map { Array($0.unicodeScalars) }

  /// 0 for white space.
  private static func wordLength(_ scalars: [Unicode.Scalar], at start: Int) -> Int {
    let rest = scalars[start...]
    if let contraction = contractions.first(where: { rest.starts(with: $0) }) { return contraction.count }
    switch Kind(scalars[start]) {
    case .space: return 0
    case .numeral: return 1
    case let kind: return rest.prefix { Kind($0) == kind }.count
    }
  }

  private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  private enum Kind {
    case space
    case letter
    case numeral
    case other

    init(_ scalar: Unicode.Scalar) {
      switch scalar.properties.generalCategory {
      case _ where scalar.properties.isWhitespace: self = .space
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
      case .decimalNumber, .letterNumber, .otherNumber: self = .numeral
      default: self = .other
      }
    }
  }
}
