import Diffusion
import Models
import Tensors

/// What a `StableDiffusionPipeline` is asked for; names and defaults are those of diffusers.
public struct TextToImageRequest: Sendable {
  /// Where the run starts.
  public enum Start: Sendable {
    /// From noise alone.
    case noise
    /// From a picture [3, H, W] in 0…1 with noise; `strength` (above 0, at most 1) is the share of the steps that are run
    /// (Meng et al. 2022, SDEdit).
    case picture(Tensor, strength: Double)
    /// The same, but what the mask [1, H, W] leaves black (below ½) is kept: it is put back after every step, with the noise
    /// of that step (Lugmayr et al. 2022 without the resampling).
    case inpainting(Tensor, mask: Tensor, strength: Double)
  }

  /// One or several, run as one batch.
  public var prompts: [String]
  /// The same for all prompts.
  public var negativePrompt = ""
  /// 1…T
  public var numInferenceSteps = 50
  /// w; at most 1 means no guidance: the negative prompt has no part then.
  public var guidanceScale: Float = 7.5
  /// DDIM's η, 0…1.
  public var eta = 0.0
  /// nil for the folder's.
  public var sampler: SamplerKind?
  /// As `torch.Generator().manual_seed(seed)`.
  public var seed: UInt64 = 0
  /// In pixels, multiples of the pipeline's `sizeFactor`; nil for the size the model was trained on.
  public var height: Int?
  public var width: Int?
  public var numImagesPerPrompt = 1
  public var start = Start.noise

  public init(prompts: [String]) { self.prompts = prompts }

  public init(prompt: String) { self.init(prompts: [prompt]) }

  /// The size of the batch.
  public var numImages: Int { prompts.count * numImagesPerPrompt }
}

/// What a run gave.
public struct TextToImageResult: Sendable {
  /// [N, 3, H, W] in 0…1: those of the first prompt, then those of the second, and so on.
  public let pictures: Tensor
  /// z₀ as the sampler left it, scaled, [N, C, H/f, W/f].
  public let latents: Tensor
  /// The timesteps that were run.
  public let timesteps: [Float]
  /// Of each prompt the words that did not fit the context.
  public let droppedWords: [String?]
  public let droppedNegativeWords: String?
}

extension StableDiffusionPipeline {
  /// Runs the whole pipeline.
  ///
  /// Random numbers are drawn in diffusers' order, so that the same seed gives the same picture there: the latents of the
  /// given picture, the noise, with a mask the latents of the masked picture (which a U-Net of four channels does not use),
  /// then what the sampler adds.
  ///
  /// - Parameters:
  ///   - recorder: is told "text_encoder…", "step.000/unet…" … and "vae…".
  ///   - onStep: called after every step with the latents; what it throws ends the run.
  public func generate(
    _ request: TextToImageRequest, recorder: Recorder? = nil, onStep: (SamplingEvent) throws -> Void = { _ in }
  ) throws -> TextToImageResult {
    let (height, width) = try size(request)
    try check(request, height, width)
    let sampler = try sampler(request)
    let plan = try plan(request)
    let (denoiser, dropped) = denoiser(request, recorder)
    var random = RandomSource(seed: request.seed)
    let shape = [
      request.numImages, unet.configuration.inChannels, height / sizeFactor, width / sizeFactor,
    ]
    let start = self.start(request.start, shape, sampler, plan, &random, recorder)
    let latents = try sampler.run(
      denoiser, from: start.latents, plan: plan, noise: { random.normal($0) }, onStep: onStep,
      adjust: { sample, run in start.kept?.putBack(into: sample, sampler, run) ?? sample })
    return TextToImageResult(
      pictures: decode(latents: latents, recorder?.recording("vae")), latents: latents,
      timesteps: plan.calls.map { plan.timesteps[$0] }, droppedWords: dropped.prompts,
      droppedNegativeWords: dropped.negative)
  }

  /// The size of the pictures; throws when it is no multiple of `sizeFactor`, or outside its range.
  public func size(_ request: TextToImageRequest) throws(UserError) -> (height: Int, width: Int) {
    let (height, width) = (request.height ?? defaultSide, request.width ?? defaultSide)
    for (name, side) in [("height", height), ("width", width)]
    where side < sizeFactor || side > 4096 || side % sizeFactor != 0 {
      throw UserError("the \(name) is \(side); it must be a multiple of \(sizeFactor) from \(sizeFactor) to 4096")
    }
    return (height, width)
  }

  /// The timesteps a request runs.
  ///
  /// Throws when the number of steps or the strength is outside its range.
  public func plan(_ request: TextToImageRequest) throws(UserError) -> SamplingPlan {
    let plan = try sampler(request).plan(numInferenceSteps: request.numInferenceSteps)
    return try request.start.strength.map { strength throws(UserError) in try plan.starting(strength: strength) }
      ?? plan
  }

