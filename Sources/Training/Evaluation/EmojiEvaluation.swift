import Datasets
import Diffusion
import Gradients
import Models
import Pipelines
import Tensors

/// `diffuse evaluate emoji-ldm`: whether the pictures show what the prompts say, by a judge that never saw a generated one.
///
/// Every number stands beside the one that real scenes with the same captions get, the judge's own ceiling, and the one
/// these get after the autoencoder has encoded and decoded them: what a perfect network in its latent space would get.
public struct EmojiEvaluation {
  public static let standard = EvaluationSettings(sampleCount: 500, guidanceScale: 3)

  /// A kind of prompt.
  enum Kind: String, CaseIterable {
    case singles = "single"
    case backgrounds = "background"
    case heldOutBackgrounds = "held-out background"
    case pairs = "pair"
    case heldOutPairs = "held-out pair"
  }

  public let settings: EvaluationSettings
  let pipeline: StableDiffusionPipeline
  let judge: EmojiJudge
  let data: CaptionedEmoji
  let progress: (String, Int, Int) -> Void

  /// Prompts are of the world the model was trained on, as its `captions.json` has it.
  ///
  /// `progress` is told what is being done, how much of it is done and how much there is.
  public init(
    _ settings: EvaluationSettings, model: PipelineFolder, judge: ModelFolder,
    progress: @escaping (String, Int, Int) -> Void
  ) throws(UserError) {
    self.settings = settings
    pipeline = try StableDiffusionPipeline(folder: model)
    self.judge = EmojiJudge(try judge.imageClassifier())
    data = try Self.data(trainedOnBy: model)
    self.progress = progress
  }

  private static func data(trainedOnBy model: PipelineFolder) throws(UserError) -> CaptionedEmoji {
    let known = try CaptionVocabulary(folder: model.path).emoji
    guard known.count >= 20, try CaptionedEmoji().names.starts(with: known) else {
      throw UserError(
        "\(model.path)/\(CaptionVocabulary.fileName): its \(known.count) emoji are not the first ones of the installed world",
        code: .data)
    }
    return try CaptionedEmoji(worldLimit: known.count)
  }

  /// All metrics of all kinds of prompts.
  public func run() throws -> [EvaluationMetric] {
    var metrics: [EvaluationMetric] = []
    for (index, kind) in Kind.allCases.enumerated() {
      var random = RandomSource(seed: settings.seed &+ UInt64(index))
      let scenes = (0..<settings.sampleCount).map { _ in scene(kind, &random) }
      let real = data.pictures(of: scenes)
      let generated =
        if let strength = settings.strength {
          try pictures(of: scenes, begunWith: real, strength: strength, label: kind.rawValue)
        } else {
          try pictures(of: scenes, label: kind.rawValue, firstSeed: settings.seed)
        }
      let shares = [generated, decoded(real), real].map { measures(scenes, $0) }
      metrics += shares[0].indices.map { i in
        EvaluationMetric(
          name: "\(kind.rawValue): \(shares[0][i].name)", generated: shares[0][i].value, decoded: shares[1][i].value,
          real: shares[2][i].value, meaning: "share of \(scenes.count); real: scenes with the same captions")
      }
    }
    return metrics
  }

  private func scene(_ kind: Kind, _ random: inout RandomSource) -> EmojiScene {
    switch kind {
    case .singles:
      return data.singleScene(of: random.integers(below: data.names.count, count: 1)[0], background: nil, &random)
    case .heldOutBackgrounds: return data.scene(.heldOutBackgrounds, &random)
    case .heldOutPairs: return data.scene(.heldOutPairs, &random)
    case .backgrounds, .pairs:
      while true {
        let scene = data.scene(.train, &random)
        if kind == .pairs ? scene.emoji.count == 2 : scene.emoji.count == 1 && scene.background != nil { return scene }
      }
    }
  }

  /// The model's pictures for the captions, [N, 3, 64, 64] in −1…1; in batches of 25 with seeds of their own.
  func pictures(of scenes: [EmojiScene], label: String, firstSeed: UInt64) throws -> Tensor {
    var parts: [Tensor] = []
    for start in stride(from: 0, to: scenes.count, by: 25) {
      let batch = scenes[start..<min(start + 25, scenes.count)]
      let request = request(batch.map(\.caption), seed: firstSeed &+ UInt64(start))
      parts.append(try pipeline.generate(request).pictures.affine(scale: 2, shift: -1))
      progress(label, start + batch.count, scenes.count)
    }
    return Tensor.concatenated(parts)
  }

