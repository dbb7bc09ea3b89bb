import Datasets
import Models
import Tensors
import Training

extension EmojiJudge {
  static let shippedName = "emoji-classifier"

  /// The judge that ships; nil where it is not installed.
  package static func shipped(_ home: Home) throws(UserError) -> EmojiJudge? {
    guard let path = try? home.model(shippedName) else { return nil }
    return EmojiJudge(try ModelFolder(path).imageClassifier())
  }

  /// Whether everything in a scene's picture [3, H, W] in −1…1 is named first; nil where an emoji is none of `names`.
  package func names(_ sample: EmojiSample, among names: [String], in picture: Tensor) -> Bool? {
    let wanted = sample.emoji.compactMap { names.firstIndex(of: $0) }
    guard wanted.count == sample.emoji.count else { return nil }
    let batch = picture.reshaped([1] + picture.shape)
    let relation = sample.relation.flatMap(EmojiRelation.init)
    let shown = relation.map { PairHalves.cut([$0], from: batch) } ?? batch
    return ranks(of: wanted, in: shown).allSatisfy { $0 == 0 }
  }
}
