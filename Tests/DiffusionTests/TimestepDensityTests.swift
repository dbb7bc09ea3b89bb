import Diffusion
import Foundation
import Tensors
import Testing

@Suite("Timesteps of training")
struct TimestepDensityTests {
  /// u = 1 / (1 + e^−n) grows with n, so the quantiles of t are those of the normal distribution, sent through it.
  @Test(arguments: [(-0.8, 1.2), (0, 1), (1.5, 0.4)])
  func logitNormalHasTheQuantilesOfItsNormal(_ mean: Double, _ deviation: Double) {
    var random = RandomSource(seed: 3)
    let count = 40_000
    let drawn = TimestepDensity.logitNormal(mean: mean, deviation: deviation)
      .timesteps(below: 1000, count: count, &random)
    #expect(drawn.count == count && drawn.allSatisfy { (0..<1000).contains($0) })
    // Φ(−1), Φ(0), Φ(1) and Φ(2)
    for (z, share) in [(-1.0, 0.158655), (0, 0.5), (1, 0.841345), (2, 0.977250)] {
      let bound = 1000 / (1 + exp(-(mean + z * deviation)))
      // A step of t is up to 0.003 of a share wide here; four standard errors are at most 0.01.
      let below = drawn.count { Double($0) + 0.5 < bound }
      #expect(abs(Double(below) / Double(count) - share) < 0.013, "z = \(z)")
    }
  }

  /// A normal far out still gives a timestep of the schedule.
  @Test func theEndsAreTimesteps() {
    var random = RandomSource(seed: 1)
    #expect(
      TimestepDensity.logitNormal(mean: 60, deviation: 1).timesteps(below: 10, count: 3, &random) == [9, 9, 9])
    #expect(
      TimestepDensity.logitNormal(mean: -900, deviation: 1).timesteps(below: 10, count: 3, &random) == [0, 0, 0])
  }

  @Test func uniformIsRandint() {
    var (random, other) = (RandomSource(seed: 7), RandomSource(seed: 7))
    #expect(
      TimestepDensity.uniform.timesteps(below: 1000, count: 50, &random) == other.integers(below: 1000, count: 50))
  }
}
