import Diffusion
import Formulas
import Tensors

extension Inputs {
  /// The engine's schedule with a case's ᾱ.
  func schedule(_ name: String = "alpha_bar") throws -> NoiseSchedule {
    try NoiseSchedule(ScheduleSettings(trainedBetas: Self.betas(list(name))))
  }

  /// βₜ = 1 − ᾱₜ/ᾱₜ₋₁.
  static func betas(_ alphaBar: [Double]) -> [Double] {
    zip(alphaBar, [1] + alphaBar).map { 1 - $0 / $1 }
  }

  var timestep: Int { integer("t") }
}

/// Noising, schedules, the posterior and predictions.
enum ProcessBindings {
  static let all: [Binding] = forward + schedules + levels + timesteps + posterior + predictions

  private static let forward = [
    Binding("forward.step", "NoiseSchedule.forwardStep") { given in
      let schedule = try NoiseSchedule(ScheduleSettings(trainedBetas: given.list("beta")))
      return try schedule.forwardStep(given.tensor("x[t-1]"), noise: given.tensor("eps"), timestep: given.timestep)
    },
    Binding("forward.closed_form", "NoiseSchedule.addNoise") { given in
      try given.schedule().addNoise(given.tensor("x0"), noise: given.tensor("eps"), timesteps: [given.timestep])
    },
    Binding("forward.mean_variance", "NoiseSchedule.addNoise, without noise and without image") { given in
      let (schedule, x0) = (try given.schedule(), given.tensor("x0"))
      let zeros = Tensor.zeros(x0.shape)
      let mean = try schedule.addNoise(x0, noise: zeros, timesteps: [given.timestep])
      let deviation = try schedule.addNoise(zeros, noise: .ones(x0.shape), timesteps: [given.timestep])
      return Tensor(mean.scalars + (deviation * deviation).scalars, shape: [2] + x0.shape)
    },
  ]

  private static func beta(_ curve: BetaSchedule) -> @Sendable (Inputs) throws -> Tensor? {
    { given in
      if curve == .squaredcosCapV2, given.number("s") != 0.008 { return nil }
      var settings = ScheduleSettings(betaSchedule: curve, numTrainTimesteps: given.integer("T"))
      if curve != .squaredcosCapV2 {
        settings.betaStart = given.number("beta_start")
        settings.betaEnd = given.number("beta_end")
      }
      // Small tables of the cases leave the range that a schedule allows; β alone is compared.
      return Tensor(try NoiseSchedule(settings).betas[given.timestep])
    }
  }

  private static let schedules = [
    Binding("schedule.beta_linear", "NoiseSchedule.betas, linear", beta(.linear)),
    Binding("schedule.beta_scaled_linear", "NoiseSchedule.betas, scaled_linear", beta(.scaledLinear)),
    Binding("schedule.alpha_bar_cosine", "NoiseSchedule.betas, squaredcos_cap_v2", beta(.squaredcosCapV2)),
    Binding("schedule.alphas_cumprod", "NoiseSchedule.alphasCumprod") { given in
      let schedule = try NoiseSchedule(ScheduleSettings(trainedBetas: given.list("beta")))
      return Tensor(schedule.alphasCumprod[given.timestep])
    },
    Binding("schedule.zero_terminal_snr", "NoiseSchedule.alphasCumprod, rescale_betas_zero_snr") { given in
      var settings = ScheduleSettings(trainedBetas: Inputs.betas(given.list("alpha_bar")))
      settings.rescaleBetasZeroSNR = true
      return Tensor(try NoiseSchedule(settings).alphasCumprod[given.timestep])
    },
  ]

  private static let levels = [
    Binding("loss.min_snr", "NoiseSchedule.minSNRWeight") { given in
      Tensor(
        try given.schedule().minSNRWeight(
          timestep: given.timestep, gamma: given.float("gamma"), prediction: .epsilon))
    },
    Binding("schedule.snr", "NoiseSchedule.signalToNoiseRatios") { given in
      Tensor(try given.schedule().signalToNoiseRatios[given.timestep])
    },
    Binding("schedule.sigma", "NoiseSchedule.sigmas") { given in
      Tensor(try given.schedule().sigmas[given.timestep])
    },
  ]

  private static func spaced(_ spacing: TimestepSpacing) -> @Sendable (Inputs) throws -> Tensor? {
    { given in
      var settings = SamplerSettings(.ddim)
      settings.timestepSpacing = spacing
      settings.schedule.numTrainTimesteps = given.integer("T")
      if spacing == .leading { settings.stepsOffset = given.integer("o") }
      let plan = try settings.makeSampler().plan(numInferenceSteps: given.integer("S"))
      return Tensor(plan.timesteps[given.integer("i")])
    }
  }

  private static let timesteps = [
    Binding("schedule.timesteps_leading", "SamplingPlan.timesteps, leading", spaced(.leading)),
    Binding("schedule.timesteps_linspace", "SamplingPlan.timesteps, linspace", spaced(.linspace)),
    Binding("schedule.timesteps_trailing", "SamplingPlan.timesteps, trailing", spaced(.trailing)),
    Binding("schedule.img2img_start", "SamplingPlan.starting") { given in
      let plan = try SamplerSettings(.ddim).makeSampler().plan(numInferenceSteps: given.integer("S"))
      return Tensor(Float(try plan.starting(strength: given.number("r")).begin))
    },
  ]

  /// A DDPM step from t to t − 1 without fresh noise: the mean of the posterior.
  private static func meanStep(_ type: PredictionType, _ output: String) -> @Sendable (Inputs) throws -> Tensor? {
    { given in
      var settings = SamplerSettings(.ddpm)
      settings.schedule = ScheduleSettings(trainedBetas: Inputs.betas(given.list("alpha_bar")))
      settings.predictionType = type
      settings.clipSample = false
      let count = given.list("alpha_bar").count
      return try SamplerBindings.step(
        settings, steps: count, at: count - 1 - given.timestep, output: given.tensor(output),
        sample: given.tensor("x_t"), noise: nil)
    }
  }

  private static let posterior = [
    Binding("posterior.mean", "DDPMSampler.step, without noise", meanStep(.sample, "x0")),
    Binding("posterior.mean_from_epsilon", "DDPMSampler.step, without noise", meanStep(.epsilon, "eps_hat")),
    Binding("posterior.variance", "NoiseSchedule.posterior") { given in
      Tensor(try given.schedule().posterior(timestep: given.timestep, previous: given.timestep - 1).variance)
    },
  ]

  private static func convert(
    _ id: String, _ input: String, _ from: PredictionType, _ to: PredictionType
  ) -> Binding {
    Binding(id, "NoiseSchedule.convert, \(from.rawValue) to \(to.rawValue)") { given in
      try given.schedule().convert(
        given.tensor(input), from: from, to: to, sample: given.tensor("x_t"), timestep: given.timestep)
    }
  }

  private static let predictions = [
    convert("prediction.x0_from_epsilon", "eps_hat", .epsilon, .sample),
    convert("prediction.epsilon_from_x0", "x0_hat", .sample, .epsilon),
    convert("prediction.x0_from_v", "v_hat", .velocity, .sample),
    convert("prediction.epsilon_from_v", "v_hat", .velocity, .epsilon),
    Binding("prediction.v", "NoiseSchedule.velocity") { given in
      try given.schedule().velocity(given.tensor("x0"), noise: given.tensor("eps"), timesteps: [given.timestep])
    },
    Binding("prediction.score", "NoiseSchedule.score") { given in
      try given.schedule().score(epsilon: given.tensor("eps_hat"), timestep: given.timestep)
    },
  ]
}
