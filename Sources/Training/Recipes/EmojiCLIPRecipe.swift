import Datasets
import Gradients
import Layers
import Models
import Tensors

/// `emoji-clip`: captions and pictures in one space, by contrast (Radford et al. 2021).
///
/// A batch's pictures and captions are embedded; each picture must find its caption among all of the batch, and each
/// caption its picture. The text tower conditions `emoji-ldm`, the image tower is the eye of the perceptual loss.
public final class EmojiCLIPRecipe: Recipe {
  public let name = "emoji-clip"
  public let settings: TrainingSettings
  private let model: EmojiCLIP
  private let tokenizer: CLIPTokenizer
  private let data: CaptionedEmoji

  public init(totalSteps: Int = 3_000) throws(UserError) {
    settings = TrainingSettings(
      totalSteps: totalSteps, batchSize: 128, learningRate: 1e-3, warmupSteps: 200, weightDecay: 0.05)
    data = try CaptionedEmoji()
    tokenizer = CLIPTokenizer.emoji(data)
    var text = CLIPTextConfiguration()
    text.vocabSize = tokenizer.vocabularyCount
    text.hiddenSize = 128
    text.intermediateSize = 512
    text.numHiddenLayers = 3
    text.numAttentionHeads = 4
    text.maxPositionEmbeddings = tokenizer.contextLength
    text.bosTokenID = tokenizer.startID
    text.eosTokenID = tokenizer.endID
    text.padTokenID = tokenizer.paddingID
    var configuration = EmojiCLIP.Configuration()
    configuration.text = text
    model = EmojiCLIP(configuration)
  }

  public var module: any Module { model }
  public var parts: [ModelPart] {
    [ModelPart(model, model.configuration.jsonObject, weightsName: "model.safetensors")]
  }
  public func writeCompanions(to folder: String) throws(UserError) { try tokenizer.write(to: folder) }

  public var dataDescription: String {
    "A text tower in transformers' `CLIPTextModel` layout and a convolutional image tower, trained by contrast on captioned "
      + "emoji (\(data.names.count) emoji, alone or in pairs) that are composed anew for every step. The tokenizer is a "
      + "byte-level BPE of \(tokenizer.vocabularyCount) tokens, learned from the captions; \(tokenizer.contextLength) tokens are "
      + "read."
  }

  public func loss(step: Int, _ random: inout RandomSource) throws(UserError) -> Variable {
    let (pictures, scenes) = data.batch(settings.batchSize, .train, &random)
    let ids = scenes.map { tokenizer.encode($0.caption).ids }
    return Loss.contrastive(model.logits(pictures: Variable(pictures), inputIDs: ids))
  }

  /// Among 128 captions, does a picture find its own, and a caption its picture? On held-out scenes.
  public func finalMetrics() throws(UserError) -> [(name: String, value: Double)] {
    var metrics: [(String, Double)] = []
    for part in [CaptionedEmoji.Part.train, .heldOutPairs, .heldOutBackgrounds] {
      var random = settings.measuringRandom
      var (right, count) = (0, 0)
      for _ in 0..<8 {
        let (pictures, scenes) = data.batch(128, part, &random)
        let logits = model.logits(
          pictures: Variable(pictures), inputIDs: scenes.map { tokenizer.encode($0.caption).ids }
        ).value
        right += zip(logits.argmaxOfRows(), scenes).count { scenes[$0].caption == $1.caption }
        right += zip(logits.transposed().argmaxOfRows(), scenes).count { scenes[$0].caption == $1.caption }
        count += 2 * scenes.count
      }
      let kind = part == .train ? "new scenes" : part == .heldOutPairs ? "held-out pairs" : "held-out backgrounds"
      metrics.append(("retrieval among 128, \(kind)", Double(right) / Double(count)))
    }
    return metrics
  }
}
