/// How byte-level BPE writes any byte as one visible character, so that a vocabulary is a list of words.
///
/// Bytes that are visible in Latin-1 stand for themselves; the n-th of the others is the character 256 + n. So a space
/// becomes "Ġ" and é, the bytes C3 A9, becomes "Ã©".
///
/// Source: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2.
enum ByteAlphabet {
  /// The character of each byte.
  static let characters: [Character] = {
    var next: UInt32 = 256
    return (0...255).map { (byte: UInt32) in
      if isVisible(byte) { return Character(Unicode.Scalar(UInt8(byte))) }
      defer { next += 1 }
      return Unicode.Scalar(next).map(Character.init) ?? "?"
    }
  }()

  /// The order in which vocabularies list the characters: the visible bytes first.
  static let inVocabularyOrder: [Character] =
    (0...255).filter { isVisible(UInt32($0)) }.map { characters[$0] }
    + (0...255).filter { !isVisible(UInt32($0)) }.map { characters[$0] }

  private static let bytes = Dictionary(uniqueKeysWithValues: zip(characters, UInt8(0)...255))

  private static func isVisible(_ byte: UInt32) -> Bool {
    (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
  }

  /// The UTF-8 bytes of a text as characters.
  static func encode(_ text: String) -> [String] { text.utf8.map { String(characters[Int($0)]) } }

  /// The text whose bytes the characters stand for; what is no character of the alphabet stays, broken UTF-8 becomes "�".
  static func decode(_ characters: String) -> String {
    String(decoding: characters.flatMap { bytes[$0].map { [$0] } ?? Array(String($0).utf8) }, as: UTF8.self)
  }
}
