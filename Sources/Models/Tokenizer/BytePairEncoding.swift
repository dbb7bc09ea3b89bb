/// Byte-pair encoding: a word starts as its bytes, and the neighbours that were merged earliest in training are merged first,
/// until none of the known pairs is left.
///
/// Source: Sennrich, Haddow and Birch 2016, arXiv 1508.07909, section 3.2; on bytes as Radford et al. 2019.
struct BytePairEncoding: Sendable {
  /// Marks the last piece of a word.
  static let endOfWord = "</w>"

  struct Pair: Hashable, Sendable {
    let left: String
    let right: String
  }

  /// The id of each piece.
  let vocabulary: [String: Int]
  /// In the order they were learned.
  let merges: [Pair]
  private let ranks: [Pair: Int]

  init(vocabulary: [String: Int], merges: [Pair]) {
    self.vocabulary = vocabulary
    self.merges = merges
    ranks = Dictionary(merges.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// A word's characters of the byte alphabet, the last marked as the word's end.
  static func characters(of word: String) -> [String] {
    var parts = ByteAlphabet.encode(word)
    if let last = parts.popLast() { parts.append(last + endOfWord) }
    return parts
  }

  /// The pieces of one word; `observe` is told the rank of each merge and the pieces after it.
  func pieces(of word: String, observing observe: (_ rank: Int, _ parts: [String]) -> Void = { _, _ in }) -> [String] {
    var parts = Self.characters(of: word)
    while let (rank, place) = bestMerge(parts) {
      parts[place] += parts[place + 1]
      parts.remove(at: place + 1)
      observe(rank, parts)
    }
    return parts
  }

  /// Where the pair with the lowest rank begins, the leftmost of equals; nil when no neighbours are a known pair.
  private func bestMerge(_ parts: [String]) -> (rank: Int, place: Int)? {
    var best: (rank: Int, place: Int)?
    for place in parts.indices.dropLast() {
      guard let rank = ranks[Pair(left: parts[place], right: parts[place + 1])] else { continue }
      if rank < best?.rank ?? .max { best = (rank, place) }
    }
    return best
  }
}
