import Datasets
import Tensors
import Testing

@Suite("Mixtures in the plane")
struct GaussianMixture2DTests {
  /// Squared distances to the own mean follow 2σ² on average, and every component is drawn about equally often.
  @Test(arguments: GaussianMixture2D.all.indices) func samplesFollowTheDensity(_ index: Int) {
    let mixture = GaussianMixture2D.all[index]
    var random = RandomSource(seed: 3)
    let n = 40_000
    let sample = mixture.sample(n, using: &random)
    #expect(sample.points.shape == [n, 2])
    let (points, means) = (sample.points.scalars.map(Double.init), mixture.means.scalars.map(Double.init))
    let components = mixture.means.shape[0]
    var squares = 0.0
    var counts = [Int](repeating: 0, count: components)
    var variance = 0.0
    for (i, mode) in sample.modes.enumerated() {
      let (dx, dy) = (points[2 * i] - means[2 * mode], points[2 * i + 1] - means[2 * mode + 1])
      squares += dx * dx + dy * dy
      counts[mode] += 1
      variance += (points[2 * i] * points[2 * i] + points[2 * i + 1] * points[2 * i + 1]) / 2
    }
    // The mean of n values of relative standard deviation 1 lies within 5/√n.
    let ratio = squares / Double(n) / (2 * Double(mixture.standardDeviation) * Double(mixture.standardDeviation))
    #expect(abs(ratio - 1) < 5 / Double(n).squareRoot())
    let expected = Double(n) / Double(components)
    #expect(counts.allSatisfy { abs(Double($0) - expected) < 5 * expected.squareRoot() })
    #expect((0.8...1.2).contains(variance / Double(n)), "variance \(variance / Double(n))")
  }

  @Test func curvesHaveNoGaps() {
    for mixture in [GaussianMixture2D.ring, .spiral] {
      let m = mixture.means.scalars
      for k in 1..<mixture.means.shape[0] {
        let (dx, dy) = (m[2 * k] - m[2 * k - 2], m[2 * k + 1] - m[2 * k - 1])
        #expect((dx * dx + dy * dy).squareRoot() < 2 * mixture.standardDeviation, "\(mixture.name) at \(k)")
      }
    }
  }

  @Test func batchesChooseRows() {
    var random = RandomSource(seed: 3)
    let set = GaussianMixture2D.eightGaussians.sample(10, using: &random)
    let batch = set.batch([7, 0, 7])
    #expect(batch.points.shape == [3, 2])
    #expect(batch.modes == [set.modes[7], set.modes[0], set.modes[7]])
    for column in 0..<2 {
      #expect(batch.points[0, column] == set.points[7, column])
      #expect(batch.points[1, column] == set.points[0, column])
    }
  }
}
