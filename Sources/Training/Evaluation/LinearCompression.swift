import Tensors

/// From three numbers a pixel to one.
public enum Luma {
  /// How much red, green and blue count for the eye (ITU-R BT.601, section 2.5.1).
  public static let weights: [Float] = [0.299, 0.587, 0.114]

  /// Y = 0.299 R + 0.587 G + 0.114 B of pictures [N, 3, H, W]: [N, 1, H, W].
  public static func grey(_ pictures: Tensor) -> Tensor {
    precondition(pictures.rank == 4 && pictures.shape[1] == 3, "the luma of \(pictures.shape)")
    return (pictures * Tensor(weights, shape: [1, 3, 1, 1])).sum(along: 1, keepingDimension: true)
  }
}

/// The best linear compression of vectors: their coordinates along the directions in which they vary most.
///
/// Source: Bishop 2006, Pattern Recognition and Machine Learning, section 12.1.
public struct PrincipalComponents: Sendable {
  /// μ, [1, D].
  public let mean: Tensor
  /// W, one direction of length 1 a row, by falling variance, [K, D].
  public let directions: Tensor
  /// The variance along each direction, falling; empty when it is not known.
  public let variances: [Double]

  /// Known directions, [K, D] rows of length 1, and a mean of D elements.
  public init(mean: Tensor, directions: Tensor) {
    precondition(directions.rank == 2 && mean.count == directions.shape[1], "\(mean.shape), \(directions.shape)")
    self.mean = mean.reshaped([1, mean.count])
    self.directions = directions
    variances = []
  }

  /// All D directions of N ≥ 2 vectors [N, D]: the eigenvectors of their covariance.
  public init(fitting vectors: Tensor) {
    let statistics = FeatureStatistics(vectors)
    let width = statistics.mean.count
    let eigen = symmetricEigen(statistics.covariance, width)
    mean = Tensor(statistics.mean.map(Float.init), shape: [1, width])
    // Eigenvalues rise; the largest variance comes first here.
    variances = eigen.values.reversed().map { max($0, 0) }
    let rows = (0..<width).reversed().flatMap { row in
      eigen.vectors[(row * width)..<((row + 1) * width)].map(Float.init)
    }
    directions = Tensor(rows, shape: [width, width])
  }

  /// (x − μ) Wᵀ along the first `count` directions: [N, D] → [N, count].
  public func encode(_ vectors: Tensor, count: Int) -> Tensor {
    (vectors - mean).matmul(directions.sliced(0..<count), transposeB: true)
  }

  /// μ + c W: coordinates [N, count] along the first directions → vectors [N, D].
  public func decode(_ coordinates: Tensor) -> Tensor {
    coordinates.matmul(directions.sliced(0..<coordinates.shape[1])) + mean
  }

  /// The share of the variance along the first `count` directions.
  public func share(_ count: Int) -> Double {
    let total = variances.reduce(0, +)
    return total > 0 ? variances.prefix(count).reduce(0, +) / total : 1
  }
}
