import Glibc
import Tensors

/// Points in the plane drawn from equally likely round Gaussians, small enough to look at, with several modes to lose.
///
/// p(x) = 1/K · Σₖ N(x; μₖ, σ²I). All figures are mixtures, a curve being many Gaussians along it, because the best
/// denoiser of a mixture is known in closed form. Each coordinate has about unit variance.
public struct GaussianMixture2D: Sendable {
  public let name: String
  /// μₖ, shape [K, 2].
  public let means: Tensor
  /// σ, the same for every component and direction.
  public let standardDeviation: Float

  public init(name: String, means: Tensor, standardDeviation: Float) {
    precondition(means.rank == 2 && means.shape[1] == 2 && means.count > 0, "means of shape \(means.shape)")
    precondition(standardDeviation >= 0, "standard deviation \(standardDeviation)")
    self.name = name
    self.means = means
    self.standardDeviation = standardDeviation
  }

  /// Eight separate Gaussians on a circle.
  public static let eightGaussians = GaussianMixture2D(
    name: "8gaussians", means: curve(8) { angle in (1.4, 2 * .pi * angle) }, standardDeviation: 0.1)

  /// A circle; its Gaussians lie closer than their width and cannot be told apart.
  public static let ring = GaussianMixture2D(
    name: "ring", means: curve(96) { angle in (1.4, 2 * .pi * angle) }, standardDeviation: 0.1)

  /// A spiral of a good turn outwards from near the centre.
  public static let spiral = GaussianMixture2D(
    name: "spiral",
    means: curve(96) { along in
      // The length of a spiral grows as the square of its radius, so these are about equal steps along it.
      let turn = (0.04 + 0.96 * along).squareRoot()
      return (2 * turn, 3 * .pi * turn)
    }, standardDeviation: 0.06)

  public static let all = [eightGaussians, ring, spiral]

  /// K points at (radius, angle) of 0, 1/K, …
  private static func curve(_ count: Int, _ polar: (Double) -> (radius: Double, angle: Double)) -> Tensor {
    let points = (0..<count).flatMap { index -> [Float] in
      let (radius, angle) = polar(Double(index) / Double(count))
      return [Float(radius * cos(angle)), Float(radius * sin(angle))]
    }
    return Tensor(points, shape: [count, 2])
  }

  /// `count` independent points, and the component each is from.
  public func sample(_ count: Int, using random: inout RandomSource) -> PointSet {
    let modes = random.integers(below: means.shape[0], count: count)
    var points = random.normal([count, 2]) * standardDeviation
    points.withUnsafeMutableBufferPointer { points in
      means.withUnsafeBufferPointer { means in
        for (i, mode) in modes.enumerated() {
          points[2 * i] += means[2 * mode]
          points[2 * i + 1] += means[2 * mode + 1]
        }
      }
    }
    return PointSet(points: points, modes: modes)
  }
}

/// Points of a mixture.
public struct PointSet: Dataset {
  /// Shape [N, 2].
  public let points: Tensor
  /// The component of the mixture that each point is from.
  public let modes: [Int]

  public var count: Int { modes.count }

  public func batch(_ indices: [Int]) -> PointSet {
    precondition(indices.allSatisfy(modes.indices.contains), "indices \(indices) of \(count) points")
    let chosen = Tensor(unsafeUninitialized: [indices.count, 2]) { out in
      points.withUnsafeBufferPointer { points in
        for (n, index) in indices.enumerated() {
          out[2 * n] = points[2 * index]
          out[2 * n + 1] = points[2 * index + 1]
        }
      }
    }
    return PointSet(points: chosen, modes: indices.map { modes[$0] })
  }
}
