import Diffusion
import Drawing
import Models
import Pipelines
import Tensors

/// A text-to-image model, opened for a stage: `emoji-ldm`, or a Stable Diffusion v1 folder that the reader has.
struct PipelineModel {
  static let defaultName = "emoji-ldm"

  /// Its name without the folders before it, for captions and provenance.
  let name: String
  let folder: PipelineFolder
  let pipeline: StableDiffusionPipeline
  /// The noise schedule the U-Net was trained with.
  let schedule: NoiseSchedule
  /// What the U-Net predicts.
  let prediction: PredictionType
  /// Of the U-Net's weights.
  let hash: String

  /// Opens the model that the stage's parameter `model` names.
  ///
  /// - Throws: a sentence when there is no such model or a part of it is missing.
  init(_ context: StageContext) throws(UserError) {
    try self.init(context.text("model"), context.home)
  }

  /// - Parameter nameOrPath: the name of a shipped model, or a path.
  init(_ nameOrPath: String, _ home: Home) throws(UserError) {
    folder = PipelineFolder(try home.model(nameOrPath))
    name = nameOrPath.split(separator: "/").last.map(String.init) ?? nameOrPath
    pipeline = try StableDiffusionPipeline(folder: folder)
    let settings = try pipeline.settings(for: pipeline.defaultSampler)
    schedule = try NoiseSchedule(settings.schedule)
    prediction = settings.predictionType
    hash = try folder.part("unet").weightsHash()
  }

  func provenance(_ context: StageContext) -> Provenance {
    Provenance(command: "", seed: context.seed, model: name, modelHash: hash)
  }

  // MARK: Running

  /// What the stage's parameters ask for: `prompt`, `num_inference_steps`, `guidance_scale` and the seed.
  func request(_ context: StageContext) -> TextToImageRequest {
    var request = TextToImageRequest(prompt: context.text("prompt"))
    request.numInferenceSteps = context.integer("num_inference_steps")
    request.guidanceScale = Float(context.number("guidance_scale"))
    request.seed = context.seed
    return request
  }

  /// Runs the pipeline.
  func generate(
    _ request: TextToImageRequest, recorder: Recorder? = nil, onStep: (SamplingEvent) -> Void = { _ in }
  ) throws(UserError) -> TextToImageResult {
    try Self.sampling { try pipeline.generate(request, recorder: recorder, onStep: onStep) }
  }

  /// What `run` gives; errors that are the reader's keep their sentence.
  static func sampling<Result>(_ run: () throws -> Result) throws(UserError) -> Result {
    do {
      return try run()
    } catch let error as UserError {
      throw error
    } catch {
      throw UserError("sampling failed: \(error)", code: .data)
    }
  }

  // MARK: Parameters that several stages have

  static let modelParameter = StageParameter.text(
    "model", default: defaultName, help: "a shipped model's name, or a Stable Diffusion v1 folder in diffusers' layout")

  static func promptParameter(default prompt: String) -> StageParameter {
    .text("prompt", default: prompt, help: "what the picture shall show")
  }

  static func stepsParameter(default steps: Int = 50) -> StageParameter {
    .integer("num_inference_steps", 1...1000, default: steps, help: "steps of the sampler")
  }

  static func guidanceParameter(default scale: Double = 3) -> StageParameter {
    .number("guidance_scale", 0...30, default: scale, help: "w of classifier-free guidance; up to 1 there is none")
  }
}
