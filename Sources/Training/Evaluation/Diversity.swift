import Tensors

/// Diversity: the mean distance ‖aᵢ − aⱼ‖ of two different rows of features [N, D].
///
/// - Parameter rows: which rows count, at least two; all when nil.
public func meanPairwiseDistance(_ features: Tensor, rows: [Int]? = nil) -> Double {
  let (width, rows) = (features.shape[1], rows ?? Array(0..<features.shape[0]))
  precondition(rows.count >= 2, "the distance of two of \(rows.count) rows")
  var sum = 0.0
  features.withUnsafeBufferPointer { x in
    for (i, a) in rows.enumerated() {
      for b in rows.dropFirst(i + 1) {
        var squares: Float = 0
        for j in 0..<width {
          let d = x[a * width + j] - x[b * width + j]
          squares += d * d
        }
        sum += Double(squares.squareRoot())
      }
    }
  }
  return sum / Double(rows.count * (rows.count - 1) / 2)
}

/// The saturation of pictures [N, 3, H, W] in 0…1: the mean over the pixels of (largest − smallest) of red, green and blue; 0 for
/// grey, 1 for a pure colour.
public func meanSaturation(_ pictures: Tensor) -> Double {
  let (count, plane) = (pictures.shape[0], pictures.shape[2] * pictures.shape[3])
  precondition(pictures.shape[1] == 3, "the saturation of \(pictures.shape)")
  var sum = 0.0
  pictures.withUnsafeBufferPointer { x in
    for n in 0..<count {
      for i in 0..<plane {
        let (r, g, b) = (x[3 * n * plane + i], x[(3 * n + 1) * plane + i], x[(3 * n + 2) * plane + i])
        sum += Double(max(r, g, b) - min(r, g, b))
      }
    }
  }
  return sum / Double(count * plane)
}
