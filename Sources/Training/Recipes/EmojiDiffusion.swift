import Datasets
import Diffusion
import Gradients
import Layers
import Models
import Pipelines
import Tensors

/// `emoji-ldm` and the two it is compared with: diffusion on captioned emoji (Rombach et al. 2022, equations 1 to 3).
///
/// E w(t) ‖target − f_θ(z_t, t, τ_θ(y))‖² as a mean over the elements; z = E(x) · scaling factor drawn anew each time, or the
/// pixels themselves. In a tenth of the samples the caption y is empty, so that the network also learns the unconditional
/// prediction that guidance needs. w(t) is min(SNR, γ)/SNR for ε and min(SNR, γ)/(SNR + 1) for v (Hang et al. 2023, section
/// 3.4). The error of ε is ᾱ_t times that of v, so up to SNR = γ the weighted loss of v *is* the loss of ε.
public final class EmojiDiffusion: Recipe {
  /// What the network denoises.
  public enum Space: Sendable {
    /// The latents of `emoji-vae`, [4, 16, 16].
    case latents
    /// Pictures, [3, 64, 64]: the same network with two more levels of convolutions around it.
    case pixels
  }

  /// What the models differ in; the shipped text-to-image model is the default.
  public struct Variant: Sendable, Equatable {
    public var name = "emoji-ldm"
    public var totalSteps = 87_700
    /// Where the learning rate starts anew; in the last three rounds, which refine what is there, to a lower peak. Of what the
    /// last two found half is taken.
    public var restarts: [TrainingSettings.Restart] = [
      10_000, 26_000, 35_500, 55_500, .init(75_500, peak: 3e-4),
      .init(77_700, peak: 6e-4, slowStep: 0.5), .init(81_700, peak: 6e-4, slowStep: 0.5),
    ]
    public var space = Space.latents
    /// Equation (3); else every caption is empty, equations (1) and (2).
    public var isConditional = true
    public var prediction = PredictionType.velocity
    /// Equation (3) of the paper trains τ_θ along; Stable Diffusion keeps it as it is.
    public var trainsTextEncoder = true
    public var blockOutChannels = [64, 128]
    public var layersPerBlock = 1
    /// The share of samples that are shown without their caption.
    public var dropShare: Float = 0.1
    /// What is learned from, in the order of the run; after the last one's end it stays as it is.
    ///
    /// The world grows. With Stable Diffusion's β up to 0.012 a trace of the picture is left even at the last timestep (Lin et
    /// al. 2024), enough to see who is where; sampling starts from nothing but noise, and what the prompt says of it was never
    /// needed. So the third round has β up to 0.02 and weighs all timesteps alike. It begins with pairs whose order in
    /// the caption alone says who is where: that a word *and* the order decide is learned badly from nothing, since each alone
    /// says nothing. The fourth round shows fewer pairs, since most emoji occur in none; the fifth shows more again. The last
    /// three are short and refine. What goes wrong by then is small things, decided late: when a run begins not with noise but with
    /// the real scene and the noise of t = 279, as many single emoji are taken for others (10 of 250; 12 from noise alone). So the
    /// last phase shows such timesteps more often.
    public var phases = [
      Phase(until: 1_000, emoji: 300, minSNRGamma: 5), Phase(until: 2_500, emoji: 600, minSNRGamma: 5),
      Phase(until: 26_000, minSNRGamma: 5), Phase(until: 27_500, relations: [.leftOf, .above], betaEnd: 0.02),
      Phase(until: 35_500, betaEnd: 0.02), Phase(until: 55_500, pairs: 0.3, betaEnd: 0.02),
      Phase(until: 75_500, betaEnd: 0.02), Phase(until: 77_700, pairs: 0.3, betaEnd: 0.02),
      Phase(until: 81_700, pairs: 0.45, betaEnd: 0.02), Phase(until: 83_100, pairs: 0.4, betaEnd: 0.02),
      Phase(until: 87_700, pairs: 0.4, betaEnd: 0.02, timesteps: .logitNormal(mean: -1.2, deviation: 1.2)),
    ]

    public init() {}

