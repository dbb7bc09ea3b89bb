import Models
import Tensors

/// The two things a prompt sets side by side or one above the other: "pizza left of red heart on a blue background".
public struct RelationPrompt: Sendable, Equatable {
  public let first: String
  public let second: String
  /// Where the first one is to be.
  public let half: PictureHalf

  /// nil for a prompt without a relation.
  public init?(_ prompt: String) {
    let words: [(String, PictureHalf)] = [
      (" left of ", .left), (" right of ", .right), (" above ", .upper), (" below ", .lower),
    ]
    guard let (word, half) = words.first(where: { prompt.contains($0.0) }), let range = prompt.firstRange(of: word)
    else { return nil }
    first = String(prompt[..<range.lowerBound])
    let rest = prompt[range.upperBound...]
    second = String(rest.firstRange(of: " on a").map { rest[..<$0.lowerBound] } ?? rest)
    self.half = half
  }

  /// Which shares of maps lie in which half.
  public struct Shares: Sendable, Equatable {
    /// Of the first name's map in the first object's half.
    public let first: Double
    /// Of the second name's map in the second object's half.
    public let second: Double
    /// Of the map of the token right after the first name ("left") in the first object's half.
    public let next: Double
    /// Of the end token's map in the first object's half.
    public let end: Double

    public init(first: Double, second: Double, next: Double, end: Double) {
      (self.first, self.second, self.next, self.end) = (first, second, next, end)
    }
  }

  /// The shares of maps in halves; nil when the tokenizer does not find both names and a word between them in the prompt.
  ///
  /// The map of several tokens is the sum of theirs.
  /// - Parameter maps: [tokens, H, W].
  public func shares(in maps: Tensor, _ tokens: PromptTokens, _ tokenizer: CLIPTokenizer) -> Shares? {
    guard let first = tokens.places(of: first, tokenizer), let last = first.last,
      let second = tokens.places(of: second, tokenizer, from: last + 1), second[0] > last + 1,
      let end = tokens.places(of: .end).first
    else { return nil }
    func share(_ places: [Int], _ half: PictureHalf) -> Double { maps.summedMaps(of: places).massShare(in: half) }
    return Shares(
      first: share(first, half), second: share(second, half.opposite),
      next: share([last + 1], half), end: share([end], half))
  }

  /// The shares of a run's maps in halves: those of the mean over all layers under "mean", then every layer's; nothing for a
  /// prompt without a relation.
  public static func shares(
    in maps: AttentionMaps, prompt: String, _ tokenizer: CLIPTokenizer
  ) -> [(layer: String, shares: Shares)] {
    guard let relation = RelationPrompt(prompt) else { return [] }
    let tokens = PromptTokens(prompt, tokenizer)
    let named = [("mean", maps.mean)] + maps.layers.indices.map { (maps.layers[$0].name, maps.mean(ofLayer: $0)) }
    return named.compactMap { layer, map in relation.shares(in: map, tokens, tokenizer).map { (layer, $0) } }
  }
}
