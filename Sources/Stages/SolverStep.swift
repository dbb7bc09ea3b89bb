import Diffusion
import Drawing
import Tensors

/// One step of Euler's and of Heun's method over the direction field of an exact denoiser.
struct SolverStep: Stage {
  let name = "solver-step"
  let summary = "Takes one step of Euler's and of Heun's method across the field of an exact denoiser"

  let parameters: [StageParameter] = [
    .integer("num_inference_steps", 2...40, default: 7, help: "steps of the run that the step belongs to"),
    .integer("step", 0...39, default: 5, help: "which step of the run is drawn, counted from 0"),
    .number("spread", 0.05...0.5, default: 0.25, help: "standard deviation of each of the three Gaussians"),
  ]

  let facts = [
    FactDeclaration("sigma_from", "noise level σ_i before the step"),
    FactDeclaration("sigma_to", "noise level σ_{i+1} after it"),
    FactDeclaration("euler_error", "mean distance of Euler's steps from the exact ones"),
    FactDeclaration("heun_error", "the same for Heun's"),
    FactDeclaration("step_length", "mean length of the exact step"),
  ]

  let figures = [
    FigureDeclaration(
      "solver-step", "One step of Euler and of Heun over the direction field of the exact denoiser",
      formulas: ["sampler.euler_step", "sampler.heun"])
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let (count, step) = (context.integer("num_inference_steps"), context.integer("step"))
    guard step < count - 1 else {
      throw UserError(
        "step is \(step); of \(count) steps those from 0 to \(count - 2) can be drawn, since the last ends at σ = 0, "
          + "where Heun's method is Euler's")
    }
    let field = try SolverField(spread: context.number("spread"))
    let found = try field.step(step, of: count)
    var result = StageResult()
    result.fact("sigma_from", found.sigmaFrom)
    result.fact("sigma_to", found.sigmaTo)
    result.fact("euler_error", found.error(found.euler))
    result.fact("heun_error", found.error(found.heun))
    result.fact("step_length", found.error(found.start))
    for (name, points) in [
      ("start", found.start), ("euler", found.euler), ("heun", found.heun), ("exact", found.exact),
    ] {
      result.tensor(name, points)
    }
    let figure = SolverStepFigure(field: field, step: found)
    result.figure("solver-step") { () throws(UserError) in figure.figure }
    return result
  }
}

/// One step of two solvers from the same points; all in the scale of x₀, in which x = x₀ + σ ε.
struct SolverStepPoints {
  let sigmaFrom: Double
  let sigmaTo: Double
  /// The timesteps of both levels.
  let timesteps: (Float, Float)
  /// Where the step begins, [points, 2].
  let start: Tensor
  let euler: Tensor
  let heun: Tensor
  /// The exact path from the start to its end, [moments, points, 2].
  let path: Tensor
  var exact: Tensor { path[index: path.shape[0] - 1] }

  /// Mean distance from the exact ends.
  func error(_ ends: Tensor) -> Double {
    let difference = ends - exact
    return Double((difference * difference).sum(along: 1).squareRoot().mean)
  }
}

/// The direction field of an exact denoiser in the plane: three Gaussians, not alike in their places, so that ways bend.
struct SolverField {
  static let centres: [(x: Double, y: Double)] = [(-1.3, -0.4), (1.25, -0.8), (0.35, 1.35)]
  /// Points from which the ways bend.
  private static let starts: [Float] = [-0.1, -2.1, 2.2, 0.5, -1.4, 1.9, -0.9, 0.7, 1.7, 1.6]

  let spread: Double
  let denoiser: GaussianMixtureDenoiser
  private var schedule: NoiseSchedule { denoiser.schedule }

  init(spread: Double) throws(UserError) {
    self.spread = spread
    let components = Self.centres.map {
      GaussianMixture.Component(weight: 1, mean: [$0.x, $0.y], standardDeviation: spread)
    }
    denoiser = GaussianMixtureDenoiser(GaussianMixture(components), schedule: try NoiseSchedule())
  }

  /// Takes step `index` of a run of `count` by both solvers and, in steps of one timestep, as exactly as can be.
  func step(_ index: Int, of count: Int) throws(UserError) -> SolverStepPoints {
    let start = Tensor(Self.starts, shape: [Self.starts.count / 2, 2])
    let (euler, heun) = (try sampler(.euler), try sampler(.heun))
    let plan = try euler.plan(numInferenceSteps: count)
    let times = (plan.timesteps[index], plan.timesteps[index + 1])
    return SolverStepPoints(
      sigmaFrom: Double(plan.sigmas[index]), sigmaTo: Double(plan.sigmas[index + 1]), timesteps: times, start: start,
      euler: end(of: index, euler, plan, from: start),
      heun: end(of: index, heun, try heun.plan(numInferenceSteps: count), from: start),
      path: try path(from: start, times, heun))
  }

  /// Heun's method in steps of one timestep, whose own error cannot be seen here, [moments, points, 2].
  private func path(from start: Tensor, _ times: (Float, Float), _ heun: any Sampler) throws(UserError) -> Tensor {
    let plan = try heun.plan(numInferenceSteps: schedule.numTrainTimesteps)
    // The first call of step j is 2j, and its timestep T − 1 − j.
    let last = Float(schedule.numTrainTimesteps - 1)
    var path = [start]
    for step in Int(last - times.0)..<Int(last - times.1) {
      path.append(end(of: step, heun, plan, from: path[path.count - 1]))
    }
    return Tensor.stacked(path)
  }

  private func sampler(_ kind: SamplerKind) throws(UserError) -> any Sampler {
    var settings = SamplerSettings(kind)
    settings.timestepSpacing = .trailing
    return try settings.makeSampler()
  }

  /// Where a step of a plan ends.
  private func end(of step: Int, _ sampler: any Sampler, _ plan: SamplingPlan, from start: Tensor) -> Tensor {
    var (sample, memory) = (start, SamplerMemory())
    for call in (plan.order * step)..<(plan.order * (step + 1)) {
      let output = denoiser.predict(sampler.modelInput(sample, at: call, of: plan), timestep: plan.timesteps[call])
      let result = sampler.step(
        output, sample: sample, at: call, of: plan, memory: &memory, noise: { Tensor.zeros($0) })
      sample = result.previousSample
    }
    return sample
  }

  /// dx/dσ = ε̂ at points in the scale of x₀, [N, 2].
  func slope(_ points: Tensor, sigma: Double, timestep: Float) -> Tensor {
    denoiser.predict(points / Float((sigma * sigma + 1).squareRoot()), timestep: timestep)
  }
}
