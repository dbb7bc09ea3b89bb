import Diffusion
import Drawing
import Tensors

/// The schedules in use, side by side: how fast each destroys the signal.
struct NoiseSchedules: Stage {
  let name = "noise-schedules"
  let summary = "Compares the noise schedules: linear, scaled linear, cosine"

  let parameters: [StageParameter] = [
    .integer("timestep", 0...999, default: 500, help: "the timestep t at which the schedules are compared")
  ]

  let facts = [
    FactDeclaration("linear_share", "ᾱ_t of the linear schedule, β 0.0001…0.02 (Ho et al. 2020)"),
    FactDeclaration("scaled_linear_share", "ᾱ_t of the scaled linear schedule, β 0.00085…0.012 (Stable Diffusion)"),
    FactDeclaration("cosine_share", "ᾱ_t of the cosine schedule (Nichol & Dhariwal 2021)"),
    FactDeclaration("linear_half", "first t at which the linear schedule has less signal than noise"),
    FactDeclaration("scaled_linear_half", "the same for the scaled linear schedule"),
    FactDeclaration("cosine_half", "the same for the cosine schedule"),
    FactDeclaration("linear_end", "ᾱ₉₉₉ of the linear schedule"),
    FactDeclaration("scaled_linear_end", "ᾱ₉₉₉ of the scaled linear schedule: what Stable Diffusion leaves"),
    FactDeclaration("cosine_end", "ᾱ₉₉₉ of the cosine schedule"),
  ]

  let figures = [
    FigureDeclaration(
      "noise-schedules", "Signal share and signal-to-noise ratio over t for three schedules",
      formulas: ["schedule.alphas_cumprod", "schedule.snr"])
  ]

  /// The three schedules with the β range each is used with.
  private static func schedules() throws(UserError) -> [(name: String, schedule: NoiseSchedule)] {
    return [
      ("linear", try NoiseSchedule()), ("scaled linear", try NoiseSchedule(.stableDiffusion)),
      ("cosine", try NoiseSchedule(ScheduleSettings(betaSchedule: .squaredcosCapV2))),
    ]
  }

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let schedules = try Self.schedules()
    let t = context.integer("timestep")
    var result = StageResult()
    for ((_, schedule), prefix) in zip(schedules, ["linear", "scaled_linear", "cosine"]) {
      let shares = schedule.alphasCumprod
      result.fact("\(prefix)_share", shares[t])
      result.fact("\(prefix)_half", shares.firstIndex { $0 < 0.5 } ?? shares.count)
      result.fact("\(prefix)_end", shares[shares.count - 1])
      result.tensor("alphas_cumprod.\(prefix)", Tensor(shares))
    }
    result.figure("noise-schedules") { () throws(UserError) in Self.figure(schedules, t) }
    return result
  }

  private static func figure(_ schedules: [(name: String, schedule: NoiseSchedule)], _ timestep: Int) -> Figure {
    let t = (0..<1000).map(Double.init)
    let shares = schedules.map { $0.schedule.alphasCumprod.map(Double.init) }
    let mark = ReferenceLine(x: Double(timestep), label: "t = \(timestep)")
    func lines(_ value: (Double) -> Double) -> [any ChartLayer] {
      zip(schedules, shares).map { Line(RichText(verbatim: $0.name), x: t, y: $1.map(value)) }
    }
    return Figure(
      name: "noise-schedules", title: "The cosine schedule keeps the picture visible for longer",
      caption: """
        Left: ᾱ_t, the share of the variance that is signal. Right: the signal-to-noise ratio ᾱ_t/(1 − ᾱ_t) on a logarithmic \
        axis; at 1 signal and noise weigh the same. Linear: β 0.0001…0.02; scaled linear: β 0.00085…0.012.
        """,
      alternativeText: """
        Two charts over the timestep from 0 to 999. In the left one three curves fall from one to zero, the linear schedule \
        first, the cosine schedule last. The right one shows the same as ratios from ten thousand down to below one in a \
        thousand.
        """,
      provenance: Provenance(command: ""),
      content: Panels(
        rows: [
          [
            Chart(
              x: Axis("timestep t", range: 0...999), y: Axis("ᾱ_t, signal's share of the variance", range: 0...1),
              layers: lines { $0 } + [mark]),
            Chart(
              x: Axis("timestep t", range: 0...999),
              y: Axis("signal-to-noise ratio", scale: .log, range: 1e-9...1e5),
              layers: lines { $0 / (1 - $0) } + [ReferenceLine(y: 1, label: "equal shares")]),
          ]
        ]))
  }
}
