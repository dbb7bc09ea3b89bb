import Diffusion
import Tensors

/// Runs of an edited prompt in which the cross-attention maps of the original are held (Hertz et al. 2023,
/// "Prompt-to-Prompt", section 3.2), all in one batch with the original and from the same noise.
///
/// The original is the first picture of the batch. After every cross-attention, for the first `share` of the steps, the maps
/// of an edited picture are replaced by the original's: P* = P A, where the alignment A [S, S] says which token of the edited
/// prompt stands in the place of which. Words that are in both prompts keep their maps; a new word gets that of the word it
/// replaces. Rows of A add up to 1, hence those of P* do.
public struct HeldAttention {
  /// What is asked of one picture of the batch.
  public struct Edit: Sendable, Equatable {
    /// Share of the steps, from the first on, in which the maps are held, 0…1; 0 is a run of its own.
    public var share: Double
    /// The same for self-attention, at resolutions of at most 256 places.
    public var selfShare: Double

    public init(share: Double, selfShare: Double = 0) { (self.share, self.selfShare) = (share, selfShare) }
  }

  /// Self-attention is held only where the map has at most this many places, as in the paper's code.
  public static let largestHeldSelfAttention = 256

  /// A, [S, S].
  public let alignment: Tensor
  /// 1 for words of the edited prompt that stand in the place of none, [S]: they keep their own maps, and the held ones get
  /// what these leave.
  public let added: Tensor
  public let edits: [Edit]
  /// Calls of the network in a run.
  public let calls: Int

  /// - Parameters:
  ///   - original, edited: the tokens of both prompts.
  ///   - edits: one for every edited picture of the batch.
  public init(original: PromptTokens, edited: PromptTokens, edits: [Edit], calls: Int) {
    alignment = Self.alignment(from: original, to: edited)
    let columns = alignment.sum(along: 0).scalars
    added = Tensor(
      columns.indices.map { columns[$0] == 0 && edited.tokens[$0].kind == .word ? 1 : 0 }, shape: [columns.count])
    (self.edits, self.calls) = (edits, calls)
  }

  // MARK: Which token stands for which

  /// [S, S]: row i says into which tokens of the edited prompt the share of the original's token i goes.
  static func alignment(from original: PromptTokens, to edited: PromptTokens) -> Tensor {
    let (a, b) = (original.tokens, edited.tokens)
    precondition(a.count == b.count, "contexts of \(a.count) and \(b.count) tokens")
    let (lastA, lastB) = (original.lastPlace, edited.lastPlace)
    var prefix = 0
    while prefix < min(lastA, lastB), a[prefix] == b[prefix] { prefix += 1 }
    var suffix = 0
    while suffix < min(lastA, lastB) + 1 - prefix, a[lastA - suffix] == b[lastB - suffix] { suffix += 1 }
    let (changedA, changedB) = (prefix..<lastA + 1 - suffix, prefix..<lastB + 1 - suffix)
    let count = a.count
    var matrix = [Float](repeating: 0, count: count * count)
    func send(_ i: Int, to targets: Range<Int>) {
      for j in targets { matrix[i * count + j] = 1 / Float(targets.count) }
    }
    for i in 0..<count {
      if i < prefix {
        send(i, to: i..<i + 1)
      } else if changedA.contains(i) {
        // A word that is only left out gives its share to the token after it.
        let target = changedB.isEmpty ? min(changedB.lowerBound, count - 1) : changedB.lowerBound
        send(i, to: changedB.isEmpty ? target..<target + 1 : Self.part(of: changedB, i - prefix, of: changedA.count))
      } else if i <= lastA {
        send(i, to: i - lastA + lastB..<i - lastA + lastB + 1)
      } else if lastA == lastB {
        send(i, to: i..<i + 1)
      } else {
        // Padding to all padding; to the end token where the edited prompt has none.
        send(i, to: lastB + 1 < count ? lastB + 1..<count : lastB..<lastB + 1)
      }
    }
    return Tensor(matrix, shape: [count, count])
  }

