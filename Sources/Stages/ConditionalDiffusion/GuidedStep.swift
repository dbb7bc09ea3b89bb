import Diffusion
import Drawing
import Foundation
import Pipelines
import Tensors

/// One real run with guidance, and of each step what the network said with and without the prompt.
struct GuidedRun {
  /// What one call of the network gave.
  struct Call {
    let timestep: Int
    /// √ᾱ_t and √(1 − ᾱ_t).
    let signal: Float
    let noise: Float
    /// z_t, [1, C, h, w].
    let sample: Tensor
    /// The network's own prediction, without and with the prompt, [1, C, h, w].
    let unconditional: Tensor
    let conditional: Tensor
    /// What the sampler went on with.
    let guided: Tensor
  }

  let model: PipelineModel
  let request: TextToImageRequest
  let calls: [Call]
  /// [3, H, W] in 0…1.
  let picture: Tensor

  init(_ model: PipelineModel, _ request: TextToImageRequest, _ context: StageContext) throws(UserError) {
    var request = request
    // Its samples are z_t itself; other samplers scale them.
    request.sampler = .ddim
    let recorder = Recorder { $0.hasPrefix("step.") && $0.hasSuffix("/unet") }
    let total = try model.pipeline.plan(request).calls.count
    var calls: [Call] = []
    let result = try model.generate(request, recorder: recorder) { event in
      context.report(calls.count + 1, of: total, "denoising steps")
      guard let both = recorder[TextConditionalDenoiser.place(ofCall: calls.count)], both.shape[0] == 2 else { return }
      let t = Int(event.timestep.rounded())
      let alphaBar = model.schedule.alphaCumprod(t)
      calls.append(
        Call(
          timestep: t, signal: alphaBar.squareRoot(), noise: (1 - alphaBar).squareRoot(), sample: event.sample,
          unconditional: both.sliced(0..<1), conditional: both.sliced(1..<2), guided: event.modelOutput))
    }
    guard calls.count == total else {
      throw UserError("the guidance scale \(request.guidanceScale) is none; it must be above 1")
    }
    (self.model, self.request, self.calls, picture) = (model, request, calls, result.pictures[index: 0])
  }

  /// A prediction of a call in other terms.
  func converted(_ output: Tensor, to type: PredictionType, at call: Call) -> Tensor {
    model.prediction.convert(output, to: type, sample: call.sample, signal: call.signal, noise: call.noise)
  }

  /// The call whose timestep is nearest to t.
  func call(near t: Int) -> Call {
    let index = calls.indices.min { abs(calls[$0].timestep - t) < abs(calls[$1].timestep - t) } ?? 0
    return calls[index]
  }
}

/// ε̂ without the prompt, with it, and guided: one step of a real run.
struct GuidedStep: Stage {
  let name = "guided-step"
  let summary = "Takes a guided step of a real run apart: with the prompt, without it, and past it"
  let models = [PipelineModel.defaultName]

  let parameters: [StageParameter] = [
    PipelineModel.modelParameter,
    PipelineModel.promptParameter(default: "green apple on a blue background"),
    .integer("timestep", 0...999, default: 700, help: "the step with the timestep nearest to this is taken apart"),
    PipelineModel.stepsParameter(),
    .number("guidance_scale", 1.01...30, default: 3, help: "w of classifier-free guidance"),
  ]

  let facts = [
    FactDeclaration("step_timestep", "timestep of the step"),
    FactDeclaration("elements", "numbers of the latent"),
    FactDeclaration("pixels", "numbers of the picture"),
    FactDeclaration("network_predicts", "what the network predicts: ε, v or x₀"),
    FactDeclaration("epsilon_size", "RMS of ε̂ without the prompt"),
    FactDeclaration("difference_size", "RMS of ε̂ with the prompt minus without"),
    FactDeclaration("difference_percent", "the same in percent of ε̂ without the prompt"),
    FactDeclaration("guided_size", "RMS of the guided ε̂"),
    FactDeclaration("angle", "angle between ε̂ with and without the prompt, in degrees"),
    FactDeclaration("guided_difference", "RMS of the guided ε̂ minus ε̂ without the prompt"),
    FactDeclaration("order_error", "largest difference between guiding the network's prediction and guiding ε̂"),
    FactDeclaration("calls", "times the network was asked, each for two predictions"),
    FactDeclaration("predictions", "predictions these are"),
    FactDeclaration("largest_timestep", "timestep at which the prompt moves x̂₀ the most"),
    FactDeclaration("largest_shift", "RMS of that move, in latents of standard deviation 1"),
    FactDeclaration("last_shift", "RMS of the move at the last step"),
  ]

