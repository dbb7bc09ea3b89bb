import Diffusion
import Drawing
import Pipelines
import Tensors

/// One run of the whole pipeline with every tensor on the way: ids, text states, noise, predictions, latents, picture.
struct TextToImage: Stage {
  let name = "text-to-image"
  let summary = "Makes a picture from a prompt and traces every tensor on the way"
  let models = [PipelineModel.defaultName]

  let parameters: [StageParameter] =
    [PipelineModel.promptParameter(default: "red heart left of pizza")] + PictureSettings.parameters + [
      .choice(
        "trace", ["every-step", "three-steps"], default: "every-step",
        help: "whether the table has all steps, or the first, the middle and the last"),
      .integer("decoded_steps", 2...1000, default: 50, help: "steps at which latents are decoded, at most"),
      PipelineModel.modelParameter,
    ]

  let facts = [
    FactDeclaration("token_count", "tokens of the prompt, without start, end and padding"),
    FactDeclaration("context_length", "tokens the text encoder reads, L"),
    FactDeclaration("text_width", "numbers for each token, D"),
    FactDeclaration("dropped_words", "words that did not fit the context"),
    FactDeclaration("latent_shape", "shape of the latents"),
    FactDeclaration("latent_numbers", "numbers in the latents"),
    FactDeclaration("pixel_numbers", "numbers in the picture"),
    FactDeclaration("model_calls", "calls of the U-Net"),
    FactDeclaration("evaluated_samples", "samples that went through the U-Net in all calls"),
    FactDeclaration("batch", "samples in each call: without and with the text"),
    FactDeclaration("first_timestep", "t of the first step"),
    FactDeclaration("prediction", "what the U-Net predicts"),
    FactDeclaration("noise_deviation", "standard deviation of z_T"),
    FactDeclaration("final_deviation", "standard deviation of the finished latents"),
    FactDeclaration("scaling_factor", "f, by which the autoencoder's latents are multiplied"),
    FactDeclaration("first_text_effect", "RMS difference of the two answers over the RMS of one, first step"),
    FactDeclaration("last_text_effect", "the same, last step"),
    FactDeclaration("settled_timestep", "t from which the decoded ẑ₀ stays within 0.1 RMS of the picture (of 2)"),
    FactDeclaration("settled_percent", "share of the steps taken by then, in percent"),
  ]

  let figures = [
    FigureDeclaration("pipeline-trace", "Every tensor from the prompt to the picture, with what made it"),
    FigureDeclaration(
      "denoising-strip", "z_t and the guess ẑ₀ decoded at the steps of one run", formulas: ["vae.unscale"]),
    FigureDeclaration("denoising-run", "The run in motion: latents, and z_t and ẑ₀ decoded"),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try PipelineModel(context)
    let request = try PictureSettings.request(context, model)
    let run = try TracedRun(
      model, request, progress: { context.report($0, of: $1, "denoising steps") })
    let strip = DenoisingStrip(run, decodedSteps: context.integer("decoded_steps"))
    var result = StageResult()
    addText(of: run, to: &result)
    addLatents(of: run, to: &result)
    addEffects(of: run, strip, to: &result)
    for table in run.tables(allSteps: context.text("trace") == "every-step") { result.table(table) }
    addTensors(of: run, to: &result)
    let provenance = model.provenance(context)
    result.figure("pipeline-trace") { () throws(UserError) in TraceFigure(run: run).figure(provenance) }
    result.figure("denoising-strip") { () throws(UserError) in strip.figure(provenance) }
    result.figure("denoising-run") { () throws(UserError) in strip.movingFigure(provenance) }
    return result
  }

  private func addText(of run: TracedRun, to result: inout StageResult) {
    let tokenizer = run.model.pipeline.tokenizer
    result.fact("token_count", min(tokenizer.tokens(of: run.request.prompts[0]).count, tokenizer.contextLength - 2))
    result.fact("context_length", tokenizer.contextLength)
    result.fact("text_width", run.textStates.shape[2])
    result.fact("dropped_words", run.result.droppedWords[0] ?? "none")
  }

