import Datasets
import Gradients
import Layers
import Models
import Tensors

/// `emoji-classifier`: tells the emoji of the world apart, alone and as half of a pair; judges generated pictures, of which
/// it never sees one in training.
public final class EmojiClassifier: Recipe {
  public let name = "emoji-classifier"
  public let settings: TrainingSettings
  private let model: ImageClassifier
  private let data: CaptionedEmoji

  public init(totalSteps: Int = 6_000) throws(UserError) {
    settings = TrainingSettings(
      totalSteps: totalSteps, batchSize: 96, learningRate: 2e-3, warmupSteps: 200, weightDecay: 0.02)
    data = try CaptionedEmoji()
    var configuration = ImageClassifier.Configuration()
    configuration.inChannels = 3
    configuration.channels = [24, 48, 96, 160]
    configuration.featureWidth = 192
    configuration.numClasses = data.names.count
    model = ImageClassifier(configuration)
  }

  public var module: any Module { model }
  public var parts: [ModelPart] { [ModelPart(model, model.configuration.jsonObject)] }
  public var dataDescription: String {
    "A convolutional classifier of the \(data.names.count) emoji of the world, the judge of generated pictures: one half of "
      + "its pictures are single emoji, jittered in size and place, on white or one of nine backgrounds; the other half are "
      + "halves of pairs, cut out and enlarged twice."
  }

  /// Half of the batch shows single emoji, the other half the halves of pairs.
  public func loss(step: Int, _ random: inout RandomSource) throws(UserError) -> Variable {
    let singles = settings.batchSize / 2
    var scenes: [EmojiScene] = []
    for emoji in random.integers(below: data.names.count, count: singles) {
      scenes.append(data.singleScene(of: emoji, background: background(&random), &random))
    }
    var pairs: [EmojiScene] = []
    while pairs.count < (settings.batchSize - singles) / 2 { pairs.append(randomPair(&random)) }
    let pictures = Tensor.concatenated([
      data.pictures(of: scenes), PairHalves.cut(pairs.compactMap(\.relation), from: data.pictures(of: pairs)),
    ])
    let labels = scenes.map { $0.emoji[0] } + pairs.flatMap(\.emoji)
    return Loss.crossEntropy(model(Variable(pictures)).logits, labels: labels, labelSmoothing: 0.05)
  }

  /// No background in half of the scenes.
  private func background(_ random: inout RandomSource) -> Int? {
    let colors = CaptionedEmoji.backgroundNames.count
    let drawn = random.integers(below: 2 * colors, count: 1)[0]
    return drawn < colors ? drawn : nil
  }

  /// Two different emoji of the whole world, so that the judge knows every one at this size.
  private func randomPair(_ random: inout RandomSource) -> EmojiScene {
    let count = data.names.count
    let drawn = random.integers(below: count, count: 2)
    let relation = EmojiRelation.allCases[random.integers(below: EmojiRelation.allCases.count, count: 1)[0]]
    let second = drawn[1] == drawn[0] ? (drawn[0] + 1) % count : drawn[1]
    return data.pairScene(drawn[0], relation, second, background: background(&random), &random)
  }

  public func finalMetrics() throws(UserError) -> [(name: String, value: Double)] {
    let judge = EmojiJudge(model)
    var random = settings.measuringRandom
    var (singles, halves) = (EmojiJudge.Score(), EmojiJudge.Score())
    for _ in 0..<40 {
      var scenes: [EmojiScene] = []
      for emoji in random.integers(below: data.names.count, count: 50) {
        scenes.append(data.singleScene(of: emoji, background: background(&random), &random))
      }
      singles.add(judge.ranks(of: scenes.map { $0.emoji[0] }, in: data.pictures(of: scenes)))
      let pairs = (0..<25).map { _ in randomPair(&random) }
      let cut = PairHalves.cut(pairs.compactMap(\.relation), from: data.pictures(of: pairs))
      halves.add(judge.ranks(of: pairs.flatMap(\.emoji), in: cut))
    }
    return [
      ("top-1 accuracy on 2,000 single emoji", singles.top1), ("top-5 accuracy on them", singles.top5),
      ("top-1 accuracy on 2,000 halves of pairs", halves.top1), ("top-5 accuracy on them", halves.top5),
    ]
  }
}
