import Datasets
import Diffusion
import Drawing
import Foundation
import Gradients
import Layers
import Models
import Pipelines
import Tensors

/// One piece of work that is timed beside PyTorch; `Tests/Peer/README.md` says what each call does.
public struct Workload {
  public let name: String
  /// One call.
  public let run: () throws -> Void

  public static let names = ["training-step", "unet-1", "unet-64"]

  /// Prepares a workload on the weights of a folder.
  public static func make(_ name: String, folder: ModelFolder) throws -> Workload {
    let unet = try folder.unet2D()
    switch name {
    case "training-step":
      let update = TrainingUpdate(try BenchmarkRecipe(unet))
      return Workload(name: name) { try update.run() }
    case "unet-1": return forward(name, unet, batch: 1)
    case "unet-64": return forward(name, unet, batch: 64)
    default: throw UserError.unknown("workload", name, among: names + ["sample-grid"])
    }
  }

  private static func forward(_ name: String, _ unet: UNet2DModel, batch: Int) -> Workload {
    var random = RandomSource(seed: 0)
    let side = unet.configuration.sampleSize ?? 32
    let sample = Variable(random.normal([batch, unet.configuration.inChannels, side, side]))
    let timesteps = random.integers(below: 1000, count: batch).map(Float.init)
    let labels = unet.configuration.numClassEmbeds.map { random.integers(below: $0, count: batch) }
    return Workload(name: name) { _ = unet(sample, timesteps: timesteps, classLabels: labels) }
  }
}

/// The recipe of `fashion-ddpm` on a fixed batch of noise pictures, so that timing it needs no data set.
private final class BenchmarkRecipe: Recipe {
  let name = "training-step"
  let settings = TrainingSettings(
    totalSteps: 1_000_000, batchSize: 64, learningRate: 1e-4, warmupSteps: 0, emaDecay: 0.999)
  let dataDescription = ""
  let parts: [ModelPart] = []
  private let model: UNet2DModel
  private let schedule: NoiseSchedule
  private let batch: LabelledImages

  var module: any Module { model }

  init(_ model: UNet2DModel) throws(UserError) {
    self.model = model
    schedule = try NoiseSchedule()
    var random = RandomSource(seed: 0)
    let side = model.configuration.sampleSize ?? 32
    let images = random.uniform([settings.batchSize, 1, side, side]).affine(scale: 2, shift: -1)
    batch = LabelledImages(images: images, labels: (0..<settings.batchSize).map { $0 % 10 })
  }

  func loss(step: Int, _ random: inout RandomSource) throws(UserError) -> Variable {
    try FashionDDPM.loss(of: model, on: batch, schedule: schedule, &random)
  }
}

extension Workload {
  /// Sixteen samples of the classes 0…9, 0…5 with 50 DDIM steps from seed 0: one picture [1, 128, 128] in 0…1.
  public static func sampleGrid(folder: ModelFolder) throws -> Tensor {
    let pipeline = try ClassToImagePipeline(folder: folder)
    let pictures = try pipeline.generate(labels: (0..<16).map { $0 % 10 }, seed: 0)
    let side = pictures.shape[3]
    return pictures.reshaped([4, 4, side, side]).permuted([0, 2, 1, 3]).reshaped([1, 4 * side, 4 * side])
      .affine(scale: 0.5, shift: 0.5).clamped(to: 0...1)
  }
}
