import Diffusion
import Drawing
import Tensors

/// What one step back is made of: so much of the guess x̂₀, so much of x_t, so much fresh noise.
struct PosteriorWeights: Stage {
  let name = "posterior-weights"
  let summary = "Weighs what a step back takes from the guess, from x_t and from fresh noise"

  let parameters: [StageParameter] = [
    .integer("timestep", 1...999, default: 100, help: "the timestep t at which the weights are told"),
    .choice(
      "beta_schedule", BetaSchedule.allCases.map(\.rawValue), default: BetaSchedule.linear.rawValue,
      help: "the noise schedule, named as in diffusers"),
  ]

  let facts = [
    FactDeclaration("original_weight", "weight of x̂₀ in the mean of the step back from t, √ᾱ_{t−1} β_t/(1 − ᾱ_t)"),
    FactDeclaration("sample_weight", "weight of x_t in it, √α_t (1 − ᾱ_{t−1})/(1 − ᾱ_t)"),
    FactDeclaration("beta", "β_t, the variance that the step forwards added"),
    FactDeclaration("variance", "β̃_t, the variance of the step back when x₀ is known"),
    FactDeclaration("crossing", "first t at which x_t weighs more than x̂₀"),
    FactDeclaration("alike_from", "first t from which β̃_t is at least 0.99 β_t"),
  ]

  let figures = [
    FigureDeclaration(
      "posterior-weights", "Weights of x̂₀ and x_t in the step back, and its variance, against t",
      formulas: ["posterior.mean", "posterior.variance"])
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    var settings = ScheduleSettings()
    settings.betaSchedule = BetaSchedule(rawValue: context.text("beta_schedule")) ?? .linear
    let schedule = try NoiseSchedule(settings)
    let steps = (0..<schedule.numTrainTimesteps).map { schedule.posterior(timestep: $0, previous: $0 - 1) }
    let told = steps[context.integer("timestep")]
    var result = StageResult()
    result.fact("original_weight", told.originalCoefficient)
    result.fact("sample_weight", told.sampleCoefficient)
    result.fact("beta", told.beta)
    result.fact("variance", told.variance)
    let crossing = steps.firstIndex { $0.sampleCoefficient > $0.originalCoefficient } ?? steps.count
    result.fact("crossing", crossing)
    result.fact("alike_from", steps.firstIndex { $0.variance >= 0.99 * $0.beta } ?? steps.count)
    result.tensor(
      "weights", Tensor(steps.flatMap { [$0.originalCoefficient, $0.sampleCoefficient] }, shape: [steps.count, 2]))
    result.tensor("variances", Tensor(steps.flatMap { [$0.beta, $0.variance] }, shape: [steps.count, 2]))
    let figure = PosteriorWeightsFigure(steps: steps, timestep: context.integer("timestep"), crossing: crossing)
    result.figure("posterior-weights") { () throws(UserError) in figure.figure }
    return result
  }
}

/// Two charts over a logarithmic t: all that changes, changes in the last steps back.
struct PosteriorWeightsFigure {
  let steps: [Posterior]
  let timestep: Int
  let crossing: Int

  var figure: Figure {
    Figure(
      name: "posterior-weights", title: "Only the last steps back follow the guess; before, x_t counts almost alone",
      caption: """
        Left: the two weights in the mean of the step from x_t to x_{t−1}, when it is known or guessed what x₀ is. At t = \
        0 the guess is all; from t = \(crossing) on x_t weighs more, and far from the end a step changes little. Right: \
        the variance of the fresh noise, β̃_t, which is 0 at t = 0, beside β_t, which the step forwards added. They differ \
        in the last steps back only. Logarithmic axes, so that t = 0 itself lies to the left of both.
        """,
      alternativeText: """
        Two charts over the timestep on a logarithmic axis. In the left one the weight of the guess falls from about one \
        half at t = 1 to below one hundredth, while that of x_t rises to nearly one. In the right one two rising curves \
        start apart and meet after a few dozen timesteps.
        """,
      provenance: Provenance(command: ""), content: Panels(rows: [[weights, variances]]))
  }

  private var times: [Double] { (1..<steps.count).map(Double.init) }
  private func values(_ value: (Posterior) -> Float) -> [Double] { steps.dropFirst().map { Double(value($0)) } }
  private var t: Axis { Axis("timestep t", scale: .log, range: 1...1000, ticks: [1, 10, 100, 1000]) }

  private var weights: Chart {
    Chart(
      x: t, y: Axis("weight in the mean of x_{t−1}", range: 0...1),
      layers: [
        Line("of x_t", x: times, y: values(\.sampleCoefficient), color: .palette(0), labelPlacement: .inside),
        Line(
          "of the guess x̂_0", x: times, y: values(\.originalCoefficient), color: .palette(1), labelPlacement: .inside),
        ReferenceLine(x: Double(timestep), label: "t = \(timestep)"),
      ])
  }

  private var variances: Chart {
    Chart(
      x: t, y: Axis("variance added by one step", scale: .log),
      layers: [
        Line("β_t, forwards", x: times, y: values(\.beta), color: .palette(2), labelPlacement: .inside),
        Line("β̃_t, back", x: times, y: values(\.variance), color: .palette(3), labelPlacement: .inside),
      ])
  }
}
