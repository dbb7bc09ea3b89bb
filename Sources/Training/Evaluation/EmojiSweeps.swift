import Datasets
import Diffusion
import Models
import Pipelines
import Tensors

// Sweeps that take too long for a lesson; their CSV files ship beside the model.

extension EmojiEvaluation {
  // MARK: Attention

  /// Where the maps of the two names lie in one run of "A left of B".
  public struct PairAttention: Sendable, Equatable {
    public let pair: Int
    public let first: String
    public let second: String
    public let isHeldOut: Bool
    public let seed: UInt64
    /// A layer of the U-Net, or "mean" for the mean over all.
    public let layer: String
    /// The share of the first name's map in the left half, of the second's in the right half, of those of "left" and of the end
    /// token in the left half; ½ is chance.
    public let shares: RelationPrompt.Shares
  }

  /// `count` runs of "A left of B" with random A and B, each from a seed of its own: for each the mean map and every layer's.
  public func attentionSweep(count: Int = 100) throws -> [PairAttention] {
    var random = RandomSource(seed: settings.seed)
    var rows: [PairAttention] = []
    for pair in 0..<count {
      progress("attention maps", pair, count)
      let drawn = random.permutation(data.pairMembers.count).prefix(2).map { data.pairMembers[$0] }
      let seed = settings.seed &+ UInt64(pair)
      let prompt = data.caption(of: drawn[0], .leftOf, drawn[1])
      for (layer, shares) in try halfShares(prompt, seed: seed) {
        rows.append(
          PairAttention(
            pair: pair, first: data.names[drawn[0]], second: data.names[drawn[1]],
            isHeldOut: data.isHeldOut(pair: drawn[0], drawn[1]), seed: seed, layer: layer, shares: shares))
      }
    }
    return rows
  }

  private func halfShares(
    _ prompt: String, seed: UInt64
  ) throws -> [(layer: String, shares: RelationPrompt.Shares)] {
    var request = TextToImageRequest(prompt: prompt)
    (request.numInferenceSteps, request.guidanceScale) = (settings.numInferenceSteps, settings.guidanceScale)
    request.seed = seed
    let side = pipeline.defaultSide / pipeline.sizeFactor
    let maps = AttentionMaps(height: side, width: side)
    _ = try pipeline.generate(request, recorder: maps.recorder())
    return RelationPrompt.shares(in: maps, prompt: prompt, pipeline.tokenizer)
  }

  // MARK: Guidance

  /// What guidance does to the pictures of one prompt at one scale.
  public struct GuidanceRow: Sendable, Equatable {
    /// w; nil for real scenes with the same caption.
    public let guidanceScale: Float?
    public let prompt: String
    /// The judge's number of the wanted emoji.
    public let emoji: Int
    public let quality: GuidanceQuality
    public let pictures: Int
  }

  /// The scales w of the sweep.
  public static let guidanceScales: [Float] = [1, 1.5, 2, 3, 4, 5, 7.5, 10, 15]
  /// Steps of its runs.
  public static let guidanceSteps = 25
  /// Emoji that are always among the prompts, since lessons show them.
  private static let shownEmoji = ["penguin", "pizza", "cat face", "guitar", "rocket"]

  /// `count` pictures of each of several single emoji from the same noise at growing w, and real scenes beside them.
  public func guidanceSweep(
    prompts: Int = 25, count: Int = 6, scales: [Float] = Self.guidanceScales
  ) throws -> [GuidanceRow] {
    var random = RandomSource(seed: settings.seed)
    let shown = Self.shownEmoji.compactMap { data.index(ofName: $0) }
    let others = random.permutation(data.names.count).filter { !shown.contains($0) }
    let wanted = (shown + others).prefix(prompts)
    var rows = wanted.map { emoji in
      let scenes = (0..<count).map { _ in data.singleScene(of: emoji, background: nil, &random) }
      let real = data.pictures(of: scenes).affine(scale: 0.5, shift: 0.5)
      return GuidanceRow(
        guidanceScale: nil, prompt: data.names[emoji], emoji: emoji,
        quality: GuidanceQuality(of: real, emoji: emoji, judge), pictures: count)
    }
    for scale in scales {
      for (index, emoji) in wanted.enumerated() {
        progress("guidance \(scale)", index, wanted.count)
        var request = TextToImageRequest(prompt: data.names[emoji])
        (request.numInferenceSteps, request.guidanceScale) = (Self.guidanceSteps, scale)
        (request.numImagesPerPrompt, request.seed) = (count, settings.seed)
        let pictures = try pipeline.generate(request).pictures
        rows.append(
          GuidanceRow(
            guidanceScale: scale, prompt: data.names[emoji], emoji: emoji,
            quality: GuidanceQuality(of: pictures, emoji: emoji, judge), pictures: count))
      }
    }
    return rows
  }
}

/// What is measured of several pictures of one single emoji.
public struct GuidanceQuality: Sendable, Equatable {
  /// Share of pictures in which the judge names the wanted emoji, first or among the first five.
  public let top1: Double
  public let top5: Double
  /// Mean distance between the judge's features of two of them.
  public let diversity: Double
  /// `meanSaturation`
  public let saturation: Double

  /// - Parameters:
  ///   - pictures: [N, 3, 64, 64] in 0…1, N ≥ 2.
  ///   - emoji: the judge's number of what they shall show.
  public init(of pictures: Tensor, emoji: Int, _ judge: EmojiJudge) {
    let symmetric = pictures.affine(scale: 2, shift: -1)
    let ranks = judge.ranks(of: [Int](repeating: emoji, count: pictures.shape[0]), in: symmetric)
    func share(_ limit: Int) -> Double { Double(ranks.count { $0 < limit }) / Double(ranks.count) }
    (top1, top5) = (share(1), share(5))
    diversity = meanPairwiseDistance(judge.features(of: symmetric))
    saturation = meanSaturation(pictures)
  }
}
