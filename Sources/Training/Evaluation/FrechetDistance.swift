import COpenBLAS
import Tensors

/// Mean and covariance of a set of feature vectors, in Double.
public struct FeatureStatistics: Sendable {
  public let mean: [Double]
  /// Row-major D × D, denominator n − 1.
  public let covariance: [Double]

  /// From features [N, D], N ≥ 2.
  public init(_ features: Tensor) {
    let (n, width) = (features.shape[0], features.shape[1])
    precondition(n >= 2, "statistics of \(n) feature vectors")
    var mean = [Double](repeating: 0, count: width)
    var covariance = [Double](repeating: 0, count: width * width)
    features.withUnsafeBufferPointer { x in
      for row in 0..<n { for j in 0..<width { mean[j] += Double(x[row * width + j]) } }
      for j in 0..<width { mean[j] /= Double(n) }
      var centered = [Double](repeating: 0, count: width)
      for row in 0..<n {
        for j in 0..<width { centered[j] = Double(x[row * width + j]) - mean[j] }
        for i in 0..<width {
          for j in i..<width { covariance[i * width + j] += centered[i] * centered[j] }
        }
      }
    }
    for i in 0..<width {
      for j in i..<width {
        covariance[i * width + j] /= Double(n - 1)
        covariance[j * width + i] = covariance[i * width + j]
      }
    }
    self.mean = mean
    self.covariance = covariance
  }
}

/// The squared Fréchet distance between two normal distributions (Dowson & Landau 1982; Heusel et al. 2017, eq. 6).
///
/// ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁ Σ₂)^½), where tr (Σ₁ Σ₂)^½ is the sum of the square roots of the eigenvalues of
/// Σ₁^½ Σ₂ Σ₁^½.
public func frechetDistance(_ a: FeatureStatistics, _ b: FeatureStatistics) -> Double {
  let n = a.mean.count
  precondition(b.mean.count == n, "features of \(n) and \(b.mean.count) dimensions")
  let means = zip(a.mean, b.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  let traces = (0..<n).reduce(0) { $0 + a.covariance[$1 * n + $1] + b.covariance[$1 * n + $1] }
  let root = squareRoot(a.covariance, n)
  let inner = product(product(root, b.covariance, n), root, n)
  let mixed = symmetricEigen(inner, n).values.reduce(0) { $0 + max($1, 0).squareRoot() }
  return means + traces - 2 * mixed
}

/// The symmetric square root of a positive semidefinite matrix.
private func squareRoot(_ matrix: [Double], _ n: Int) -> [Double] {
  let (values, vectors) = symmetricEigen(matrix, n)
  // Row k of `vectors` is an eigenvector; √M = Σₖ √λₖ vₖ vₖᵀ.
  var scaled = vectors
  for k in 0..<n {
    let factor = max(values[k], 0).squareRoot()
    for j in 0..<n { scaled[k * n + j] *= factor }
  }
  var result = [Double](repeating: 0, count: n * n)
  cblas_dgemm(
    CblasRowMajor, CblasTrans, CblasNoTrans, blasint(n), blasint(n), blasint(n), 1, scaled, blasint(n), vectors,
    blasint(n), 0, &result, blasint(n))
  return result
}

private func product(_ a: [Double], _ b: [Double], _ n: Int) -> [Double] {
  var result = [Double](repeating: 0, count: n * n)
  cblas_dgemm(
    CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(n), blasint(n), blasint(n), 1, a, blasint(n), b, blasint(n), 0,
    &result, blasint(n))
  return result
}

/// Eigenvalues, rising, and eigenvectors as rows, by LAPACK's dsyev.
func symmetricEigen(_ matrix: [Double], _ n: Int) -> (values: [Double], vectors: [Double]) {
  var vectors = matrix
  var values = [Double](repeating: 0, count: n)
  var work = [Double](repeating: 0, count: max(1, 34 * n))
  var (size, workSize, info) = (blasint(n), blasint(work.count), blasint(0))
  dsyev_("V", "U", &size, &vectors, &size, &values, &work, &workSize, &info)
  precondition(info == 0, "dsyev failed with \(info)")
  return (values, vectors)
}
