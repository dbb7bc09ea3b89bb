import Diffusion
import Drawing
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

  let figures = [
    FigureDeclaration("variance-shares", "How the variance is shared between signal and noise at every timestep")
  ]

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
    let timestep = context.integer("timestep")
    result.figure("variance-shares") { () throws(UserError) in Self.variances(schedule, timestep) }
    return result
  }

  /// ᾱ_t and 1 − ᾱ_t over t, with the timestep marked.
  private static func variances(_ schedule: NoiseSchedule, _ timestep: Int) -> Figure {
    let signal = schedule.alphasCumprod.map(Double.init)
    let t = signal.indices.map(Double.init)
    let share = NumberText.fixed(100 * signal[timestep], decimals: 0)
    return Figure(
      name: "variance-shares", title: RichText(markup: "At t = \(timestep) signal makes up \(share) % of the variance"),
      caption: "Signal share ᾱ_t and noise share 1 − ᾱ_t of the variance of x_t; t = \(timestep) is marked.",
      alternativeText: "Two curves over the timestep that cross where signal and noise weigh the same.",
      equation: RichText(markup: "x_t = √ᾱ_t x_0 + √(1 − ᾱ_t) ε"), equationNumber: "DDPM (4)",
      provenance: Provenance(command: ""),
      content: Chart(
        x: Axis("timestep t"), y: Axis("share of the variance", range: 0...1),
        layers: [
          Line("signal ᾱ_t", x: t, y: signal), Line("noise 1 − ᾱ_t", x: t, y: signal.map { 1 - $0 }),
          ReferenceLine(x: Double(timestep), label: RichText(markup: "t = \(timestep)")),
        ]))
  }
}
