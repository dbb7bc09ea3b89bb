import Datasets
import Tensors

/// How samples spread over the modes of a mixture.
public struct ModeCount: Sendable, Equatable {
  /// Samples at each of the K modes: those that lie within three deviations of it and nearer to it than to any other.
  public let counts: [Int]
  /// All samples, strays included.
  public let total: Int

  /// A mode counts as covered from this fraction of its fair share on.
  public static let leastFraction = 0.1
  /// How many deviations from its mean a point may lie; 98.9 % of a Gaussian's do not lie farther.
  public static let reach: Float = 3

  /// - Parameter points: [N, 2].
  public init(_ points: Tensor, of mixture: GaussianMixture2D) {
    precondition(points.rank == 2 && points.shape[1] == 2, "points of shape \(points.shape)")
    var counts = [Int](repeating: 0, count: mixture.means.shape[0])
    let limit = Self.reach * mixture.standardDeviation
    points.withUnsafeBufferPointer { points in
      mixture.means.withUnsafeBufferPointer { means in
        for n in 0..<points.count / 2 {
          var (nearest, least) = (0, Float.infinity)
          for k in counts.indices {
            let (dx, dy) = (points[2 * n] - means[2 * k], points[2 * n + 1] - means[2 * k + 1])
            let square = dx * dx + dy * dy
            if square < least { (nearest, least) = (k, square) }
          }
          if least <= limit * limit { counts[nearest] += 1 }
        }
      }
    }
    self.counts = counts
    total = points.shape[0]
  }

  /// c = mean(n_k ≥ r Σ n / K): the share of the modes that get at least the fraction r of their fair share
  /// (after Srivastava et al. 2017, section 4.1).
  public static func coverage(_ counts: [Double], leastFraction r: Double) -> Double {
    let fair = counts.reduce(0, +) / Double(counts.count)
    return Double(counts.count { $0 >= r * fair }) / Double(counts.count)
  }

  /// The number of covered modes; none when all samples are strays.
  public var covered: Int {
    guard counts.contains(where: { $0 > 0 }) else { return 0 }
    let share = Self.coverage(counts.map(Double.init), leastFraction: Self.leastFraction)
    return Int((share * Double(counts.count)).rounded())
  }

  /// The share of samples that lie at no mode.
  public var strays: Double { 1 - Double(counts.reduce(0, +)) / Double(total) }

  /// ½ Σ |n_k / Σ n − 1/K|: the share of samples that would have to move for all modes to have equally many.
  public var imbalance: Double {
    let sum = Double(counts.reduce(0, +))
    guard sum > 0 else { return 1 }
    return counts.reduce(0) { $0 + abs(Double($1) / sum - 1 / Double(counts.count)) } / 2
  }
}