  /// Of the tokens that replace `count` others, those that stand for the one with this index.
  private static func part(of targets: Range<Int>, _ index: Int, of count: Int) -> Range<Int> {
    let low = targets.lowerBound + index * targets.count / count
    let high = targets.lowerBound + (index + 1) * targets.count / count
    return low < high ? low..<high : min(low, targets.upperBound - 1)..<min(low, targets.upperBound - 1) + 1
  }

  // MARK: Replacing

  /// Replaces the maps; with guidance the batch is twice as large and only its conditional half is touched.
  public var recorder: Recorder {
    Recorder(where: { _ in false }) { key, probabilities in replacement(key, probabilities) }
  }

  func replacement(_ key: String, _ probabilities: Tensor) -> Tensor? {
    let isCross = key.hasSuffix(".attn2.probabilities")
    guard isCross || key.hasSuffix(".attn1.probabilities"), let call = Self.call(of: key) else { return nil }
    guard isCross || probabilities.shape[2] <= Self.largestHeldSelfAttention else { return nil }
    let original = probabilities.shape[0] - edits.count - 1
    let own = probabilities.sliced(original..<original + 1)
    let held = isCross ? own.matmul(alignment) : own
    var parts = [probabilities.sliced(0..<original + 1)]
    for (index, edit) in edits.enumerated() {
      let edited = probabilities.sliced(original + 1 + index..<original + 2 + index)
      let isHeld = Double(call) < (isCross ? edit.share : edit.selfShare) * Double(calls)
      parts.append(isHeld ? (isCross ? withAdded(held, edited) : held) : edited)
    }
    return Tensor.concatenated(parts)
  }

  /// The held maps with those of added words beside them; rows still add up to 1.
  private func withAdded(_ held: Tensor, _ edited: Tensor) -> Tensor {
    guard added.max > 0 else { return held }
    let own = edited * added
    return held * (1 - own.sum(along: 3, keepingDimension: true)) + own
  }

  /// The call in "step.012/unet…".
  private static func call(of key: String) -> Int? {
    guard key.hasPrefix("step."), let slash = key.firstIndex(of: "/") else { return nil }
    return Int(key[key.index(key.startIndex, offsetBy: 5)..<slash])
  }
}

extension PromptTokens {
  /// The place of the end token, or of the last token where there is none.
  fileprivate var lastPlace: Int { places(of: .end).first ?? tokens.count - 1 }
}

extension StableDiffusionPipeline {
  /// The original and its edited versions from the same noise, [1 + edits, 3, H, W] in 0…1.
  ///
  /// - Parameters:
  ///   - request: asks for the original; starts from noise.
  ///   - edited: the edited prompt.
  ///   - onStep: called after every step, as in `generate`.
  public func generate(
    _ request: TextToImageRequest, edited: String, edits: [HeldAttention.Edit],
    onStep: (SamplingEvent) throws -> Void = { _ in }
  ) throws -> Tensor {
    precondition(request.numImages == 1, "\(request.numImages) pictures to be edited at once")
    precondition(request.start.picture == nil, "an edit of a run that starts from a picture")
    let (height, width) = try size(request)
    var batch = request
    batch.prompts += edits.map { _ in edited }
    try check(batch, height, width)
    let (sampler, plan) = (try sampler(request), try plan(request))
    let held = HeldAttention(
      original: PromptTokens(request.prompts[0], tokenizer), edited: PromptTokens(edited, tokenizer), edits: edits,
      calls: plan.calls.count)
    let (denoiser, _) = denoiser(batch, held.recorder)
    var random = RandomSource(seed: request.seed)
    let shape = [1, unet.configuration.inChannels, height / sizeFactor, width / sizeFactor]
    let noise = random.normal(shape) * plan.initNoiseSigma
    func same(_ one: Tensor) -> Tensor { Tensor.concatenated([Tensor](repeating: one, count: batch.numImages)) }
    let latents = try sampler.run(
      denoiser, from: same(noise), plan: plan, noise: { same(random.normal([1] + $0.dropFirst())) }, onStep: onStep)
    return decode(latents: latents)
  }
}