    /// Equation (2): the first round of the same, but nothing is said about the pictures.
    public static var unconditional: Variant {
      var variant = Variant()
      variant.name = "emoji-ldm-unconditional"
      (variant.totalSteps, variant.restarts) = (10_000, [])
      variant.phases = Array(variant.phases.prefix(3))
      (variant.isConditional, variant.trainsTextEncoder) = (false, false)
      return variant
    }

    /// Equation (1): pixels, and nothing is said about them; as many steps as fit into the time of `unconditional`.
    public static var pixels: Variant {
      var variant = unconditional
      variant.name = "emoji-pixel"
      variant.totalSteps = 5_300
      variant.space = .pixels
      return variant
    }

    /// Short runs in a world of 300 emoji, each with one choice made otherwise: what the model card compares.
    public static var compared: [Variant] {
      func variant(_ name: String, _ change: (inout Variant) -> Void = { _ in }) -> Variant {
        var variant = Variant()
        variant.name = "emoji-ldm-" + name
        (variant.totalSteps, variant.restarts) = (4_000, [])
        variant.phases = [Phase(until: 4_000, emoji: 300, minSNRGamma: 5, betaEnd: 0.02)]
        change(&variant)
        return variant
      }
      return [
        variant("short"), variant("epsilon") { $0.prediction = .epsilon },
        variant("unweighted") { $0.phases[0].minSNRGamma = nil },
        variant("frozen-text") { $0.trainsTextEncoder = false },
        variant("deep") { ($0.blockOutChannels, $0.layersPerBlock) = ([48, 96], 2) },
      ]
    }

    public static var all: [Variant] { [Variant(), unconditional, pixels] + compared }
  }

  /// A part of the run, and what is learned from in it.
  public struct Phase: Sendable, Equatable {
    /// The first step that is no longer of it.
    public var until: Int
    /// Only the first so many emoji of the world; nil for all.
    public var emoji: Int?
    /// The share of scenes with two emoji.
    public var pairs: Double
    /// The relations of pairs.
    public var relations: [EmojiRelation]
    /// γ of min-SNR-γ; nil weighs all timesteps alike.
    public var minSNRGamma: Float?
    /// β at the last timestep.
    public var betaEnd: Double
    /// How often each timestep is shown.
    public var timesteps: TimestepDensity

    public init(
      until: Int, emoji: Int? = nil, pairs: Double = 0.5, relations: [EmojiRelation] = EmojiRelation.allCases,
      minSNRGamma: Float? = nil, betaEnd: Double = 0.012, timesteps: TimestepDensity = .uniform
    ) {
      self.until = until
      self.emoji = emoji
      self.pairs = pairs
      self.relations = relations
      self.minSNRGamma = minSNRGamma
      self.betaEnd = betaEnd
      self.timesteps = timesteps
    }
  }

  /// Denoiser and, when it is trained along, text encoder, under the names of the pipeline's folders.
  struct Trained: Module {
    let unet: UNet2DConditionModel
    let textEncoder: CLIPTextModel?

    var children: [(name: String, module: any Module)] {
      [("unet", unet as any Module)] + (textEncoder.map { [("text_encoder", $0 as any Module)] } ?? [])
    }
  }

  public var name: String { variant.name }
  public let settings: TrainingSettings
  public let variant: Variant
  private let clip: ModelFolder
  private let unet: UNet2DConditionModel
  private let textEncoder: CLIPTextModel
  private let tokenizer: CLIPTokenizer
  private let autoencoder: AutoencoderKL?
  private let sampler: SamplerSettings
  /// The noise of each phase.
  private let schedules: [NoiseSchedule]
  /// The world of each phase.
  private let worlds: [CaptionedEmoji]

