import Datasets
import Diffusion
import Gradients
import Layers
import Models
import Pipelines
import Tensors

/// `emoji-ldm`: latent diffusion on captioned emoji, conditioned through cross-attention (Rombach et al. 2022, equation 3).
///
/// E w(t) ‖target − f_θ(z_t, t, τ_θ(y))‖² as a mean over the latent's elements; z = E(x) · scaling factor, drawn anew each
/// time. In a tenth of the samples the caption y is empty, so that the network also learns the unconditional prediction that
/// guidance needs. w(t) is min(SNR, γ)/SNR for ε and min(SNR, γ)/(SNR + 1) for v (Hang et al. 2023, section 3.4).
public final class EmojiLDM: Recipe {
  /// What runs of comparison change; the shipped model is the default.
  public struct Variant: Sendable, Equatable {
    public var name = "emoji-ldm"
    public var totalSteps = 24_000
    public var prediction = PredictionType.velocity
    /// γ of min-SNR-γ; nil weighs all timesteps alike.
    public var minSNRGamma: Float? = 5
    /// Equation (3) of the paper trains τ_θ along; Stable Diffusion keeps it as it is.
    public var trainsTextEncoder = true
    public var blockOutChannels = [64, 128]
    public var layersPerBlock = 1
    /// The share of samples that are shown without their caption.
    public var dropShare: Float = 0.1

    public init() {}
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
  private let autoencoder: AutoencoderKL
  private let sampler: SamplerSettings
  private let schedule: NoiseSchedule
  private let data: CaptionedEmoji

  /// - Parameters:
  ///   - clip: the folder of `emoji-clip`: text encoder to start from, and tokenizer.
  ///   - autoencoder: the folder of `emoji-vae`; it is used as it is.
  public init(_ variant: Variant = Variant(), clip: ModelFolder, autoencoder: ModelFolder) throws(UserError) {
    self.variant = variant
    settings = TrainingSettings(
      totalSteps: variant.totalSteps, batchSize: 32, learningRate: 1e-3, warmupSteps: 300, weightDecay: 0.01,
      emaDecay: 0.999)
    self.clip = clip
    textEncoder = try clip.clipTextModel()
    tokenizer = try CLIPTokenizer(folder: clip.path)
    self.autoencoder = try autoencoder.autoencoder()
    sampler = Self.sampler(variant)
    schedule = try NoiseSchedule(sampler.schedule)
    unet = UNet2DConditionModel(Self.unet(variant, textWidth: textEncoder.configuration.hiddenSize))
    data = try CaptionedEmoji()
  }

  /// Stable Diffusion's schedule; trailing spacing, so that few steps, too, begin at T − 1.
  private static func sampler(_ variant: Variant) -> SamplerSettings {
    var settings = SamplerSettings(.ddim)
    settings.schedule = ScheduleSettings(betaSchedule: .scaledLinear)
    (settings.schedule.betaStart, settings.schedule.betaEnd) = (0.00085, 0.012)
    settings.predictionType = variant.prediction
    settings.timestepSpacing = .trailing
    settings.clipSample = false
    settings.setAlphaToOne = false
    return settings
  }

  private static func unet(_ variant: Variant, textWidth: Int) -> UNet2DConditionConfiguration {
    var c = UNet2DConditionConfiguration()
    c.sampleSize = 16
    c.inChannels = 4
    c.outChannels = 4
    c.blockOutChannels = variant.blockOutChannels
    c.downBlockTypes = variant.blockOutChannels.map { _ in "CrossAttnDownBlock2D" }
    c.upBlockTypes = variant.blockOutChannels.map { _ in "CrossAttnUpBlock2D" }
    c.layersPerBlock = [variant.layersPerBlock]
    c.crossAttentionDim = textWidth
    c.attentionHeadDim = variant.blockOutChannels.map { $0 / 32 }
    c.normNumGroups = 16
    return c
  }

  public var dataDescription: String {
    "A whole `StableDiffusionPipeline` folder: U-Net with cross-attention in the latent space of `emoji-vae`, "
      + "conditioned on the text tower of `emoji-clip`, which was \(variant.trainsTextEncoder ? "trained along" : "kept as it is"). "
      + "Trained on captioned emoji (\(data.names.count) emoji) that are composed anew for every step. The network predicts "
      + "\(variant.prediction == .velocity ? "v" : "ε"); loss "
      + (variant.minSNRGamma.map { "weighted by min-SNR-γ, γ = \($0)" } ?? "unweighted")
      + "; the caption was left out in "
      + "\(Int((variant.dropShare * 100).rounded())) % of the samples. Noise schedule: scaled linear, β 0.00085…0.012, T = 1000."
  }

  public var module: any Module { Trained(unet: unet, textEncoder: variant.trainsTextEncoder ? textEncoder : nil) }

  public func prepare() throws(UserError) {
    // The text encoder was drawn anew with everything else that is trained.
    let trained = try clip.clipTextModel().namedParameters()
    for (parameter, start) in zip(textEncoder.namedParameters(), trained) {
      parameter.parameter.value = start.parameter.value
    }
  }

  /// The folders of a `StableDiffusionPipeline`.
  public var parts: [ModelPart] {
    [
      ModelPart(unet, unet.configuration.jsonObject, in: "unet"),
      ModelPart(
        textEncoder, textEncoder.configuration.jsonObject, in: "text_encoder", weightsName: "model.safetensors"),
      ModelPart(autoencoder, autoencoder.configuration.jsonObject, in: "vae"),
    ]
  }

  public func writeCompanions(to folder: String) throws(UserError) {
    try StableDiffusionPipeline(
      tokenizer: tokenizer, textEncoder: textEncoder, autoencoder: autoencoder, unet: unet, settings: sampler
    ).writeCompanions(to: PipelineFolder(folder))
  }

  public func loss(step: Int, _ random: inout RandomSource) throws(UserError) -> Variable {
    let count = settings.batchSize
    let (pictures, scenes) = data.batch(count, .train, &random)
    let latents = self.latents(of: pictures, &random)
    let dropped = random.uniform([count]).scalars
    let ids = zip(scenes, dropped).map { tokenizer.encode($1 < variant.dropShare ? "" : $0.caption).ids }
    let timesteps = random.integers(below: schedule.numTrainTimesteps, count: count)
    let noise = random.normal(latents.shape)
    let noisy = try schedule.addNoise(latents, noise: noise, timesteps: timesteps)
    let target =
      variant.prediction == .velocity
      ? try schedule.velocity(latents, noise: noise, timesteps: timesteps) : noise
    let text = textEncoder(ids).lastHiddenState
    let predicted = unet(Variable(noisy), timesteps: timesteps.map(Float.init), encoderHiddenStates: text)
    guard let gamma = variant.minSNRGamma else { return Loss.meanSquaredError(predicted, Variable(target)) }
    let weights = try timesteps.map { t throws(UserError) in
      try schedule.minSNRWeight(timestep: t, gamma: gamma, prediction: variant.prediction)
    }
    return Loss.meanSquaredError(predicted, Variable(target), sampleWeights: Tensor(weights, shape: [count]))
  }

  /// Latents of pictures [N, 3, 64, 64], drawn from the encoder's distribution and scaled to a variance of about 1.
  private func latents(of pictures: Tensor, _ random: inout RandomSource) -> Tensor {
    autoencoder.configuration.scaled(autoencoder.encode(Variable(pictures)).sample(&random).value)
  }
}