  private func addLatents(of run: TracedRun, to result: inout StageResult) {
    let latents = run.result.latents
    result.fact("latent_shape", latents.shape.dropFirst().map(String.init).joined(separator: "×"))
    result.fact("latent_numbers", latents.count)
    result.fact("pixel_numbers", run.result.pictures.count)
    result.fact("model_calls", run.moments.count)
    let batch = run.isGuided ? 2 : 1
    result.fact("evaluated_samples", run.moments.count * batch)
    result.fact("batch", batch)
    result.fact("first_timestep", run.moments[0].t)
    result.fact("prediction", run.answer.plain)
    result.fact("noise_deviation", run.moments[0].sample.standardDeviation())
    result.fact("final_deviation", latents.standardDeviation())
    result.fact("scaling_factor", run.model.pipeline.autoencoder.configuration.scalingFactor)
  }

  private func addEffects(of run: TracedRun, _ strip: DenoisingStrip, to result: inout StageResult) {
    func effect(_ call: Int) -> Double {
      let (without, with) = run.answers(at: call)
      return without.map { rootMeanSquare(with - $0) / rootMeanSquare($0) } ?? 0
    }
    result.fact("first_text_effect", effect(0))
    result.fact("last_text_effect", effect(run.moments.count - 1))
    let settled = strip.guessDistances.lastIndex { $0 > 0.1 }.map { min($0 + 1, strip.moments.count - 1) } ?? 0
    result.fact("settled_timestep", strip.moments[settled].t)
    result.fact("settled_percent", 100 * Double(strip.moments[settled].call) / Double(run.moments.count))
  }

  private func addTensors(of run: TracedRun, to result: inout StageResult) {
    result.tensor("input_ids", run.tokenIDs)
    result.tensor("embeddings", run.embeddings)
    result.tensor("encoder_hidden_states", run.textStates)
    for moment in run.moments {
      let (without, with) = run.answers(at: moment.call)
      result.tensor(moment.path + "/z_t", moment.sample)
      if let without { result.tensor(moment.path + "/unconditional", without) }
      result.tensor(moment.path + "/conditional", with)
      result.tensor(moment.path + "/guided", moment.prediction)
      result.tensor(moment.path + "/z0_hat", moment.guess)
      result.tensor(moment.path + "/next", moment.next)
    }
    result.tensor("decoder_input", run.decoderInput)
    result.tensor("decoder_output", run.decoderOutput)
    result.tensor("picture", run.result.pictures)
  }
}

/// What a learner can set of a run, besides the prompt.
enum PictureSettings {
  /// The choice that leaves the sampler to the model.
  static let ownSampler = "own"

  static let parameters: [StageParameter] = [
    .text("negative_prompt", default: "", help: "what guidance shall lead away from"),
    PipelineModel.stepsParameter(default: 15), PipelineModel.guidanceParameter(),
    .choice(
      "sampler", [ownSampler] + SamplerKind.allCases.map(\.rawValue), default: ownSampler,
      help: "the sampling algorithm; own is the one the model names"),
    .integer("height", 0...4096, default: 0, help: "height in pixels; 0 for the size the model was trained on"),
    .integer("width", 0...4096, default: 0, help: "width in pixels; 0 for the size the model was trained on"),
  ]

  /// The request of a stage that has these parameters.
  static func request(_ context: StageContext, _ model: PipelineModel) throws(UserError) -> TextToImageRequest {
    var request = model.request(context)
    request.negativePrompt = context.text("negative_prompt")
    let sampler = context.text("sampler")
    if sampler != ownSampler { request.sampler = try SamplerKind(named: sampler) }
    let (height, width) = (context.integer("height"), context.integer("width"))
    request.height = height == 0 ? nil : height
    request.width = width == 0 ? nil : width
    _ = try model.pipeline.size(request)
    return request
  }
}
