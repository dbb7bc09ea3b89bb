import Diffusion
import Drawing
import Foundation
import Tensors

/// Classifier-free guidance in the plane, with exact denoisers in place of networks.
struct GuidanceGeometry: Stage {
  let name = "guidance-geometry"
  let summary = "Guides exact denoisers of three Gaussians in the plane"

  let parameters: [StageParameter] = [
    .numbers(
      "guidance_scales", 0...20, count: 1...3, default: [1, 3, 7.5], help: "the scales w with which samples are drawn"),
    .integer("timestep", 1...999, default: 200, help: "the timestep t at which the predictions are drawn"),
    .integer("num_inference_steps", 2...200, default: 50, help: "steps of a run"),
    .integer("samples", 20...2000, default: 400, help: "samples for each scale"),
  ]

  let facts = [
    FactDeclaration("conditional_spread", "standard deviation of the wanted class"),
    FactDeclaration("spreads", "standard deviation of the samples, for each guidance scale"),
    FactDeclaration("shifts", "distance of the samples' mean from that of the class, for each guidance scale"),
    FactDeclaration("densities", "mean density of the class at the samples over that at its own, for each scale"),
    FactDeclaration("epsilon_angle", "angle between ε̂ with and without the condition, in degrees"),
  ]

  let figures = [
    FigureDeclaration(
      "guidance-geometry", "Predicted noise with and without a condition, and where guided samples land",
      formulas: ["guidance.cfg"])
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let experiment = try GuidedPlane(seed: context.seed)
    let scales = context.numbers("guidance_scales")
    var runs: [GuidedPlane.Samples] = []
    for scale in scales {
      context.report(runs.count, of: scales.count, "guidance scales")
      runs.append(
        try experiment.samples(scale, count: context.integer("samples"), steps: context.integer("num_inference_steps")))
    }
    let arrows = experiment.predictions(timestep: context.integer("timestep"))
    var result = StageResult()
    result.fact("conditional_spread", experiment.spread)
    result.fact("spreads", runs.map(\.spread))
    result.fact("shifts", runs.map { experiment.distance($0.mean, experiment.centres[0]) })
    result.fact("densities", runs.map(experiment.relativeDensity))
    result.fact("epsilon_angle", arrows.angle)
    result.table(
      StageTable(
        name: "guided-samples", title: "Samples by guidance scale",
        columns: [.init("w"), .init("spread"), .init("shift of the mean"), .init("density of the class")],
        rows: runs.map { run in
          [
            NumberText.short(run.scale), NumberText.fixed(run.spread, decimals: 3),
            NumberText.fixed(experiment.distance(run.mean, experiment.centres[0]), decimals: 3),
            NumberText.fixed(experiment.relativeDensity(run), decimals: 3),
          ]
        }))
    for run in runs { result.tensor("samples.\(NumberText.short(run.scale))", run.points) }
    result.tensor("epsilon", Tensor.stacked([arrows.unconditional, arrows.conditional]))
    let figure = GuidanceFigure(experiment: experiment, arrows: arrows, runs: runs)
    let provenance = Provenance(command: "", seed: context.seed)
    result.figure("guidance-geometry") { () throws(UserError) in figure.figure(provenance) }
    return result
  }
}

/// Three classes, each a round Gaussian, and the exact denoisers of all of them and of the first.
struct GuidedPlane {
  let centres: [(x: Double, y: Double)]
  let spread = 0.5
  let all: GaussianMixtureDenoiser
  let wanted: GaussianMixtureDenoiser
  let seed: UInt64

  init(seed: UInt64) throws(UserError) {
    // The wanted class at the top, near enough to the others to overlap.
    centres = (0..<3).map { k in
      let angle = .pi / 2 + 2 * .pi * Double(k) / 3
      return (x: 0.9 * cos(angle), y: 0.9 * sin(angle))
    }
    let spread = spread
    let components = centres.map {
      GaussianMixture.Component(weight: 1, mean: [$0.x, $0.y], standardDeviation: spread)
    }
    let schedule = try NoiseSchedule()
    all = GaussianMixtureDenoiser(GaussianMixture(components), schedule: schedule)
    wanted = GaussianMixtureDenoiser(GaussianMixture([components[0]]), schedule: schedule)
    self.seed = seed
  }