  /// - Parameters:
  ///   - clip: the folder of `emoji-clip`: text encoder to start from, and tokenizer.
  ///   - autoencoder: the folder of `emoji-vae`, which is used as it is; not needed for pixels.
  public init(_ variant: Variant = Variant(), clip: ModelFolder, autoencoder: ModelFolder?) throws(UserError) {
    precondition(variant.space == .pixels || autoencoder != nil, "latents without an autoencoder")
    self.variant = variant
    var settings = TrainingSettings(
      totalSteps: variant.totalSteps, batchSize: 32, learningRate: 1e-3, warmupSteps: 300, weightDecay: 0.01,
      emaDecay: 0.999)
    settings.restarts = variant.restarts
    self.settings = settings
    self.clip = clip
    textEncoder = try clip.clipTextModel()
    tokenizer = try CLIPTokenizer(folder: clip.path)
    self.autoencoder =
      try variant.space == .latents ? autoencoder.map { folder throws(UserError) in try folder.autoencoder() } : nil
    sampler = Self.sampler(variant, betaEnd: variant.phases[variant.phases.count - 1].betaEnd)
    schedules = try variant.phases.map { phase throws(UserError) in
      try NoiseSchedule(Self.sampler(variant, betaEnd: phase.betaEnd).schedule)
    }
    unet = UNet2DConditionModel(Self.unet(variant, textWidth: textEncoder.configuration.hiddenSize))
    worlds = try variant.phases.map { phase throws(UserError) in
      try CaptionedEmoji(worldLimit: phase.emoji, mix: SceneMix(pairs: phase.pairs, relations: phase.relations))
    }
  }

  /// Stable Diffusion's schedule but for its end; trailing spacing, so that few steps, too, begin at T − 1.
  private static func sampler(_ variant: Variant, betaEnd: Double) -> SamplerSettings {
    var settings = SamplerSettings(.ddim)
    settings.schedule = .stableDiffusion
    settings.schedule.betaEnd = betaEnd
    settings.predictionType = variant.prediction
    settings.timestepSpacing = .trailing
    settings.clipSample = false
    settings.setAlphaToOne = false
    return settings
  }

  private static func unet(_ variant: Variant, textWidth: Int) -> UNet2DConditionConfiguration {
    // Pixels come down to the size of latents by two levels without attention.
    let isPixels = variant.space == .pixels
    let outer = isPixels ? [32, 64] : []
    var c = UNet2DConditionConfiguration()
    c.sampleSize = isPixels ? 64 : 16
    c.inChannels = isPixels ? 3 : 4
    c.outChannels = c.inChannels
    c.blockOutChannels = outer + variant.blockOutChannels
    c.downBlockTypes =
      outer.map { _ in "DownBlock2D" } + variant.blockOutChannels.map { _ in "CrossAttnDownBlock2D" }
    c.upBlockTypes = variant.blockOutChannels.map { _ in "CrossAttnUpBlock2D" } + outer.map { _ in "UpBlock2D" }
    c.layersPerBlock = [variant.layersPerBlock]
    c.crossAttentionDim = textWidth
    c.attentionHeadDim = c.blockOutChannels.map { $0 / 32 }
    c.normNumGroups = 16
    return c
  }

  public var dataDescription: String {
    let what =
      switch (variant.space, variant.isConditional) {
      case (.latents, true):
        "A whole `StableDiffusionPipeline` folder: U-Net with cross-attention in the latent space of `emoji-vae`, "
          + "conditioned on the text tower of `emoji-clip`, which was "
          + "\(variant.trainsTextEncoder ? "trained along" : "kept as it is"). "
      case (.latents, false):
        "The U-Net of `emoji-ldm` in the latent space of `emoji-vae`, but with an empty caption always. "
      case (.pixels, _):
        "The U-Net of `emoji-ldm` with two more levels around it, on the pixels themselves; the caption is empty always. "
      }
    return what
      + "Trained on captioned emoji that are composed anew for every step: \(phaseDescription). "
      + "The network predicts \(variant.prediction == .velocity ? "v" : "ε")"
      + (variant.isConditional
        ? "; the caption was left out in \(Int((variant.dropShare * 100).rounded())) % of the samples" : "")
      + ". Noise schedule: scaled linear, T = 1000."
  }

