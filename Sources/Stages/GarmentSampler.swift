import Datasets
import Diffusion
import Drawing
import Gradients
import Models
import Pipelines
import Tensors
import Training

/// `fashion-ddpm` behind a sampler, as the stages of lesson 04 ask for garments.
///
/// Timesteps are spaced trailing, so that every run begins at t = T − 1, where only noise is left, however few its steps.
struct GarmentSampler {
  static let modelName = "fashion-ddpm"

  let folder: ModelFolder
  let pipeline: ClassToImagePipeline
  let schedule: NoiseSchedule
  let hash: String

  init(_ home: Home) throws(UserError) {
    folder = ModelFolder(try home.model(Self.modelName))
    let stored = try ClassToImagePipeline(folder: folder)
    var settings = stored.settings
    settings.timestepSpacing = .trailing
    pipeline = ClassToImagePipeline(unet: stored.unet, settings: settings)
    schedule = try NoiseSchedule(settings.schedule)
    hash = try folder.weightsHash()
  }

  /// What one run is asked for.
  struct Request {
    var labels: [Int]
    var kind: SamplerKind
    var steps: Int
    var guidanceScale: Double = 1
    var eta: Double = 0
    var seed: UInt64
  }

  /// The timesteps and noise levels of a run.
  func plan(_ kind: SamplerKind, steps: Int) throws(UserError) -> SamplingPlan {
    try pipeline.settings.converted(to: kind).makeSampler().plan(numInferenceSteps: steps)
  }

  /// Garments [N, 1, 32, 32], clamped to −1…1; `onStep` sees every call of the network.
  func garments(_ request: Request, onStep: (SamplingEvent) -> Void = { _ in }) throws(UserError) -> Tensor {
    // Guidance towards no class is no guidance.
    let isUnconditional = request.labels.allSatisfy { $0 == noClass }
    do {
      return try pipeline.generate(
        labels: request.labels, sampler: request.kind, numInferenceSteps: request.steps,
        guidanceScale: isUnconditional ? 1 : Float(request.guidanceScale), eta: request.eta, seed: request.seed,
        onStep: onStep
      ).clamped(to: -1...1)
    } catch let error as UserError {
      throw error
    } catch {
      throw UserError("sampling failed: \(error)", code: .data)
    }
  }

  /// How often one garment of a run asks the network; guidance asks twice at each call.
  func calls(_ request: Request) throws(UserError) -> Int {
    let guided = request.guidanceScale != 1 && request.labels.contains { $0 != noClass }
    return try plan(request.kind, steps: request.steps).calls.count * (guided ? 2 : 1)
  }

  /// The label that stands for no class: the last of the table.
  var noClass: Int { (pipeline.unet.configuration.numClassEmbeds ?? 1) - 1 }

  func provenance(_ context: StageContext) -> Provenance {
    Provenance(command: "", seed: context.seed, model: Self.modelName, modelHash: hash)
  }
}

/// `fashion-classifier`, which was trained on real garments alone, naming generated ones.
struct GarmentJudge {
  static let modelName = "fashion-classifier"

  private let classifier: ImageClassifier

  init(_ home: Home) throws(UserError) {
    classifier = try ModelFolder(try home.model(Self.modelName)).imageClassifier()
  }

  /// The label it gives each of N garments [N, 1, 32, 32].
  func labels(of garments: Tensor) -> [Int] { classifier(Variable(garments)).logits.value.argmaxOfRows() }
}

// MARK: Parameters that several stages have

extension GarmentSampler {
  /// The ten garments as `--set` writes them, in the order of their labels.
  static let garmentNames = FashionMNIST.classNames.map { $0.replacing(" ", with: "-") }

  static let garmentParameter = StageParameter.choice(
    "garment", garmentNames + ["none"], default: "ankle-boot",
    help: "class the network is told; none leaves the choice to the noise")

  static let guidanceParameter = StageParameter.number(
    "guidance_scale", 0...10, default: 1, help: "w of classifier-free guidance; 1 is no guidance")

  static let etaParameter = StageParameter.number(
    "eta", 0...1, default: 0, help: "η, share of DDPM's fresh noise that DDIM adds; other samplers have none")

  static func samplerParameter(default kind: SamplerKind) -> StageParameter {
    .choice("sampler", SamplerKind.compared.map(\.rawValue), default: kind.rawValue, help: "the sampling algorithm")
  }

  /// The label of a choice of `garmentParameter`.
  func label(of name: String) -> Int { Self.garmentNames.firstIndex(of: name) ?? noClass }
}

extension StageContext {
  /// The choice of `GarmentSampler.samplerParameter`.
  func sampler() throws(UserError) -> SamplerKind { try SamplerKind(named: text("sampler")) }
}
