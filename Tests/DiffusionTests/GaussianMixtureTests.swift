import Diffusion
import Foundation
import TestSupport
import Tensors
import Testing

@Suite("The exact denoiser of a Gaussian mixture")
struct GaussianMixtureTests {
  static let mixture = GaussianMixture([
    .init(weight: 3, mean: [-2, 0.5], variance: [0.8, 1]),
    .init(weight: 1, mean: [2.5, -1.5], variance: [1.2, 0.6]),
  ])

  /// E[x₀ | x_t] against Bayes' rule integrated by the trapezoidal rule.
  @Test(arguments: [(0.9, 0.43589), (0.4, 0.91652), (0.05, 0.99875)], [-1.3, 0.2, 2.0])
  func posteriorMeanIsBayesRule(_ shares: (signal: Double, noise: Double), _ x: Double) {
    let mixture = GaussianMixture([
      .init(weight: 0.3, mean: [-1], variance: [0.09]), .init(weight: 0.7, mean: [2], variance: [0.25]),
    ])
    func density(_ x: Double, _ mean: Double, _ variance: Double) -> Double {
      exp(-(x - mean) * (x - mean) / (2 * variance)) / (2 * Double.pi * variance).squareRoot()
    }
    var (evidence, moment) = (0.0, 0.0)
    for i in 0..<20_000 {
      let original = -6 + 12 * Double(i) / 20_000
      let prior = 0.3 * density(original, -1, 0.09) + 0.7 * density(original, 2, 0.25)
      let joint = prior * density(x, shares.signal * original, shares.noise * shares.noise) * 12 / 20_000
      evidence += joint
      moment += joint * original
    }
    let mean = mixture.posteriorMean([x], signal: shares.signal, noise: shares.noise)[0]
    #expect(abs(mean - moment / evidence) < 1e-9)
    #expect(abs(mixture.logDensity([x], signal: shares.signal, noise: shares.noise) - log(evidence)) < 1e-9)
    #expect(abs(mixture.responsibilities([x], signal: 1, noise: 0.1).reduce(0, +) - 1) < 1e-12)
  }

  /// The three predictions of one point agree, and the score is the slope of log p_t.
  @Test(arguments: [Float(3), 250, 613.25, 999])
  func predictionsAgree(_ t: Float) throws {
    let schedule = try NoiseSchedule(.scaledLinear, betaStart: 0.00085, betaEnd: 0.012)
    let x = Tensor([0.3, -1.2, 2, 0.7, -0.4, 0.1], shape: [3, 2])
    func predict(_ type: PredictionType) -> Tensor {
      GaussianMixtureDenoiser(Self.mixture, schedule: schedule, predictionType: type).predict(x, timestep: t)
    }
    let denoiser = GaussianMixtureDenoiser(Self.mixture, schedule: schedule)
    let (signal, noise) = denoiser.shares(timestep: t)
    for type in PredictionType.allCases {
      let original = type.convert(
        predict(type), to: .sample, sample: x, signal: Float(signal), noise: Float(noise))
      expectClose(original, predict(.sample), .absolute(1e-4), "\(type)")
    }
    let (point, h) = ([0.3, -1.2], 1e-5)
    for d in 0..<2 {
      var (up, down) = (point, point)
      up[d] += h
      down[d] -= h
      let slope =
        (Self.mixture.logDensity(up, signal: signal, noise: noise)
          - Self.mixture.logDensity(down, signal: signal, noise: noise)) / (2 * h)
      #expect(abs(Double(predict(.epsilon)[0, d]) + noise * slope) < 1e-4)
    }
  }

  /// dx̃/d ln σ = x̃ − E[x₀ | x̃], integrated from σ to σ′ with many steps of the classical Runge–Kutta method in Double.
  private func exactFlow(_ start: [Double], from sigma: Double, to end: Double) -> [Double] {
    func slope(_ x: [Double], _ logarithm: Double) -> [Double] {
      let sigma = exp(logarithm)
      let mean = Self.mixture.posteriorMean(x, signal: 1, noise: sigma)
      return zip(x, mean).map { $0 - $1 }
    }
    func moved(_ x: [Double], _ h: Double, _ k: [Double]) -> [Double] { zip(x, k).map { $0 + h * $1 } }
    let count = 4000
    let h = (log(end) - log(sigma)) / Double(count)
    var x = start
    for i in 0..<count {
      let at = log(sigma) + Double(i) * h
      let k1 = slope(x, at)
      let k2 = slope(moved(x, h / 2, k1), at + h / 2)
      let k3 = slope(moved(x, h / 2, k2), at + h / 2)
      let k4 = slope(moved(x, h, k3), at + h)
      for d in x.indices { x[d] += h / 6 * (k1[d] + 2 * k2[d] + 2 * k3[d] + k4[d]) }
    }
    return x
  }

