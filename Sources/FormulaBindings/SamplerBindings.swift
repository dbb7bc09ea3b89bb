import Diffusion
import Formulas
import Tensors

/// One step of each sampler, and guidance.
enum SamplerBindings {
  static let all: [Binding] = discrete + levels + [multistep, guidance]

  /// A step of a sampler at a call of its plan.
  ///
  /// - Parameters:
  ///   - noise: what the sampler draws; zeros when nil.
  ///   - before: what the model gave at the call before, if the sampler remembers it.
  static func step(
    _ settings: SamplerSettings, steps: Int, at call: Int, output: Tensor, sample: Tensor, noise: Tensor?,
    before: Tensor? = nil
  ) throws -> Tensor {
    let sampler = try settings.makeSampler()
    let plan = try sampler.plan(numInferenceSteps: steps)
    var memory = SamplerMemory()
    let source: NoiseSource = { noise ?? .zeros($0) }
    if let before {
      _ = sampler.step(before, sample: sample, at: call - 1, of: plan, memory: &memory, noise: source)
    }
    return sampler.step(output, sample: sample, at: call, of: plan, memory: &memory, noise: source).previousSample
  }

  /// A step from t to prev on a plan of leading timesteps whose stride is t − prev.
  private static func strided(
    _ kind: SamplerKind, _ given: Inputs, _ change: (inout SamplerSettings) throws -> Void = { _ in }
  ) throws -> Tensor? {
    let (t, total) = (given.timestep, given.list("alpha_bar").count)
    let stride = t - given.integer("prev")
    guard let steps = (1...total).first(where: { total / $0 == stride && t / stride < $0 }) else { return nil }
    var settings = SamplerSettings(kind)
    settings.schedule = ScheduleSettings(trainedBetas: Inputs.betas(given.list("alpha_bar")))
    settings.clipSample = false
    settings.stepsOffset = t % stride
    try change(&settings)
    return try step(
      settings, steps: steps, at: steps - 1 - t / stride, output: given.tensor("eps_hat"),
      sample: given.tensor("x_t"), noise: given.tensor("z"))
  }

  private static func ddim(_ given: Inputs) throws -> DDIMSampler {
    var settings = SamplerSettings(.ddim)
    settings.schedule = ScheduleSettings(trainedBetas: Inputs.betas(given.list("alpha_bar")))
    return try DDIMSampler(settings)
  }

  private static let discrete = [
    Binding("sampler.ddpm_step", "DDPMSampler.step") { try strided(.ddpm, $0) },
    Binding("sampler.ddim_step", "DDIMSampler.step") { given in
      let most = try ddim(given).variance(timestep: given.timestep, previous: given.integer("prev")).squareRoot()
      return try strided(.ddim, given) { $0.eta = most > 0 ? min(given.number("sigma") / Double(most), 1) : 0 }
    },
    Binding("sampler.ddim_sigma", "DDIMSampler.variance") { given in
      let variance = try ddim(given).variance(timestep: given.timestep, previous: given.integer("prev"))
      return Tensor(given.float("eta") * variance.squareRoot())
    },
  ]

  /// Settings whose plan visits a case's noise levels; nil when those do not end at 0.
  private static func settings(_ kind: SamplerKind, _ given: Inputs) -> (SamplerSettings, Int)? {
    let sigmas = given.list("sigma")
    guard sigmas.last == 0, sigmas.count > 1 else { return nil }
    var settings = SamplerSettings(kind)
    let alphaBar = sigmas.dropLast().reversed().map { 1 / (1 + $0 * $0) }
    settings.schedule = ScheduleSettings(trainedBetas: Inputs.betas(alphaBar))
    settings.predictionType = .sample
    settings.timestepSpacing = .linspace
    return (settings, sigmas.count - 1)
  }

  private static func onLevels(_ kind: SamplerKind, _ given: Inputs, noise: Tensor?) throws -> Tensor? {
    guard let (settings, steps) = settings(kind, given) else { return nil }
    return try step(
      settings, steps: steps, at: given.integer("i"), output: given.tensor("x0_hat"), sample: given.tensor("x_i"),
      noise: noise)
  }

  private static let levels = [
    Binding("sampler.euler_step", "EulerSampler.step") { try onLevels(.euler, $0, noise: nil) },
    Binding("sampler.euler_ancestral", "EulerAncestralSampler.step") { given in
      try onLevels(.eulerAncestral, given, noise: given.tensor("z"))
    },
    Binding("sampler.heun", "HeunSampler.step, twice") { given in
      guard let (settings, steps) = settings(.heun, given) else { return nil }
      let sampler = try settings.makeSampler()
      let plan = try sampler.plan(numInferenceSteps: steps)
      var (memory, call) = (SamplerMemory(), 2 * given.integer("i"))
      var sample = given.tensor("x_i")
      for output in ["x0_hat", "x0_hat_next"] {
        let result = sampler.step(
          given.tensor(output), sample: sample, at: call, of: plan, memory: &memory, noise: Tensor.zeros)
        sample = result.previousSample
        call += 1
      }
      return sample
    },
  ]

  private static let multistep = Binding("sampler.dpmsolverpp_2m", "DPMSolverSampler.step") { given in
    let alphas = given.list("alpha")
    guard given.integer("i") + 2 < alphas.count else { return nil }
    var settings = SamplerSettings(.dpmSolver)
    settings.schedule = ScheduleSettings(trainedBetas: Inputs.betas(alphas.reversed().map { $0 * $0 }))
    settings.predictionType = .sample
    settings.timestepSpacing = .linspace
    return try step(
      settings, steps: alphas.count - 1, at: given.integer("i"), output: given.tensor("x0_hat"),
      sample: given.tensor("x_i"), noise: nil, before: given.tensor("x0_hat_before"))
  }

  private static let guidance = Binding("guidance.cfg", "guided(unconditional:conditional:guidanceScale:)") { given in
    guided(
      unconditional: given.tensor("eps_uncond"), conditional: given.tensor("eps_cond"), guidanceScale: given.float("w"))
  }
}
