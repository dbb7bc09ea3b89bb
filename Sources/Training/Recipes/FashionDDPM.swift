import Datasets
import Diffusion
import Gradients
import Layers
import Models
import Tensors

/// `fashion-ddpm`: a class-conditional pixel-space DDPM on Fashion-MNIST (Ho et al. 2020, algorithm 1).
///
/// Loss (1) of the latent-diffusion paper, E ‖ε − ε_θ(x_t, t, c)‖² as a mean over pixels; in a tenth of the samples the
/// class c is replaced by "none", so that the network also learns the unconditional noise that guidance needs.
public final class FashionDDPM: Recipe {
  public let name = "fashion-ddpm"
  public let settings: TrainingSettings
  private let model: UNet2DModel
  private let schedule: NoiseSchedule
  private let data: FashionMNIST
  private let order: EpochOrder

  /// The label that stands for no class.
  public static let noClass = 10
  /// The share of samples that are shown without their class.
  public static let dropShare: Float = 0.1

  public static let unet: UNet2DConfiguration = {
    var c = UNet2DConfiguration()
    c.sampleSize = FashionMNIST.side
    c.inChannels = 1
    c.outChannels = 1
    c.blockOutChannels = [24, 40, 80, 96]
    c.downBlockTypes = ["DownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D", "DownBlock2D"]
    c.upBlockTypes = ["UpBlock2D", "AttnUpBlock2D", "AttnUpBlock2D", "UpBlock2D"]
    c.layersPerBlock = 1
    c.attentionHeadDim = 8
    c.normNumGroups = 8
    c.numClassEmbeds = 11
    return c
  }()

  public init(totalSteps: Int = 7_000) throws(UserError) {
    settings = TrainingSettings(
      totalSteps: totalSteps, batchSize: 64, learningRate: 1e-3, warmupSteps: 300, weightDecay: 0.01, emaDecay: 0.999)
    model = UNet2DModel(Self.unet)
    schedule = try NoiseSchedule()
    data = try FashionMNIST(.train)
    order = EpochOrder(count: data.count, seed: settings.seed)
  }

  public var module: any Module { model }
  public var parts: [ModelPart] { [ModelPart(model, model.configuration.jsonObject)] }

  /// The scheduler the samples in the card were made with; `converted(to:)` makes any other of it.
  ///
  /// Trailing spacing, so that few steps, too, begin at T − 1, where the noise is the standard normal they start from
  /// (Lin et al. 2024, section 3.3).
  public func writeCompanions(to folder: String) throws(UserError) {
    var settings = SamplerSettings(.ddpm)
    settings.timestepSpacing = .trailing
    try FileOutput.write(
      Array(try settings.schedulerConfig()) + Array("\n".utf8), to: folder + "/scheduler_config.json")
  }

  public var dataDescription: String {
    "A class-conditional DDPM in pixel space, diffusers' `UNet2DModel` layout, trained on all 60,000 training pictures of "
      + "Fashion-MNIST (28×28, padded to 32×32, −1…1). Classes 0…9 are the garments, class 10 is \"none\" and was shown in "
      + "a tenth of the samples, so that classifier-free guidance works. Noise schedule: linear, β 1e-4…0.02, T = 1000; the "
      + "network predicts ε."
  }

  public func loss(step: Int, _ random: inout RandomSource) throws(UserError) -> Variable {
    let batch = data.batch(order.batch(step: step, size: settings.batchSize))
    return try Self.loss(of: model, on: batch, schedule: schedule, &random)
  }

  /// The loss of one batch: timesteps, dropped classes and noise are drawn in this order.
  static func loss(
    of model: UNet2DModel, on batch: LabelledImages, schedule: NoiseSchedule, _ random: inout RandomSource
  ) throws(UserError) -> Variable {
    let count = batch.labels.count
    let timesteps = random.integers(below: schedule.numTrainTimesteps, count: count)
    let dropped = random.uniform([count]).scalars
    let noise = random.normal(batch.images.shape)
    let labels = zip(batch.labels, dropped).map { $1 < dropShare ? noClass : $0 }
    let noisy = try schedule.addNoise(batch.images, noise: noise, timesteps: timesteps)
    let predicted = model(Variable(noisy), timesteps: timesteps.map(Float.init), classLabels: labels)
    return Loss.meanSquaredError(predicted, Variable(noise))
  }
}