  let figures = [
    FigureDeclaration(
      "guided-prediction", "ε̂ without and with the prompt, their difference, and the guided one",
      formulas: ["guidance.cfg"]),
    FigureDeclaration(
      "guided-plane", "The three predictions as points in the plane they span", formulas: ["guidance.cfg"]),
    FigureDeclaration("prompt-over-time", "How much the prompt changes the prediction at every step"),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try PipelineModel(context)
    let run = try GuidedRun(model, model.request(context), context)
    let parts = GuidedParts(run, run.call(near: context.integer("timestep")))
    let shifts = run.calls.map { PromptShift(run, $0) }
    let largest = shifts.max { $0.original < $1.original }
    var result = StageResult()
    result.fact("step_timestep", parts.call.timestep)
    result.fact("elements", parts.call.sample.count)
    result.fact("pixels", run.picture.count)
    result.fact("network_predicts", model.prediction.symbol)
    result.fact("epsilon_size", rootMeanSquare(parts.unconditional))
    result.fact("difference_size", rootMeanSquare(parts.difference))
    result.fact("difference_percent", 100 * rootMeanSquare(parts.difference) / rootMeanSquare(parts.unconditional))
    result.fact("guided_size", rootMeanSquare(parts.guided))
    result.fact("angle", parts.angle)
    result.fact("guided_difference", rootMeanSquare(parts.guided - parts.unconditional))
    result.fact("order_error", (parts.guided - parts.guidedBefore).map(abs).max)
    result.fact("calls", run.calls.count)
    result.fact("predictions", 2 * run.calls.count)
    result.fact("largest_timestep", largest?.timestep ?? 0)
    result.fact("largest_shift", largest?.original ?? .nan)
    result.fact("last_shift", shifts.last?.original ?? .nan)
    result.tensor("epsilon/unconditional", parts.unconditional)
    result.tensor("epsilon/conditional", parts.conditional)
    result.tensor("epsilon/guided", parts.guided)
    result.tensor("network/unconditional", parts.call.unconditional)
    result.tensor("network/conditional", parts.call.conditional)
    result.tensor("network/guided", parts.call.guided)
    result.tensor("z_t", parts.call.sample)
    result.tensor("picture", run.picture)
    let figures = GuidedStepFigures(run: run, parts: parts, shifts: shifts)
    let provenance = model.provenance(context)
    result.figure("guided-prediction") { () throws(UserError) in figures.predictions(provenance) }
    result.figure("guided-plane") { () throws(UserError) in figures.plane(provenance) }
    result.figure("prompt-over-time") { () throws(UserError) in figures.overTime(provenance) }
    return result
  }
}

/// The predictions of one call as ε̂.
struct GuidedParts {
  let call: GuidedRun.Call
  /// ε̂_∅ and ε̂_c, [1, C, h, w].
  let unconditional: Tensor
  let conditional: Tensor
  /// ε̂_∅ + w (ε̂_c − ε̂_∅), computed from the two.
  let guided: Tensor
  /// ε̂ of the network's guided prediction: first guided, then converted.
  let guidedBefore: Tensor

  var difference: Tensor { conditional - unconditional }

  init(_ run: GuidedRun, _ call: GuidedRun.Call) {
    self.call = call
    unconditional = run.converted(call.unconditional, to: .epsilon, at: call)
    conditional = run.converted(call.conditional, to: .epsilon, at: call)
    guided = Diffusion.guided(
      unconditional: unconditional, conditional: conditional, guidanceScale: run.request.guidanceScale)
    guidedBefore = run.converted(call.guided, to: .epsilon, at: call)
  }

  /// Between ε̂_∅ and ε̂_c, in degrees.
  var angle: Double { Self.angle(unconditional, conditional) }

  static func angle(_ a: Tensor, _ b: Tensor) -> Double {
    let cosine = Double((a * b).sum) / (a.squaredNorm * b.squaredNorm).squareRoot()
    return acos(min(max(cosine, -1), 1)) * 180 / .pi
  }
}

/// How much the prompt moves the predictions of one call.
struct PromptShift {
  let timestep: Int
  /// RMS of ε̂_c − ε̂_∅.
  let epsilon: Double
  /// RMS of x̂₀ with minus without the prompt.
  let original: Double

  init(_ run: GuidedRun, _ call: GuidedRun.Call) {
    func size(_ type: PredictionType) -> Double {
      rootMeanSquare(
        run.converted(call.conditional, to: type, at: call) - run.converted(call.unconditional, to: type, at: call))
    }
    (timestep, epsilon, original) = (call.timestep, size(.epsilon), size(.sample))
  }
}

extension PredictionType {
  /// As formulas write it.
  var symbol: String {
    switch self {
    case .epsilon: "ε"
    case .sample: "x₀"
    case .velocity: "v"
    }
  }
}