  func sampler(_ request: TextToImageRequest) throws(UserError) -> any Sampler {
    var settings = try settings(for: request.sampler ?? defaultSampler)
    if settings.kind == .ddim { settings.eta = request.eta }
    // The calls of a Runge–Kutta start are no steps after which something could be put back; diffusers leaves it out, too.
    if settings.kind == .pndm, case .inpainting = request.start { settings.skipPRKSteps = true }
    return try settings.makeSampler()
  }

  func check(_ request: TextToImageRequest, _ height: Int, _ width: Int) throws(UserError) {
    precondition(!request.prompts.isEmpty, "a request without a prompt")
    guard request.numImagesPerPrompt > 0, (1...64).contains(request.numImages) else {
      throw UserError("the number of images is \(request.numImages); it must be 1 to 64")
    }
    guard request.guidanceScale.isFinite, request.guidanceScale >= 0 else {
      throw UserError("the guidance scale is \(request.guidanceScale); it must be a number from 0 on")
    }
    if let picture = request.start.picture {
      precondition(picture.shape == [3, height, width], "a picture \(picture.shape) for \(height)×\(width)")
    }
    if case .inpainting(_, let mask, _) = request.start {
      precondition(mask.shape == [1, height, width], "a mask \(mask.shape) for \(height)×\(width)")
    }
  }

  func denoiser(
    _ request: TextToImageRequest, _ recorder: Recorder?
  ) -> (TextConditionalDenoiser, dropped: (prompts: [String?], negative: String?)) {
    let isGuided = request.guidanceScale > 1
    let texts = (isGuided ? [request.negativePrompt] : []) + request.prompts
    let (states, dropped) = encode(prompts: texts, recorder?.recording("text_encoder"))
    let (count, first) = (request.numImagesPerPrompt, texts.count - request.prompts.count)
    func repeated(_ row: Int, _ count: Int) -> [Tensor] {
      [Tensor](repeating: states.sliced(row..<(row + 1)), count: count)
    }
    let denoiser = TextConditionalDenoiser(
      unet: unet, condition: Tensor.concatenated((first..<texts.count).flatMap { repeated($0, count) }),
      unconditional: isGuided ? Tensor.concatenated(repeated(0, request.numImages)) : nil,
      guidanceScale: request.guidanceScale, recorder: recorder)
    return (denoiser, (Array(dropped[first...]), isGuided ? dropped[0] : nil))
  }

  /// The first latents of a run, and what inpainting keeps.
  private func start(
    _ start: TextToImageRequest.Start, _ shape: [Int], _ sampler: any Sampler, _ plan: SamplingPlan,
    _ random: inout RandomSource, _ recorder: Recorder?
  ) -> (latents: Tensor, kept: KeptLatents?) {
    guard let picture = start.picture else { return (random.normal(shape) * plan.initNoiseSigma, nil) }
    let one = encode(pictures: picture.reshaped([1] + picture.shape), &random, recorder?.recording("vae"))
    let original = Tensor.concatenated([Tensor](repeating: one, count: shape[0]))
    let noise = random.normal(shape)
    guard case .inpainting(_, let mask, let strength) = start else {
      return (sampler.addNoise(original, noise: noise, at: plan.begin, of: plan), nil)
    }
    _ = random.normal(one.shape)
    let kept = KeptLatents(original: original, noise: noise, mask: mask.everyNth(sizeFactor))
    // With the whole schedule ahead diffusers begins at noise alone.
    let latents =
      strength == 1
      ? noise * plan.initNoiseSigma : sampler.addNoise(original, noise: noise, at: plan.begin, of: plan)
    return (latents, kept)
  }
}

/// The part of the latents that inpainting leaves as it was.
private struct KeptLatents {
  let original: Tensor
  let noise: Tensor
  /// [1, 1, h, w], 1 where something new is made.
  let mask: Tensor

  /// After a step: what is kept, with the noise of the call to come, or clean at the end.
  func putBack(into sample: Tensor, _ sampler: any Sampler, _ run: SamplerRun) -> Tensor {
    let kept =
      run.isFinished ? original : sampler.addNoise(original, noise: noise, at: run.call, of: run.plan)
    return (1 - mask) * kept + mask * sample
  }
}

extension TextToImageRequest.Start {
  var picture: Tensor? {
    switch self {
    case .noise: nil
    case .picture(let picture, _), .inpainting(let picture, _, _): picture
    }
  }

  var strength: Double? {
    switch self {
    case .noise: nil
    case .picture(_, let strength), .inpainting(_, _, let strength): strength
    }
  }
}

extension Tensor {
  /// A mask [1, H, W] as 0 and 1 at the first pixel of every n × n block, [1, 1, H/n, W/n]: so diffusers shrinks masks.
  package func everyNth(_ n: Int) -> Tensor {
    let (height, width) = (shape[1] / n, shape[2] / n)
    return Tensor(
      (0..<height * width).map { self[0, $0 / width * n, $0 % width * n] >= 0.5 ? 1 : 0 }, shape: [1, 1, height, width])
  }
}
