import Diffusion
import TestSupport
import Tensors
import Testing

@Suite("Predictions and guidance")
struct PredictionTests {
  /// With x_t made from a known x₀ and ε, each prediction says the same in the others' terms.
  @Test(arguments: PredictionType.allCases, PredictionType.allCases)
  func conversions(_ from: PredictionType, _ to: PredictionType) throws {
    let schedule = try NoiseSchedule(.scaledLinear, betaStart: 0.00085, betaEnd: 0.012)
    var random = RandomSource(seed: 1)
    let (original, noise) = (random.normal([2, 3, 4, 5]), random.normal([2, 3, 4, 5]))
    for t in [10, 500, 999] {
      let sample = try schedule.addNoise(original, noise: noise, timesteps: [t])
      let velocity = try schedule.velocity(original, noise: noise, timesteps: [t])
      func exact(_ type: PredictionType) -> Tensor {
        switch type {
        case .epsilon: noise
        case .sample: original
        case .velocity: velocity
        }
      }
      let converted = try schedule.convert(exact(from), from: from, to: to, sample: sample, timestep: t)
      expectClose(converted, exact(to), .scaled(2e-5), "\(from) to \(to) at \(t)")
    }
  }

  @Test func scoreIsNoiseOverItsDeviation() throws {
    let schedule = try NoiseSchedule()
    let score = try schedule.score(epsilon: Tensor([1, -2]), timestep: 499)
    let deviation = (1 - schedule.alphasCumprod[499]).squareRoot()
    expectClose(score, Tensor([-1 / deviation, 2 / deviation]), .absolute(1e-6))
  }

  @Test(arguments: [(0, [1, -2]), (1, [4, 6]), (7.5, [23.5, 58]), (-1, [-2, -10])] as [(Float, [Float])])
  func guidance(_ scale: Float, _ expected: [Float]) throws {
    let result = guided(unconditional: Tensor([1, -2]), conditional: Tensor([4, 6]), guidanceScale: scale)
    expectClose(result, Tensor(expected), .absolute(1e-5))
    // The paper's form with w′ = w − 1.
    let paper = Tensor([4, 6]) * (1 + (scale - 1)) - Tensor([1, -2]) * (scale - 1)
    expectClose(result, paper, .absolute(1e-5))
    let denoiser = GuidedDenoiser(
      conditional: DenoiserFunction { x, t in x * t }, unconditional: DenoiserFunction { x, _ in x },
      guidanceScale: scale)
    expectClose(
      try denoiser.predict(Tensor([1, 3]), timestep: 5), Tensor([1 + scale * 4, 3 + scale * 12]), .absolute(1e-5))
  }
}
