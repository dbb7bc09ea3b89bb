import Models

/// The tokens of a prompt as the text encoder sees them, each with what it is.
public struct PromptTokens: Sendable, Equatable {
  public enum Kind: String, Sendable {
    case start, word, end, padding
  }

  public struct Token: Sendable, Equatable {
    public let id: Int
    public let kind: Kind
    /// The letters of a word or a part of it; "start", "end", "padding" for the others.
    public let text: String
    /// Whether a word ends with it.
    public let endsWord: Bool
  }

  /// As many as the context is long.
  public let tokens: [Token]
  /// The words that did not fit.
  public let dropped: String?

  public init(_ prompt: String, _ tokenizer: CLIPTokenizer) {
    let words = tokenizer.tokens(of: prompt).prefix(tokenizer.contextLength - 2)
    let (ids, dropped) = tokenizer.encode(prompt)
    self.dropped = dropped
    tokens = ids.enumerated().map { place, id in
      if place == 0 { return Token(id: id, kind: .start, text: "start", endsWord: true) }
      if place <= words.count {
        let token = words[words.startIndex + place - 1]
        return Token(id: id, kind: .word, text: token.text, endsWord: token.endsWord)
      }
      return place == words.count + 1
        ? Token(id: id, kind: .end, text: "end", endsWord: true)
        : Token(id: id, kind: .padding, text: "padding", endsWord: true)
    }
  }

  /// The places of tokens of a kind.
  public func places(of kind: Kind) -> [Int] { tokens.indices.filter { tokens[$0].kind == kind } }

  /// The places of a phrase, such as an emoji's name, from `first` on; nil where the prompt does not have it.
  public func places(of phrase: String, _ tokenizer: CLIPTokenizer, from first: Int = 0) -> [Int]? {
    let wanted = tokenizer.tokens(of: phrase).map(\.id)
    guard !wanted.isEmpty, wanted.count <= tokens.count else { return nil }
    let start = (first...max(first, tokens.count - wanted.count)).first { start in
      start + wanted.count <= tokens.count && zip(wanted.indices, wanted).allSatisfy { tokens[start + $0].id == $1 }
    }
    return start.map { Array($0..<$0 + wanted.count) }
  }
}