  /// The same, but each run begins with the scene's real picture and noise (SDEdit); scene i has the seed i after the first.
  package func pictures(
    of scenes: [EmojiScene], begunWith real: Tensor, strength: Double, label: String
  ) throws -> Tensor {
    let parts = try scenes.enumerated().map { index, scene in
      var request = request([scene.caption], seed: settings.seed &+ UInt64(index))
      let picture = real.sliced(index..<index + 1).affine(scale: 0.5, shift: 0.5)
      request.start = .picture(picture.reshaped(Array(real.shape[1...])), strength: strength)
      progress(label, index, scenes.count)
      return try pipeline.generate(request).pictures.affine(scale: 2, shift: -1)
    }
    return Tensor.concatenated(parts)
  }

  private func request(_ prompts: [String], seed: UInt64) -> TextToImageRequest {
    var request = TextToImageRequest(prompts: prompts)
    request.sampler = .ddim
    request.numInferenceSteps = settings.numInferenceSteps
    request.guidanceScale = settings.guidanceScale
    request.seed = seed
    return request
  }

  /// Pictures [N, 3, 64, 64] in −1…1 after the autoencoder has encoded and decoded them.
  private func decoded(_ pictures: Tensor) -> Tensor {
    let autoencoder = pipeline.autoencoder
    return Tensor.concatenated(
      stride(from: 0, to: pictures.shape[0], by: 25).map { start in
        let batch = Variable(pictures.sliced(start..<min(start + 25, pictures.shape[0])))
        return autoencoder.decode(autoencoder.encode(batch).mean).value.clamped(to: -1...1)
      })
  }

  // MARK: Measures

  /// The shares of scenes whose pictures show what they should.
  private func measures(_ scenes: [EmojiScene], _ pictures: Tensor) -> [(name: String, value: Double)] {
    let count = Double(scenes.count)
    let relations = scenes.compactMap(\.relation)
    let isPair = !relations.isEmpty
    let shown = isPair ? PairHalves.cut(relations, from: pictures) : pictures
    let ranks = judge.ranks(of: scenes.flatMap(\.emoji), in: shown)
    var result: [(String, Double)] = []
    for (name, limit) in [("top-1", 1), ("top-5", 5)] {
      if isPair {
        let both = scenes.indices.count { ranks[2 * $0] < limit && ranks[2 * $0 + 1] < limit }
        result.append(("both \(name)", Double(both) / count))
      } else {
        result.append((name, Double(ranks.count { $0 < limit }) / count))
      }
    }
    if isPair { result.append(("relation obeyed", relationsObeyed(scenes, shown, ranks) / count)) }
    if scenes.contains(where: { $0.background != nil }) {
      let right = zip(scenes, backgrounds(of: pictures)).count { $0.background == $1 }
      result.append(("right background", Double(right) / count))
    }
    return result
  }

  /// In how many pictures the emoji are not exchanged: the wanted ones rank higher together than the other way round.
  private func relationsObeyed(_ scenes: [EmojiScene], _ halves: Tensor, _ ranks: [Int]) -> Double {
    let exchanged = judge.ranks(of: scenes.flatMap { $0.emoji.reversed() }, in: halves)
    return Double(
      scenes.indices.count { ranks[2 * $0] + ranks[2 * $0 + 1] < exchanged[2 * $0] + exchanged[2 * $0 + 1] })
  }

  /// The background nearest to the mean colour of the four corners, 4 × 4 pixels each; nil is white.
  private func backgrounds(of pictures: Tensor) -> [Int?] {
    let side = pictures.shape[3]
    let corners = [0..<4, side - 4..<side].flatMap { rows in
      [0..<4, side - 4..<side].map { pictures.sliced(rows, along: 2).sliced($0, along: 3) }
    }
    let colors = Tensor.concatenated(corners, along: 3).reshaped([pictures.shape[0], 3, -1]).mean(along: 2)
    let known: [(Int?, SIMD3<Float>)] =
      [(nil, [1, 1, 1])] + CaptionedEmoji.backgroundColors.enumerated().map { ($0, $1 / 127.5 - 1) }
    return (0..<pictures.shape[0]).map { n in
      let color = SIMD3(colors[n, 0], colors[n, 1], colors[n, 2])
      func distance(_ other: SIMD3<Float>) -> Float { ((color - other) * (color - other)).sum() }
      return known.min { distance($0.1) < distance($1.1) }?.0
    }
  }
}
