import Diffusion
import Formulas
import Tensors
import Training

/// How samples are judged, and the exact mixture.
enum EvaluationBindings {
  static let all: [Binding] = [
    Binding("image.psnr", "ImageMetrics.peakSignalToNoiseRatios") { given in
      let (x, y) = (given.tensor("x").reshaped([1, 1, 1, -1]), given.tensor("y").reshaped([1, 1, 1, -1]))
      return Tensor(Float(ImageMetrics.peakSignalToNoiseRatios(x, y, range: given.number("R"))[0]))
    },
    Binding("metric.frechet", "frechetDistance") { given in
      let (a, b) = (features(given, "mu1", "C1"), features(given, "mu2", "C2"))
      return Tensor(Float(frechetDistance(FeatureStatistics(a), FeatureStatistics(b))))
    },
    Binding("metric.covariance", "FeatureStatistics.covariance") { given in
      let size = given.shape("x")[1]
      let covariance = FeatureStatistics(given.tensor("x")).covariance
      return Tensor(covariance.map { Float($0) }, shape: [size, size])
    },
    Binding("metric.mode_coverage", "ModeCount.coverage") { given in
      Tensor(Float(ModeCount.coverage(given.list("n"), leastFraction: given.number("r"))))
    },
    Binding("mixture.log_density", "GaussianMixture.logDensity") { given in
      let density = mixture(given).logDensity(
        given.list("x"), signal: given.number("a"), noise: given.number("s"))
      return Tensor(Float(density))
    },
    Binding("mixture.denoiser", "GaussianMixture.posteriorMean") { given in
      let mean = mixture(given).posteriorMean(
        given.list("x"), signal: given.number("a"), noise: given.number("s"))
      return Tensor(mean.map { Float($0) })
    },
  ]

  private static func mixture(_ given: Inputs) -> GaussianMixture {
    let (count, size) = (given.integer("K"), given.list("x").count)
    let (weights, means, variances) = (given.list("w"), given.list("m"), given.list("v"))
    return GaussianMixture(
      (0..<count).map { k in
        let row = k * size..<(k + 1) * size
        return .init(weight: weights[k], mean: Array(means[row]), variance: Array(variances[row]))
      })
  }

  /// 2 D points with a given mean and covariance: the mean plus and minus the columns of the covariance's triangular
  /// root, so far out that the sum of their products, divided by 2 D − 1, is the covariance.
  private static func features(_ given: Inputs, _ mean: String, _ covariance: String) -> Tensor {
    let mean = given.list(mean)
    let size = mean.count
    let root = triangularRoot(given.list(covariance), size)
    let reach = (Double(2 * size - 1) / 2).squareRoot()
    var points: [Float] = []
    for column in 0..<size {
      for sign in [reach, -reach] {
        points += (0..<size).map { Float(mean[$0] + sign * root[$0 * size + column]) }
      }
    }
    return Tensor(points, shape: [2 * size, size])
  }

  /// Cholesky's L with L Lᵀ = C.
  private static func triangularRoot(_ matrix: [Double], _ n: Int) -> [Double] {
    var root = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i {
        let rest = matrix[i * n + j] - (0..<j).reduce(0) { $0 + root[i * n + $1] * root[j * n + $1] }
        root[i * n + j] = i == j ? rest.squareRoot() : rest / root[j * n + j]
      }
    }
    return root
  }
}
