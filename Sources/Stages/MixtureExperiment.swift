import Datasets
import Diffusion
import Drawing
import Foundation
import Tensors

/// Eight Gaussians on a circle, their exact denoiser, and runs of samplers with it.
struct MixtureExperiment {
  /// Points of the convergence experiment.
  static let count = 64

  let mixture: GaussianMixture
  let denoiser: GaussianMixtureDenoiser
  /// Distance of the Gaussians from the centre.
  let radius: Double
  let spread: Double
  /// N(0, 1), [64, 2].
  let noise: Tensor
  /// A sample of the data, [800, 2].
  let data: Tensor

  init(spread: Double, seed: UInt64) throws(UserError) {
    let circle = GaussianMixture2D(
      name: "eight", means: GaussianMixture2D.eightGaussians.means, standardDeviation: Float(spread))
    let means = (0..<circle.means.shape[0]).map { circle.means[index: $0].scalars.map(Double.init) }
    mixture = GaussianMixture(means.map { .init(weight: 1, mean: $0, standardDeviation: spread) })
    denoiser = GaussianMixtureDenoiser(mixture, schedule: try NoiseSchedule())
    radius = means[0].reduce(0) { $0 + $1 * $1 }.squareRoot()
    self.spread = spread
    var random = RandomSource(seed: seed)
    noise = random.normal([Self.count, 2])
    data = circle.sample(800, using: &random).points
  }

  /// p(mean of the data)/p(centre of one Gaussian).
  var centreDensityRatio: Double {
    exp(mixture.logDensity([0, 0]) - mixture.logDensity(mixture.components[0].mean))
  }

  /// End points of a run from all of the noise, [64, 2]; `onStep` sees its calls.
  func endPoints(
    _ kind: SamplerKind, steps: Int, onStep: (SamplingEvent) -> Void = { _ in }
  ) throws(UserError) -> Tensor {
    var settings = SamplerSettings(kind)
    settings.schedule = ScheduleSettings()
    settings.timestepSpacing = .trailing
    let sampler = try settings.makeSampler()
    let plan = try sampler.plan(numInferenceSteps: steps)
    do {
      return try sampler.run(
        denoiser, from: noise * plan.initNoiseSigma, plan: plan, noise: { Tensor.zeros($0) }, onStep: onStep)
    } catch {
      preconditionFailure("the exact denoiser threw \(error)")
    }
  }

  func meanRadius(steps: Int) throws(UserError) -> Double {
    let ends = try endPoints(.euler, steps: steps)
    return Double((ends * ends).sum(along: 1).squareRoot().mean)
  }

  /// Where one jump lands, in words: nearer to the mean of the data or to its Gaussians.
  var landing: String {
    get throws(UserError) {
      try meanRadius(steps: 1) < radius / 2 ? "at the mean of the data" : "at one of the Gaussians"
    }
  }

  /// Where a few points were at each step of Euler's method.
  struct Paths {
    let steps: Int
    /// In the scale of x_t, [steps + 1, points, 2].
    let points: Tensor
  }

  func paths(points count: Int, steps: Int) throws(UserError) -> Paths {
    var places: [Tensor] = []
    let ends = try endPoints(.euler, steps: steps) { event in
      places.append((event.sample / (event.sigma * event.sigma + 1).squareRoot()).sliced(0..<count))
    }
    return Paths(steps: steps, points: Tensor.stacked(places + [ends.sliced(0..<count)]))
  }

  // MARK: Convergence

  /// Mean distance of end points from those of the finest run, by sampler and number of steps.
  struct Errors {
    static let kinds: [SamplerKind] = [.euler, .heun, .dpmSolver]
    static let stepCounts = [1, 2, 5, 10, 20, 50, 100, 200]
    /// In the order of `kinds`, then of `stepCounts`.
    let values: [[Double]]

    func values(_ kind: SamplerKind) -> [Double] { Self.kinds.firstIndex(of: kind).map { values[$0] } ?? [] }

    func error(_ kind: SamplerKind, _ steps: Int) -> Double {
      Self.stepCounts.firstIndex(of: steps).map { values(kind)[$0] } ?? .nan
    }

    /// −d log error / d log n between 50 and 200 steps.
    func order(_ kind: SamplerKind) -> Double { log(error(kind, 50) / error(kind, 200)) / log(4) }

    var table: StageTable {
      StageTable(
        name: "convergence", title: "Mean distance from the exact end points",
        columns: [.init("steps")] + Self.kinds.map { .init($0.title) },
        rows: Self.stepCounts.enumerated().map { index, steps in
          ["\(steps)"] + values.map { NumberText.fixed($0[index], decimals: 4) }
        })
    }
  }

  func errors(progress: (Int, Int) -> Void) throws(UserError) -> Errors {
    // Heun's method in steps of one timestep: its own error is below that of every run measured here.
    let exact = try endPoints(.heun, steps: 1000)
    let total = Errors.kinds.count * Errors.stepCounts.count
    var values: [[Double]] = []
    for (row, kind) in Errors.kinds.enumerated() {
      var errors: [Double] = []
      for (index, steps) in Errors.stepCounts.enumerated() {
        let difference = try endPoints(kind, steps: steps) - exact
        errors.append(Double((difference * difference).sum(along: 1).squareRoot().mean))
        progress(row * Errors.stepCounts.count + index + 1, total)
      }
      values.append(errors)
    }
    return Errors(values: values)
  }
}
