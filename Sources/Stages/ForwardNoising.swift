import Diffusion
import Tensors

/// The forward process: how much signal and noise a picture holds at a timestep.
struct ForwardNoising: Stage {
  let name = "forward-noising"
  let summary = "Adds noise to a picture, step by step and in one jump"

  let parameters: [StageParameter] = [
    .integer("timestep", 0...999, default: 250, help: "the timestep t to look at"),
    .choice(
      "beta_schedule", BetaSchedule.allCases.map(\.rawValue), default: BetaSchedule.linear.rawValue,
      help: "how the noise of a step grows with t"),
  ]

  let facts = [
    FactDeclaration("signal_share", "share of the variance that is signal, ᾱ_t"),
    FactDeclaration("noise_share", "share of the variance that is noise, 1 − ᾱ_t"),
    FactDeclaration("snr", "signal-to-noise ratio ᾱ_t/(1 − ᾱ_t)"),
    FactDeclaration("first_noisy_timestep", "first t at which the noise has the larger share"),
  ]

  let figures: [FigureDeclaration] = []

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    guard let betaSchedule = BetaSchedule(rawValue: context.text("beta_schedule")) else {
      preconditionFailure("undeclared schedule \(context.text("beta_schedule"))")
    }
    let schedule = try NoiseSchedule(ScheduleSettings(betaSchedule: betaSchedule))
    let signal = Double(schedule.alphasCumprod[context.integer("timestep")])
    var result = StageResult()
    result.fact("signal_share", signal)
    result.fact("noise_share", 1 - signal)
    result.fact("snr", signal / (1 - signal))
    result.fact("first_noisy_timestep", schedule.alphasCumprod.firstIndex { $0 < 0.5 } ?? schedule.numTrainTimesteps)
    result.tensor("alphas_cumprod", Tensor(schedule.alphasCumprod))
    return result
  }
}
