import Drawing
import Models
import Tensors

/// The rows of the token table that stand for whole words, at length 1.
struct WordVectors {
  private let tokenizer: CLIPTokenizer
  /// All rows at length 1, [V, D].
  private let unit: Tensor
  /// Ids of tokens that are words: letters only, three or more of them, with the mark of a word's end.
  private let words: [Int]

  init(_ model: ContrastiveModel) {
    let tokenizer = model.tokenizer
    self.tokenizer = tokenizer
    let table = model.model.textTower.textModel.embeddings.tokenEmbedding.weight.variable
    unit = table.unitLength(along: 1).value
    words = (0..<tokenizer.vocabularyCount).filter { id in
      let piece = tokenizer.piece(id)
      return piece.hasSuffix("</w>") && piece.count >= 7 && piece.dropLast(4).allSatisfy { $0.isASCII && $0.isLetter }
    }
  }

  /// The id of a word's only token.
  /// - Throws: when the word is cut into several.
  func id(of word: String) throws(UserError) -> Int {
    let tokens = tokenizer.tokens(of: word)
    guard tokens.count == 1 else {
      let pieces = tokens.map { TokenizedPrompt.name($0) }.joined(separator: " ")
      throw UserError("'\(word)' is \(tokens.count) tokens (\(pieces)); only words of one token have one vector")
    }
    return tokens[0].id
  }

  /// Cosines of the rows of some ids with those of others.
  func cosines(_ ids: [Int], _ others: [Int]) -> Tensor {
    rows(ids).matmul(rows(others), transposeB: true)
  }

  private func rows(_ ids: [Int]) -> Tensor { Tensor.stacked(ids.map { unit[index: $0] }) }

  /// The cosine of two words; NaN when one of them is no single token.
  func cosine(_ a: String, _ b: String) -> Double {
    guard let a = try? id(of: a), let b = try? id(of: b) else { return .nan }
    return Double(cosines([a], [b]).scalar)
  }

  /// The words whose vectors are closest, the closest first; none for a word of several tokens.
  func nearest(to word: String, count: Int) -> [(word: String, cosine: Double)] {
    guard let id = try? id(of: word) else { return [] }
    let others = words.filter { $0 != id }
    guard !others.isEmpty else { return [] }
    let cosines = cosines([id], others).scalars
    return others.indices.sorted { cosines[$0] > cosines[$1] }.prefix(count).map {
      (String(tokenizer.piece(others[$0]).dropLast(4)), Double(cosines[$0]))
    }
  }

  /// Mean and standard deviation of the cosines of all pairs of different words.
  var typical: (mean: Double, deviation: Double) {
    let vectors = rows(words)
    let all = vectors.matmul(vectors, transposeB: true)
    let n = Double(words.count)
    let pairs = n * (n - 1)
    let mean = (Double(all.sum) - n) / pairs
    return (mean, max(0, (all.squaredNorm - n) / pairs - mean * mean).squareRoot())
  }

  /// The nearest five of each of some words.
  func neighbourTable(_ asked: [String]) throws(UserError) -> StageTable {
    StageTable(
      name: "neighbours", title: "The words with the nearest vectors, and their cosines",
      columns: [.init("word", numeric: false), .init("nearest", numeric: false)],
      rows: asked.map { word in
        let found = nearest(to: word, count: 4)
        return [word, found.map { "\($0.word) \(NumberText.fixed($0.cosine, decimals: 2))" }.joined(separator: ", ")]
      })
  }
}
