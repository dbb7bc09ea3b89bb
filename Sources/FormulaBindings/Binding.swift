import Formulas
import Tensors

/// The engine code that computes a formula: the same functions that training and sampling call, in single precision.
public struct Binding: Sendable {
  /// The formula's id.
  public let id: String
  /// The function or type, as it is called in the source: `NoiseSchedule.addNoise`.
  public let code: String
  private let compute: @Sendable (Inputs) throws -> Tensor?

  /// - Parameter compute: gives nil for a case that is beyond what the engine does.
  init(_ id: String, _ code: String, _ compute: @escaping @Sendable (Inputs) throws -> Tensor?) {
    self.id = id
    self.code = code
    self.compute = compute
  }

  /// The engine's value for a case's inputs; nil when the engine does not do this case.
  public func value(_ inputs: [String: Numbers]) throws -> Numbers? {
    guard let result = try compute(Inputs(values: inputs)) else { return nil }
    return Numbers(shape: result.shape, result.scalars.map(Double.init))
  }
}

/// A case's inputs as the engine takes them.
struct Inputs: Sendable {
  let values: [String: Numbers]

  private func numbers(_ name: String) -> Numbers {
    guard let numbers = values[name] else { preconditionFailure("no input \(name) among \(values.keys.sorted())") }
    return numbers
  }

  func tensor(_ name: String) -> Tensor {
    let numbers = numbers(name)
    return Tensor(numbers.elements.map { Float($0) }, shape: numbers.shape)
  }

  func list(_ name: String) -> [Double] { numbers(name).elements }

  func number(_ name: String) -> Double {
    guard let number = numbers(name).scalar else { preconditionFailure("\(name) is no number: \(numbers(name))") }
    return number
  }

  func float(_ name: String) -> Float { Float(number(name)) }
  func integer(_ name: String) -> Int { Int(number(name)) }
  func shape(_ name: String) -> [Int] { numbers(name).shape }
}

/// Every formula of the catalogue with the code that computes it, or the reason why none does.
public enum Bindings {
  public static let all: [Binding] =
    ProcessBindings.all + SamplerBindings.all + LayerBindings.all + CostBindings.all + TrainingBindings.all
    + EvaluationBindings.all + LatentBindings.all

  private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

  public static func binding(_ id: String) -> Binding? { byID[id] }

  /// Why no engine code is bound to a formula; nil when some is.
  public static func reasonUnbound(_ id: String) -> String? { unbound[id] }

  private static let unbound = [
    "forward.jump": "the engine noises from the clean image only; NoiseSchedule.posterior holds the jump's β",
    "forward.variance": "a property of the data, which no code needs",
    "schedule.log_snr": "DPMSolverSampler computes it inside a step; sampler.dpmsolverpp_2m checks it there",
    "schedule.karras_sigmas":
      "EulerSampler follows diffusers' Float32 table, whose rounding the smallest σ show to 1e-4; DiffusionTests compares that",
    "loss.kl_gaussian": "training uses the simple loss, in which no divergence is left",
    "loss.vlb_weight": "the simple loss leaves the weights out",
    "sampler.inpaint_blend":
      "StableDiffusionPipeline blends inside a run; PipelinesTests compares whole runs with diffusers",
    "guidance.rescale": "the pipelines do not rescale",
    "guidance.classifier": "the models here are steered without a classifier",
    "latent.compression_ratio": "arithmetic on shapes, which no code needs",
    "image.ssim": "ImageMetrics weighs the window with a Gaussian, as the paper does; here all pixels count the same",
    "cost.receptive_field": "arithmetic on shapes, which no code needs",
    "metric.diversity":
      "part of FashionEvaluation, which computes it on the classifier's features of real samples only",
    "metric.nearest_distance": "part of FashionEvaluation, which computes it on the training pictures only",
    "metric.accuracy": "part of FashionEvaluation, which computes it on the classifier's answers only",
  ]
}
