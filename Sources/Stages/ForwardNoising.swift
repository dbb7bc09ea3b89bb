import Diffusion
import Drawing
import Tensors

/// The forward process on a real picture: T small steps, and the one jump that replaces any number of them.
struct ForwardNoising: Stage {
  let name = "forward-noising"
  let summary = "Adds noise to a picture, step by step and in one jump"

  let parameters: [StageParameter] = [
    .image(default: "sneaker", help: "the picture x₀"),
    .integer("timestep", 0...999, default: 250, help: "the timestep t to look at"),
    .choice(
      "beta_schedule", BetaSchedule.allCases.map(\.rawValue), default: BetaSchedule.linear.rawValue,
      help: "how the noise of a step grows with t"),
    .integers(
      "columns", 0...999, count: 2...9, default: [0, 50, 100, 250, 500, 750, 999], help: "the t of the strip's pictures"
    ),
  ]

  let facts = [
    FactDeclaration("picture", "what was read, and how it was made to fit"),
    FactDeclaration("beta_first", "β₀, the variance the first step adds"),
    FactDeclaration("beta_last", "β of the last step"),
    FactDeclaration("beta", "β_t, the variance that step t adds"),
    FactDeclaration("signal_share", "share of the variance that is signal, ᾱ_t"),
    FactDeclaration("noise_share", "share of the variance that is noise, 1 − ᾱ_t"),
    FactDeclaration("signal_scale", "√ᾱ_t, by which the picture is multiplied"),
    FactDeclaration("noise_scale", "√(1 − ᾱ_t), by which ε is multiplied"),
    FactDeclaration("snr", "signal-to-noise ratio ᾱ_t/(1 − ᾱ_t)"),
    FactDeclaration("first_noisy_timestep", "first t at which the noise has the larger share"),
    FactDeclaration("last_signal_share", "ᾱ of the last timestep: the share of signal that is left"),
    FactDeclaration("chain_noise_deviation", "standard deviation of the noise the chain piled up until t, measured"),
    FactDeclaration("jump_noise_deviation", "standard deviation of the noise one jump to t adds, measured"),
    FactDeclaration("wrong_noise_deviation", "the same with the square root over 1 − ᾱ_t forgotten, measured"),
  ]

  let figures = [
    FigureDeclaration(
      "noising-strip", "The chain and the jump side by side: a picture drowning in noise",
      formulas: ["forward.closed_form"]),
    FigureDeclaration(
      "pixel-histograms", "Histograms of the pixels at growing t against N(0, 1)", formulas: ["forward.mean_variance"]),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    guard let path = context.imageFile, let kind = BetaSchedule(rawValue: context.text("beta_schedule")) else {
      preconditionFailure("undeclared picture or schedule")
    }
    let picture = try GarmentPicture(path: path, choice: "none", isBundled: false)
    let schedule = try NoiseSchedule(ScheduleSettings(betaSchedule: kind))
    let run = try NoisingRun(
      picture.tensor, schedule, timestep: context.integer("timestep"), columns: context.integers("columns"),
      seed: context.seed)
    var result = StageResult()
    result.fact("picture", picture.story)
    run.addFacts(to: &result)
    result.table(run.table)
    result.tensor("x0", picture.tensor)
    result.tensor("chain", run.chain)
    result.tensor("jump", run.jump)
    result.tensor("alphas_cumprod", Tensor(schedule.alphasCumprod))
    let provenance = Provenance(command: "", seed: context.seed)
    result.figure("noising-strip") { () throws(UserError) in run.strip(provenance) }
    result.figure("pixel-histograms") { () throws(UserError) in run.histograms(provenance) }
    return result
  }
}

/// One picture taken through the chain once, and jumped to the same timesteps with fresh noise.
struct NoisingRun {
  let original: Tensor
  let schedule: NoiseSchedule
  let timestep: Int
  let columns: [Int]
  /// x_t of the chain and of the jump at `columns`: [columns, 1, 32, 32].
  let chain: Tensor
  let jump: Tensor
  /// x_t − √ᾱ_t x₀ at `timestep`: what the chain, the jump, and the jump with a dropped square root have added.
  private let addedNoise: (chain: Tensor, jump: Tensor, wrong: Tensor)

  init(
    _ original: Tensor, _ schedule: NoiseSchedule, timestep: Int, columns: [Int], seed: UInt64
  ) throws(UserError) {
    (self.original, self.schedule, self.timestep, self.columns) = (original, schedule, timestep, columns)
    var random = RandomSource(seed: seed)
    var x = original
    var visited: [Int: Tensor] = [:]
    let wanted = Set(columns + [timestep])
    for t in 0..<schedule.numTrainTimesteps {
      x = try schedule.forwardStep(x, noise: random.normal(x.shape), timestep: t)
      if wanted.contains(t) { visited[t] = x }
    }
    chain = Tensor.concatenated(columns.compactMap { visited[$0] })
    let count = columns.count
    let noise = random.normal([count] + original.shape.dropFirst())
    jump = try schedule.addNoise(original.broadcast(to: noise.shape), noise: noise, timesteps: columns)
    let kept = original * Float(Double(schedule.alphasCumprod[timestep]).squareRoot())
    let fresh = random.normal(original.shape)
    addedNoise = (
      (visited[timestep] ?? x) - kept,
      try schedule.addNoise(original, noise: fresh, timesteps: [timestep]) - kept,
      fresh * (1 - schedule.alphasCumprod[timestep])
    )
  }

  func share(_ t: Int) -> Double { Double(schedule.alphasCumprod[t]) }

  func addFacts(to result: inout StageResult) {
    let signal = share(timestep)
    result.fact("beta_first", schedule.betas[0])
    result.fact("beta_last", schedule.betas[schedule.numTrainTimesteps - 1])
    result.fact("beta", schedule.betas[timestep])
    result.fact("signal_share", signal)
    result.fact("noise_share", 1 - signal)
    result.fact("signal_scale", signal.squareRoot())
    result.fact("noise_scale", (1 - signal).squareRoot())
    result.fact("snr", signal / (1 - signal))
    result.fact("first_noisy_timestep", schedule.alphasCumprod.firstIndex { $0 < 0.5 } ?? schedule.numTrainTimesteps)
    result.fact("last_signal_share", share(schedule.numTrainTimesteps - 1))
    result.fact("chain_noise_deviation", addedNoise.chain.standardDeviation())
    result.fact("jump_noise_deviation", addedNoise.jump.standardDeviation())
    result.fact("wrong_noise_deviation", addedNoise.wrong.standardDeviation())
  }

  /// What is left of the picture and what the noise weighs, column by column.
  var table: StageTable {
    StageTable(
      name: "by-timestep", title: "Predicted scales, and the spread of all 1,024 pixels as measured",
      columns: ["t", "√ᾱ_t", "√(1−ᾱ_t)", "ᾱ_t/(1−ᾱ_t)", "std chain", "std jump"].map { .init($0) },
      rows: columns.enumerated().map { n, t in
        [
          "\(t)", NumberText.fixed(share(t).squareRoot(), decimals: 4),
          NumberText.fixed((1 - share(t)).squareRoot(), decimals: 4),
          NumberText.short(share(t) / (1 - share(t)), significant: 3),
          NumberText.fixed(Double(chain[index: n].standardDeviation()), decimals: 3),
          NumberText.fixed(Double(jump[index: n].standardDeviation()), decimals: 3),
        ]
      })
  }
}
