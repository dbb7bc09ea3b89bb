import Diffusion
import Models
import Pipelines
import Tensors

/// One tensor on the way from the prompt to the picture.
struct TracedTensor: Sendable {
  /// Where on the way: "text", "noise", "step" or "picture".
  enum Place: Sendable, Equatable {
    case text, noise, picture
    /// The call of the network, from 0, and its timestep.
    case step(Int, timestep: Float)
  }

  let place: Place
  /// What it is called in tables: "ẑ₀".
  let name: String
  /// What it is, in a few words.
  let meaning: String
  let tensor: Tensor
  let origin: Origin

  /// What made it.
  enum Origin: Sendable, Hashable {
    /// A formula of the catalogue.
    case formula(String)
    /// What no formula says.
    case words(String)
  }
}

/// A run of the whole pipeline with every tensor on the way kept.
struct TracedRun {
  let model: PipelineModel
  let request: TextToImageRequest
  let sampler: SamplerKind
  /// Ids of the empty (or negative) prompt, when there is guidance, and of the prompt.
  let ids: [[Int]]
  let moments: [DenoisingMoment]
  let result: TextToImageResult
  let recorder: Recorder

  var isGuided: Bool { request.guidanceScale > 1 }

  /// - Parameters:
  ///   - filter: what is recorded besides the outputs of the parts.
  ///   - progress: called after every step.
  init(
    _ model: PipelineModel, _ request: TextToImageRequest, keeping filter: @escaping (String) -> Bool = { _ in false },
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(UserError) {
    self.model = model
    self.request = request
    let kind = request.sampler ?? model.pipeline.defaultSampler
    sampler = kind
    let prompts = (request.guidanceScale > 1 ? [request.negativePrompt] : []) + request.prompts
    ids = prompts.map { model.pipeline.tokenizer.encode($0).ids }
    let recorder = Recorder { Self.keeps($0) || filter($0) }
    self.recorder = recorder
    let plan = try model.pipeline.plan(request)
    var moments: [DenoisingMoment] = []
    result = try model.generate(request, recorder: recorder) { event in
      moments.append(DenoisingMoment(event, scaled: plan.initNoiseSigma != 1))
      progress(moments.count, plan.calls.count)
    }
    self.moments = moments
  }

  /// Outputs of the parts, not of their layers.
  private static func keeps(_ key: String) -> Bool {
    key.hasSuffix("/unet") || key == "vae.decoder" || key == "text_encoder.text_model"
      || key == "text_encoder.text_model.embeddings"
  }

  func recorded(_ key: String) -> Tensor {
    guard let tensor = recorder[key] else { preconditionFailure("the run recorded no '\(key)'") }
    return tensor
  }

  /// τ_θ of the prompts, [1 or 2, L, D]; the prompt itself comes last.
  var textStates: Tensor { recorded("text_encoder.text_model") }
  var embeddings: Tensor { recorded("text_encoder.text_model.embeddings") }
  var tokenIDs: Tensor { Tensor(ids.joined().map { Float($0) }, shape: [ids.count, ids[0].count]) }
  /// What the decoder is given, and gives, in −1…1.
  var decoderInput: Tensor { model.pipeline.autoencoder.configuration.unscaled(result.latents) }
  var decoderOutput: Tensor { recorded("vae.decoder") }

  /// The network's answers of a call before guidance: without text (nil without guidance) and with it, [N, C, h, w].
  func answers(at call: Int) -> (unconditional: Tensor?, conditional: Tensor) {
    let both = recorded(moments[call].path + "/unet")
    guard isGuided else { return (nil, both) }
    let n = both.shape[0] / 2
    return (both.sliced(0..<n), both.sliced(n..<(2 * n)))
  }

  /// Moments that a figure has room for, the first and the last among them.
  func shown(_ columns: Int) -> [DenoisingMoment] { moments.evenlyChosen(columns) }
}

// MARK: The trace

extension TracedRun {
  /// What the network predicts, v̂, ε̂ or ẑ₀, and the same after guidance.
  var answer: (plain: String, guided: String) {
    switch model.prediction {
    case .epsilon: ("ε̂", "ε̃")
    case .sample: ("ẑ₀", "z̃₀")
    case .velocity: ("v̂", "ṽ")
    }
  }

