import Diffusion
import Foundation
import Gradients
import Models
import Tensors

/// A class-conditional U-Net seen as the denoiser a sampler asks, with classifier-free guidance (Ho & Salimans 2022).
public struct ClassConditionalDenoiser: Denoiser {
  public let unet: UNet2DModel
  /// One label a sample.
  public let labels: [Int]
  /// ε̃ = ε_∅ + w (ε_c − ε_∅); at w = 1 the unconditional prediction is not computed.
  public let guidanceScale: Float
  /// The label that stands for no class; the last of the table.
  public var noClass: Int { (unet.configuration.numClassEmbeds ?? 1) - 1 }

  public init(unet: UNet2DModel, labels: [Int], guidanceScale: Float = 1) {
    self.unet = unet
    self.labels = labels
    self.guidanceScale = guidanceScale
  }

  public func predict(_ sample: Tensor, timestep: Float) throws -> Tensor {
    if guidanceScale == 1 { return unet(Variable(sample), timesteps: [timestep], classLabels: labels).value }
    let both = unet(
      Variable(Tensor.concatenated([sample, sample])), timesteps: [timestep],
      classLabels: [Int](repeating: noClass, count: labels.count) + labels
    ).value
    let n = labels.count
    return guided(
      unconditional: both.sliced(0..<n), conditional: both.sliced(n..<(2 * n)), guidanceScale: guidanceScale)
  }
}

/// Pictures of wanted classes from noise: U-Net, schedule and sampler together.
public struct ClassToImagePipeline {
  public let unet: UNet2DModel
  /// The settings the model was trained with, from `scheduler_config.json`.
  public let settings: SamplerSettings

  /// Opens a folder with `config.json`, weights and `scheduler_config.json`.
  public init(folder: ModelFolder) throws(UserError) {
    let path = folder.path + "/scheduler_config.json"
    guard let json = FileManager.default.contents(atPath: path) else {
      throw UserError("\(path) is missing or cannot be read", code: .noInput)
    }
    unet = try folder.unet2D()
    settings = try SamplerSettings(schedulerConfig: json, name: path)
  }

  public init(unet: UNet2DModel, settings: SamplerSettings) {
    self.unet = unet
    self.settings = settings
  }

  /// One sample for every label: [N, C, H, W] in about −1…1.
  ///
  /// - Parameters:
  ///   - labels: classes, 0 ..< the model's number of classes.
  ///   - sampler: the algorithm; settings it shares with the trained schedule are taken over.
  ///   - seed: the first noise is `torch.randn([N, C, H, W])` after `torch.manual_seed(seed)`.
  public func generate(
    labels: [Int], sampler kind: SamplerKind = .ddim, numInferenceSteps: Int = 50, guidanceScale: Float = 1,
    eta: Double = 0, seed: UInt64 = 0, onStep: (SamplingEvent) throws -> Void = { _ in }
  ) throws -> Tensor {
    var settings = settings.converted(to: kind)
    if kind == .ddim { settings.eta = eta }
    let sampler = try settings.makeSampler()
    let plan = try sampler.plan(numInferenceSteps: numInferenceSteps)
    var random = RandomSource(seed: seed)
    let side = unet.configuration.sampleSize ?? 32
    let noise = random.normal([labels.count, unet.configuration.inChannels, side, side]) * plan.initNoiseSigma
    let denoiser = ClassConditionalDenoiser(unet: unet, labels: labels, guidanceScale: guidanceScale)
    return try sampler.run(denoiser, from: noise, plan: plan, noise: { random.normal($0) }, onStep: onStep)
  }
}