  func distance(_ a: (x: Double, y: Double), _ b: (x: Double, y: Double)) -> Double {
    ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
  }

  // MARK: Samples

  struct Samples {
    let scale: Double
    /// [N, 2].
    let points: Tensor

    var x: [Double] { (0..<points.shape[0]).map { Double(points[$0, 0]) } }
    var y: [Double] { (0..<points.shape[0]).map { Double(points[$0, 1]) } }
    var mean: (x: Double, y: Double) { (Samples.mean(x), Samples.mean(y)) }

    /// Root of the mean variance of the two coordinates.
    var spread: Double {
      let (mx, my) = mean
      return ((Samples.mean(x.map { ($0 - mx) * ($0 - mx) }) + Samples.mean(y.map { ($0 - my) * ($0 - my) })) / 2)
        .squareRoot()
    }

    static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
  }

  /// Where runs of DDIM end that are guided at every step; the same noise for every scale.
  func samples(_ scale: Double, count: Int, steps: Int) throws(UserError) -> Samples {
    var settings = SamplerSettings(.ddim)
    settings.timestepSpacing = .trailing
    settings.clipSample = false
    let sampler = try settings.makeSampler()
    var random = RandomSource(seed: seed)
    let denoiser = GuidedDenoiser(conditional: wanted, unconditional: all, guidanceScale: Float(scale))
    let plan = try sampler.plan(numInferenceSteps: steps)
    do {
      let ends = try sampler.run(denoiser, from: random.normal([count, 2]), plan: plan, noise: { Tensor.zeros($0) })
      return Samples(scale: scale, points: ends)
    } catch {
      preconditionFailure("an exact denoiser threw \(error)")
    }
  }

  /// exp of the mean log density of the class at the samples, over the same for draws from the class itself: entropy of
  /// a Gaussian in the plane, −1 − log 2πs².
  func relativeDensity(_ samples: Samples) -> Double {
    let logs = zip(samples.x, samples.y).map { wanted.mixture.logDensity([$0, $1]) }
    return exp(Samples.mean(logs) + 1 + log(2 * .pi * spread * spread))
  }

  // MARK: Predictions at one point

  struct Predictions {
    let point: (x: Double, y: Double)
    let timestep: Int
    /// √ᾱ_t.
    let signal: Double
    /// ε̂ at the point, [2].
    let unconditional: Tensor
    let conditional: Tensor

    func guided(_ scale: Double) -> (x: Double, y: Double) {
      let both = Diffusion.guided(
        unconditional: unconditional, conditional: conditional, guidanceScale: Float(scale))
      return (Double(both[0]), Double(both[1]))
    }

    /// Between the two predictions, in degrees.
    var angle: Double {
      let (u, c) = (guided(0), guided(1))
      let cosine = (u.x * c.x + u.y * c.y) / ((u.x * u.x + u.y * u.y) * (c.x * c.x + c.y * c.y)).squareRoot()
      return acos(min(max(cosine, -1), 1)) * 180 / .pi
    }
  }

  /// What both denoisers say of one noisy point right of all classes.
  func predictions(timestep: Int) -> Predictions {
    let signal = wanted.shares(timestep: Float(timestep)).signal
    let point = (x: 1.3, y: -0.2)
    let x = Tensor([Float(point.x), Float(point.y)], shape: [1, 2])
    return Predictions(
      point: point, timestep: timestep, signal: signal,
      unconditional: all.predict(x, timestep: Float(timestep))[index: 0],
      conditional: wanted.predict(x, timestep: Float(timestep))[index: 0])
  }
}