  private var targetFormula: String { model.prediction == .velocity ? "prediction.v" : "loss.conditional" }

  private var guessOrigin: TracedTensor.Origin {
    switch model.prediction {
    case .epsilon: .formula("prediction.x0_from_epsilon")
    case .sample: .words("the prediction itself")
    case .velocity: .formula("prediction.x0_from_v")
    }
  }

  private var stepOrigin: TracedTensor.Origin {
    let formulas = [
      "ddpm": "sampler.ddpm_step", "ddim": "sampler.ddim_step", "euler": "sampler.euler_step",
      "euler-ancestral": "sampler.euler_ancestral", "heun": "sampler.heun", "dpmsolver++": "sampler.dpmsolverpp_2m",
    ]
    return formulas[sampler.rawValue].map { .formula($0) } ?? .words("a step of \(sampler.title)")
  }

  /// Everything up to the first noisy latents.
  var beginning: [TracedTensor] {
    [
      TracedTensor(
        place: .text, name: "ids", meaning: "numbers of the tokens", tensor: tokenIDs,
        origin: .words("byte-pair encoding, between a start and an end token, filled up to the context’s length")),
      TracedTensor(
        place: .text, name: "embeddings", meaning: "a vector for each token and its place", tensor: embeddings,
        origin: .words("a row of the token table plus a row of the position table")),
      TracedTensor(
        place: .text, name: "τ_θ(y)", meaning: "the text encoder’s last state", tensor: textStates,
        origin: .formula("attention.causal")),
      TracedTensor(
        place: .noise, name: "z_T", meaning: "pure noise, from the seed", tensor: moments[0].sample,
        origin: .words("N(0, 1), drawn with the seed")),
    ]
  }

  /// What one step makes.
  func step(_ call: Int) -> [TracedTensor] {
    let moment = moments[call]
    let place = TracedTensor.Place.step(call, timestep: moment.timestep)
    let (without, with) = answers(at: call)
    func entry(_ name: String, _ meaning: String, _ tensor: Tensor, _ origin: TracedTensor.Origin) -> TracedTensor {
      TracedTensor(place: place, name: name, meaning: meaning, tensor: tensor, origin: origin)
    }
    var entries: [TracedTensor] = []
    if let without {
      entries.append(entry(answer.plain + " without text", "the U-Net’s answer to ∅", without, .formula(targetFormula)))
    }
    entries.append(
      entry(answer.plain + " with text", "the U-Net’s answer to the prompt", with, .formula(targetFormula)))
    if isGuided {
      entries.append(
        entry(answer.guided + ", guided", "both, extrapolated", moment.prediction, .formula("guidance.cfg")))
    }
    entries.append(entry("ẑ₀", "what it means for the clean latents", moment.guess, guessOrigin))
    entries.append(entry("z, one step on", "a part of the noise removed", moment.next, stepOrigin))
    return entries
  }

  /// From the finished latents to the picture.
  var end: [TracedTensor] {
    [
      TracedTensor(
        place: .picture, name: "z₀/f", meaning: "what the decoder is given", tensor: decoderInput,
        origin: .formula("vae.unscale")),
      TracedTensor(
        place: .picture, name: "x̃ = D(z₀/f)", meaning: "what it answers", tensor: decoderOutput,
        origin: .formula("vae.unscale")),
      TracedTensor(
        place: .picture, name: "picture", meaning: "as a file has it", tensor: result.pictures,
        origin: .words("(x̃ + 1)/2, cut to 0…1")),
    ]
  }
}
