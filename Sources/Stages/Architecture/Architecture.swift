import Diffusion
import Drawing
import Models
import Pipelines
import Tensors

/// The latent diffusion model in one picture: everything one run computed, on the arrows along which it went.
struct Architecture: Stage {
  let name = "architecture"
  let summary = "Runs the whole model once and draws it with the tensors of that run"
  let models = [PipelineModel.defaultName]

  let parameters: [StageParameter] = [
    .image(default: "cat-face-above-soccer-ball", help: "the picture x that is encoded and noised"),
    PipelineModel.promptParameter(default: "red heart left of pizza"),
    PipelineModel.stepsParameter(default: 12), PipelineModel.guidanceParameter(),
    PipelineModel.modelParameter,
  ]

  let facts = [
    FactDeclaration("picture", "what was read as x, and what was done to it"),
    FactDeclaration("encoder_parameters", "numbers training chose for E"),
    FactDeclaration("decoder_parameters", "for D"),
    FactDeclaration("text_parameters", "for τ_θ"),
    FactDeclaration("unet_parameters", "for the U-Net"),
    FactDeclaration("cross_attentions", "blocks of the U-Net into which the text comes"),
    FactDeclaration("skips", "skip connections of the U-Net"),
    FactDeclaration("pixel_numbers", "numbers in x"),
    FactDeclaration("latent_numbers", "numbers in z"),
    FactDeclaration("compression", "the first over the second"),
    FactDeclaration("text_numbers", "numbers in τ_θ(y)"),
    FactDeclaration("unet_multiply_adds", "multiply-adds of one call of the U-Net for one sample"),
    FactDeclaration("decoder_multiply_adds", "multiply-adds of the decoder for one picture"),
    FactDeclaration("unet_samples", "samples that went through the U-Net: steps times two with guidance"),
    FactDeclaration("unet_percent", "share of the U-Net in all multiply-adds of generating, in percent"),
    FactDeclaration("last_signal", "√ᾱ at the last timestep: what is left of z in z_T"),
    FactDeclaration("shown_timestep", "t of the step that is drawn in full"),
  ]

  let figures = [
    FigureDeclaration(
      "architecture", "The latent diffusion model with the tensors of one run", formulas: ["loss.conditional"],
      size: .a2)
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try PipelineModel(context)
    let run = try ArchitectureRun(context, model) { context.report($0, of: $1, "denoising steps") }
    let numbers = ArchitectureNumbers(run)
    var result = StageResult()
    result.fact("picture", run.given.picture.story)
    numbers.addFacts(to: &result)
    result.fact("cross_attentions", run.unet.layers.count { $0.takesText })
    result.fact("skips", run.unet.down.joined().count)
    result.fact("last_signal", run.noised[run.noised.count - 1].signal)
    result.fact("shown_timestep", run.moment.t)
    result.table(numbers.table)
    result.table(run.unet.table)
    addTensors(of: run, to: &result)
    let content = PosterContent(run, numbers)
    let provenance = model.provenance(context)
    result.figure("architecture") { () throws(UserError) in content.figure(provenance) }
    return result
  }

  private func addTensors(of run: ArchitectureRun, to result: inout StageResult) {
    result.tensor("x", run.given.picture.tensor)
    result.tensor("z", run.latents)
    for noised in run.noised { result.tensor("forward/t=\(noised.t)", noised.latents) }
    for moment in run.trace.moments { result.tensor("reverse/\(moment.path)", moment.sample) }
    for layer in run.unet.layers { result.tensor("unet/\(layer.path)", layer.output) }
    result.tensor("encoder_hidden_states", run.trace.textStates)
    result.tensor("x_tilde", run.trace.result.pictures)
  }
}

/// One run with everything in it: a picture encoded and noised, then denoised from z_T with a text.
struct ArchitectureRun {
  /// z at one of the timesteps the run visits.
  struct Noised: Sendable {
    let t: Int
    /// √ᾱ_t and √(1 − ᾱ_t).
    let signal, noise: Double
    /// z_t, [1, C, h, w].
    let latents: Tensor
  }

  let model: PipelineModel
  let given: GivenPicture
  /// z as the run drew it from E(x), [1, C, h, w].
  let latents: Tensor
  /// By rising t; the last is z_T, where the run begins.
  let noised: [Noised]
  let trace: TracedRun
  /// The step that is drawn in full.
  let moment: DenoisingMoment
  let unet: UNetMap

  init(
    _ context: StageContext, _ model: PipelineModel, progress: (_ done: Int, _ total: Int) -> Void
  ) throws(UserError) {
    self.model = model
    let given = try GivenPicture(context, model)
    self.given = given
    var request = model.request(context)
    request.start = .picture(given.unit, strength: 1)
    let shown = try model.pipeline.plan(request).calls.count * 2 / 3
    let place = Recorder.stepPath(shown)
    trace = try TracedRun(
      model, request,
      keeping: { $0.hasPrefix(place + "/") || $0.hasPrefix("text_encoder") || $0.hasPrefix("vae") }, progress: progress)
    moment = trace.moments[shown]
    unet = UNetMap(model.pipeline.unet, trace.recorder, at: place + "/unet")

    // The run drew z from E(x), then the noise; the same seed gives both again.
    var random = RandomSource(seed: request.seed)
    let latents = model.pipeline.encode(pictures: given.unit.reshaped([1] + given.unit.shape), &random)
    let noise = random.normal(latents.shape)
    self.latents = latents
    var noised: [Noised] = []
    for moment in trace.moments.reversed() where !noised.contains(where: { $0.t == moment.t }) {
      let alphaBar = Double(model.schedule.alphasCumprod[moment.t])
      noised.append(
        Noised(
          t: moment.t, signal: alphaBar.squareRoot(), noise: (1 - alphaBar).squareRoot(),
          latents: try model.schedule.addNoise(latents, noise: noise, timesteps: [moment.t])))
    }
    self.noised = noised
  }

  /// Outputs of the levels of the encoder or decoder, in the order they ran, each [C, H, W].
  func levels(of part: String, _ blocks: String, count: Int) -> [Tensor] {
    (0..<count).map { trace.recorded("vae.\(part).\(blocks).\($0)")[index: 0] }
  }
}
