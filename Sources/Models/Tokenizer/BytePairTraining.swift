/// Learns which pairs of pieces to merge: again and again the one that is next to each other most often.
///
/// Source: Sennrich, Haddow and Birch 2016, arXiv 1508.07909, algorithm 1.
public struct BytePairTraining {
  /// How often each word occurs.
  private var words: [(parts: [String], count: Int)]

  /// - Parameter texts: what to learn from, cut into words as CLIP does.
  public init(_ texts: some Sequence<String>) {
    var counts: [String: Int] = [:]
    for text in texts { for word in CLIPWords.split(text) { counts[word, default: 0] += 1 } }
    words = counts.sorted { $0.key < $1.key }.map { (BytePairEncoding.characters(of: $0.key), $0.value) }
  }

  /// A tokenizer with at most `mergeCount` merges; fewer when all words are whole before.
  ///
  /// The vocabulary is ordered as CLIP's: the 256 bytes, the same at a word's end, the merges, start and end of text.
  public func tokenizer(mergeCount: Int, contextLength: Int) -> CLIPTokenizer {
    var learning = self
    var merges: [BytePairEncoding.Pair] = []
    while merges.count < mergeCount, let pair = learning.mostFrequentPair() {
      merges.append(pair)
      learning.merge(pair)
    }
    let letters = ByteAlphabet.inVocabularyOrder.map(String.init)
    let pieces =
      letters + letters.map { $0 + BytePairEncoding.endOfWord } + merges.map { $0.left + $0.right }
      + [CLIPTokenizer.startToken, CLIPTokenizer.endToken]
    let vocabulary = Dictionary(
      pieces.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    return CLIPTokenizer(
      encoding: BytePairEncoding(vocabulary: vocabulary, merges: merges), paddingToken: CLIPTokenizer.endToken,
      contextLength: contextLength)
  }

  /// Of equally frequent pairs the first in the alphabet, so that the same texts give the same vocabulary.
  private func mostFrequentPair() -> BytePairEncoding.Pair? {
    var counts: [BytePairEncoding.Pair: Int] = [:]
    for word in words {
      for (left, right) in zip(word.parts, word.parts.dropFirst()) {
        counts[.init(left: left, right: right), default: 0] += word.count
      }
    }
    return counts.max { a, b in (a.value, b.key.left, b.key.right) < (b.value, a.key.left, a.key.right) }?.key
  }

  private mutating func merge(_ pair: BytePairEncoding.Pair) {
    for index in words.indices {
      var parts = words[index].parts
      var place = 0
      while place + 1 < parts.count {
        if parts[place] == pair.left, parts[place + 1] == pair.right {
          parts[place] += parts[place + 1]
          parts.remove(at: place + 1)
        }
        place += 1
      }
      words[index].parts = parts
    }
  }
}
