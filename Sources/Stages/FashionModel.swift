import Datasets
import Diffusion
import Drawing
import Gradients
import Models
import Pipelines
import Tensors

/// `fashion-ddpm`, opened for a stage: one network, its noise schedule, the hash of its weights.
struct FashionModel {
  static let name = "fashion-ddpm"

  let folder: ModelFolder
  let unet: UNet2DModel
  let schedule: NoiseSchedule
  let hash: String

  init(_ home: Home) throws(UserError) {
    folder = ModelFolder(try home.model(Self.name))
    let pipeline = try ClassToImagePipeline(folder: folder)
    unet = pipeline.unet
    schedule = try NoiseSchedule(pipeline.settings.schedule)
    hash = try folder.weightsHash()
  }

  /// The label that stands for no class: the last of the table.
  var noClass: Int { (unet.configuration.numClassEmbeds ?? 1) - 1 }

  /// ε̂ = ε_θ(x_t, t, c): [N, 1, 32, 32] at N timesteps with N labels; a nil label is the class "none".
  func predict(_ noisy: Tensor, timesteps: [Int], labels: [Int?], _ recording: Recording? = nil) -> Tensor {
    unet(
      Variable(noisy), timesteps: timesteps.map(Float.init), classLabels: labels.map { $0 ?? noClass }, recording
    ).value
  }

  func provenance(_ context: StageContext) -> Provenance {
    Provenance(command: "", seed: context.seed, model: Self.name, modelHash: hash)
  }
}

extension GarmentPicture {
  /// What it shows, for captions: "sneaker", or "picture" when the class is not known.
  var noun: String { label == nil ? "picture" : className }
}

extension Tensor {
  /// The mean of the squares over everything but the first axis: one number for each of N samples.
  var meanSquares: [Double] {
    (0..<shape[0]).map { n in
      let one = self[index: n]
      return Double((one * one).mean)
    }
  }

  /// `count` copies along the first axis.
  func repeated(_ count: Int) -> Tensor {
    count == 1 ? self : Tensor.concatenated([Tensor](repeating: self, count: count))
  }
}