  /// "steps 0–999 300 emoji, loss weighted by min-SNR-γ, γ = 5.0, β 0.00085…0.012; …": the phases that are run.
  private var phaseDescription: String {
    var start = 0
    return zip(variant.phases, worlds).compactMap { phase, world in
      let end = min(phase.until, variant.totalSteps)
      guard start < end else { return nil }
      defer { start = end }
      let pairs = "\(Int((phase.pairs * 100).rounded())) % pairs"
      let relations =
        variant.isConditional && phase.relations.count < EmojiRelation.allCases.count
        ? ", only \(phase.relations.map { "“\($0.rawValue)”" }.joined(separator: " and "))" : ""
      let weights = phase.minSNRGamma.map { "loss weighted by min-SNR-γ, γ = \($0)" } ?? "all timesteps weighted alike"
      let betas = "β \(sampler.schedule.betaStart)…\(phase.betaEnd)"
      let timesteps =
        switch phase.timesteps {
        case .uniform: ""
        case .logitNormal(let mean, let deviation):
          ", timesteps logit-normal with mean \(mean) and deviation \(deviation)"
        }
      return "steps \(start)–\(end - 1) \(world.names.count) emoji, \(pairs)\(relations), \(weights), \(betas)"
        + timesteps
    }.joined(separator: "; ")
  }

  public var module: any Module { Trained(unet: unet, textEncoder: variant.trainsTextEncoder ? textEncoder : nil) }

  public func prepare() throws(UserError) {
    // The text encoder was drawn anew with everything else that is trained.
    let trained = try clip.clipTextModel().namedParameters()
    for (parameter, start) in zip(textEncoder.namedParameters(), trained) {
      parameter.parameter.value = start.parameter.value
    }
  }

  /// The folders of a `StableDiffusionPipeline`, or the U-Net alone.
  public var parts: [ModelPart] {
    guard variant.isConditional, let autoencoder else { return [ModelPart(unet, unet.configuration.jsonObject)] }
    return [
      ModelPart(unet, unet.configuration.jsonObject, in: "unet"),
      ModelPart(
        textEncoder, textEncoder.configuration.jsonObject, in: "text_encoder", weightsName: "model.safetensors"),
      ModelPart(autoencoder, autoencoder.configuration.jsonObject, in: "vae"),
    ]
  }

  public func writeCompanions(to folder: String) throws(UserError) {
    guard variant.isConditional, let autoencoder else {
      return try FileOutput.write(Array(sampler.schedulerConfig()), to: folder + "/scheduler_config.json")
    }
    try StableDiffusionPipeline(
      tokenizer: tokenizer, textEncoder: textEncoder, autoencoder: autoencoder, unet: unet, settings: sampler
    ).writeCompanions(to: PipelineFolder(folder))
    if let world = worlds.last { try CaptionVocabulary(world).write(to: folder) }
  }

  public func loss(step: Int, _ random: inout RandomSource) throws(UserError) -> Variable {
    let count = settings.batchSize
    let phase = variant.phases.firstIndex { step < $0.until } ?? variant.phases.count - 1
    let schedule = schedules[phase]
    let (pictures, scenes) = worlds[phase].batch(count, .train, &random)
    let samples = denoised(pictures, &random)
    let dropped = random.uniform([count]).scalars
    let ids = zip(scenes, dropped).map {
      tokenizer.encode($1 < variant.dropShare || !variant.isConditional ? "" : $0.caption).ids
    }
    let timesteps = variant.phases[phase].timesteps.timesteps(below: schedule.numTrainTimesteps, count: count, &random)
    let noise = random.normal(samples.shape)
    let noisy = try schedule.addNoise(samples, noise: noise, timesteps: timesteps)
    let target =
      variant.prediction == .velocity
      ? try schedule.velocity(samples, noise: noise, timesteps: timesteps) : noise
    let text = textEncoder(ids).lastHiddenState
    let predicted = unet(Variable(noisy), timesteps: timesteps.map(Float.init), encoderHiddenStates: text)
    guard let gamma = variant.phases[phase].minSNRGamma else {
      return Loss.meanSquaredError(predicted, Variable(target))
    }
    let weights = try timesteps.map { t throws(UserError) in
      try schedule.minSNRWeight(timestep: t, gamma: gamma, prediction: variant.prediction)
    }
    return Loss.meanSquaredError(predicted, Variable(target), sampleWeights: Tensor(weights, shape: [count]))
  }

  /// What is to be denoised: the pictures [N, 3, 64, 64], or their latents, drawn from the encoder's distribution and scaled
  /// to a variance of about 1.
  private func denoised(_ pictures: Tensor, _ random: inout RandomSource) -> Tensor {
    guard let autoencoder else { return pictures }
    return autoencoder.configuration.scaled(autoencoder.encode(Variable(pictures)).sample(&random).value)
  }
}