  /// The error at σ₀, where every sampler's timesteps end, of runs from the same point with different numbers of steps.
  private func errors(_ settings: SamplerSettings, intervals: [Int]) throws -> [Double] {
    let sampler = try settings.makeSampler()
    let denoiser = GaussianMixtureDenoiser(Self.mixture, schedule: sampler.schedule)
    let points: [[Double]] = [[0.4, -0.9], [-0.7, 0.2], [1.1, 1.3]]
    let (top, bottom) = (Double(sampler.schedule.sigmas[999]), Double(sampler.schedule.sigmas[0]))
    let expected = points.map { exactFlow($0.map { $0 * top }, from: top, to: bottom) }.flatMap { $0 }
    let isSolver = settings.kind == .dpmSolver
    // x_T = x̃/√(σ² + 1) for the solver in x_t.
    let scale = isSolver ? top / (top * top + 1).squareRoot() : top
    let first = Tensor(points.flatMap { $0 }.map { Float($0 * scale) }, shape: [3, 2])
    return try intervals.map { intervals in
      let plan = try sampler.plan(numInferenceSteps: isSolver ? intervals : intervals + 1)
      var last = first
      let result = try sampler.run(denoiser, from: first, plan: plan, noise: { Tensor.zeros($0) }) {
        last = $0.sample
      }
      let end = isSolver ? result * Float((bottom * bottom + 1).squareRoot()) : last
      return zip(end.scalars, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
    }
  }

  /// How the error falls with the number of steps: error ∝ n^−p.
  @Test(arguments: [
    (SamplerKind.euler, 1, 0.9...1.1), (.dpmSolver, 1, 0.9...1.1), (.heun, 2, 1.7...2.3), (.dpmSolver, 2, 1.7...2.3),
  ])
  func orderOfConvergence(_ kind: SamplerKind, _ order: Int, _ expected: ClosedRange<Double>) throws {
    var settings = SamplerSettings(kind)
    settings.schedule = ScheduleSettings(betaSchedule: .scaledLinear, betaStart: 0.00085, betaEnd: 0.012)
    if kind == .dpmSolver {
      settings.solverOrder = order
      settings.finalSigmasType = .sigmaMin
      settings.lowerOrderFinal = false
    }
    let errors = try errors(settings, intervals: [333, 999])
    let measured = log(errors[0] / errors[1]) / log(3)
    #expect(expected.contains(measured), "\(kind) of order \(order): \(measured) from the errors \(errors)")
  }

  /// Samplers that add noise draw from the mixture itself: weights, means and deviations within 5 standard errors, and
  /// a share for the finite number of steps.
  @Test(arguments: [SamplerKind.ddpm, .ddim, .eulerAncestral])
  func stochasticSamplersDrawFromTheMixture(_ kind: SamplerKind) throws {
    let mixture = GaussianMixture([
      .init(weight: 0.3, mean: [-1], standardDeviation: 0.2), .init(weight: 0.7, mean: [1], standardDeviation: 0.3),
    ])
    var settings = SamplerSettings(kind)
    settings.clipSample = false
    if kind == .ddim { settings.eta = 1 }
    let sampler = try settings.makeSampler()
    let plan = try sampler.plan(numInferenceSteps: 200)
    let denoiser = GaussianMixtureDenoiser(mixture, schedule: sampler.schedule)
    var random = RandomSource(seed: 17)
    let first = random.normal([4000, 1]) * plan.initNoiseSigma
    let result = try sampler.run(denoiser, from: first, plan: plan, noise: { random.normal($0) }).scalars
    let left = result.filter { $0 < -0.2 }.map { Double($0) }
    let right = result.filter { $0 >= -0.2 }.map { Double($0) }
    let share = Double(left.count) / 4000
    #expect(share > 0.3 - 0.0363 && share < 0.3 + 0.0363, "share \(share)")
    try checkMoments(left, mean: -1, deviation: 0.2)
    try checkMoments(right, mean: 1, deviation: 0.3)
  }

  private func checkMoments(_ values: [Double], mean: Double, deviation: Double) throws {
    try #require(!values.isEmpty)
    let count = Double(values.count)
    let average = values.reduce(0, +) / count
    let squares = values.map { ($0 - average) * ($0 - average) }.reduce(0, +)
    let spread = (squares / count).squareRoot()
    let allowed: Double = 5 * deviation / count.squareRoot() + 0.01
    let (meanError, spreadError) = (abs(average - mean), abs(spread - deviation))
    #expect(meanError < allowed, "mean \(average)")
    #expect(spreadError < allowed, "deviation \(spread)")
  }
}
