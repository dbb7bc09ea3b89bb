import Tensors

/// Turns a prompt into the ids a text encoder reads, as transformers' `CLIPTokenizer` does: byte-level BPE with an end-of-word
/// mark, between the tokens `<|startoftext|>` and `<|endoftext|>`, filled up to a fixed length.
public struct CLIPTokenizer: Sendable {
  /// A token of a text.
  public struct Token: Sendable, Equatable {
    public let id: Int
    /// As the vocabulary has it, in the byte alphabet: "heart</w>", "Ã©</w>".
    public let piece: String
    /// What it stands for, without the mark of a word's end.
    public let text: String
    /// Whether a word ends with it.
    public let endsWord: Bool
  }

  public static let startToken = "<|startoftext|>"
  public static let endToken = "<|endoftext|>"

  /// How many ids a prompt becomes, start and end among them.
  public let contextLength: Int
  public let startID: Int
  public let endID: Int
  /// What fills up the length: the end token in CLIP's own files, another in some models.
  public let paddingID: Int
  let paddingToken: String
  let encoding: BytePairEncoding
  private let pieces: [Int: String]

  /// The encoding's vocabulary must hold the start, end and padding token; a context has room for one token between the two.
  init(encoding: BytePairEncoding, paddingToken: String, contextLength: Int) {
    guard let startID = encoding.vocabulary[Self.startToken], let endID = encoding.vocabulary[Self.endToken],
      let paddingID = encoding.vocabulary[paddingToken], contextLength >= 3
    else {
      preconditionFailure("a vocabulary without start, end or '\(paddingToken)', or a context of \(contextLength)")
    }
    (self.startID, self.endID, self.paddingID) = (startID, endID, paddingID)
    self.encoding = encoding
    self.paddingToken = paddingToken
    self.contextLength = contextLength
    pieces = Dictionary(encoding.vocabulary.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The number of tokens there are.
  public var vocabularyCount: Int { encoding.vocabulary.count }

  /// The largest id a text can become.
  public var largestID: Int { encoding.vocabulary.values.max() ?? 0 }

  /// The merges in the order they were learned, as pairs of pieces.
  public var merges: [(left: String, right: String)] { encoding.merges.map { ($0.left, $0.right) } }

  /// A token as the vocabulary has it; empty for an id it does not have.
  public func piece(_ id: Int) -> String { pieces[id] ?? "" }

  /// How one word of a text becomes its pieces.
  public struct WordMerging: Sendable, Equatable {
    public struct Step: Sendable, Equatable {
      /// The merge's place in the order they were learned, from 0; never lower than that of the step before.
      public let rank: Int
      /// All pieces of the word after it.
      public let parts: [String]
    }

    /// The word's bytes as characters of the byte alphabet, the last marked as the word's end.
    public let characters: [String]
    public let steps: [Step]

    /// What is left at the end.
    public var parts: [String] { steps.last?.parts ?? characters }
  }

  /// For each word of a text, how its bytes are merged; special tokens in the text count as ordinary words here.
  public func merging(of text: String) -> [WordMerging] {
    CLIPWords.split(text).map { word in
      var steps: [WordMerging.Step] = []
      _ = encoding.pieces(of: word) { steps.append(WordMerging.Step(rank: $0, parts: $1)) }
      return WordMerging(characters: BytePairEncoding.characters(of: word), steps: steps)
    }
  }

  /// Start, tokens, end, padding: always `contextLength` ids. A text that is longer is cut before the end token, as transformers
  /// cuts it.
  ///
  /// - Returns: the ids, and the words that were cut off or cut in two, nil when none were.
  public func encode(_ text: String) -> (ids: [Int], dropped: String?) {
    let tokens = tokens(of: text)
    let kept = tokens.prefix(contextLength - 2)
    let ids = [startID] + kept.map(\.id) + [endID]
    let padding = Array(repeating: paddingID, count: contextLength - ids.count)
    guard kept.count < tokens.count else { return (ids + padding, nil) }
    // A word that is cut in two has lost its meaning, so it is named whole.
    let firstDropped = (kept.lastIndex(where: \.endsWord) ?? -1) + 1
    return (ids + padding, Self.join(tokens[firstDropped...]))
  }

  /// The tokens of a text, however many, without start and end.
  public func tokens(of text: String) -> [Token] {
    var result: [Token] = []
    var plain = text.unicodeScalars[...]
    // The special tokens are found in the text as it was typed, before anything is normalised.
    while let (range, token) = nextSpecial(in: plain) {
      result += words(of: plain[..<range.lowerBound]) + [token]
      plain = plain[range.upperBound...]
    }
    return result + words(of: plain)
  }

  /// The text that ids stand for; start, end and padding are left out.
  public func decode(_ ids: [Int]) -> String {
    let tokens = ids.filter { ![startID, endID, paddingID].contains($0) }.map { token(id: $0, piece: piece($0)) }
    return Self.join(tokens[...])
  }

  private func nextSpecial(
    in text: Substring.UnicodeScalarView
  ) -> (Range<String.Index>, Token)? {
    let found = [(Self.startToken, startID), (Self.endToken, endID)].compactMap { special, id in
      text.firstRange(of: special.unicodeScalars).map {
        ($0, Token(id: id, piece: special, text: special, endsWord: true))
      }
    }
    return found.min { $0.0.lowerBound < $1.0.lowerBound }
  }

  private func words(of text: Substring.UnicodeScalarView) -> [Token] {
    CLIPWords.split(String(text)).flatMap { word in
      // A piece that is not in the vocabulary becomes the unknown token, which in CLIP is the end.
      encoding.pieces(of: word).map { token(id: encoding.vocabulary[$0] ?? endID, piece: $0) }
    }
  }

  private func token(id: Int, piece: String) -> Token {
    let endsWord = piece.hasSuffix(BytePairEncoding.endOfWord)
    let letters = endsWord ? String(piece.dropLast(BytePairEncoding.endOfWord.count)) : piece
    return Token(id: id, piece: piece, text: ByteAlphabet.decode(letters), endsWord: endsWord)
  }

  /// Words with single spaces between them; the bytes of a character may be spread over tokens, so they are joined first.
  private static func join(_ tokens: ArraySlice<Token>) -> String {
    var letters = ""
    for token in tokens {
      letters += token.endsWord ? token.piece.replacing(BytePairEncoding.endOfWord, with: " ") : token.piece
    }
    let text = ByteAlphabet.decode(letters)
    return text.hasSuffix(" ") ? String(text.dropLast()) : text
  }
}
