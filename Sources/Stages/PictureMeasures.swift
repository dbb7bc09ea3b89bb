import Tensors

/// √(mean of the squares) over all elements.
package func rootMeanSquare(_ tensor: Tensor) -> Double { (tensor.squaredNorm / Double(tensor.count)).squareRoot() }

/// Mean absolute difference of neighbouring pixels, left to right and top to bottom, of [N, 1, H, W]: large for noise, small
/// for what is smooth.
package func grain(of pictures: Tensor) -> Double {
  let (height, width) = (pictures.shape[2], pictures.shape[3])
  let across = pictures.sliced(1..<width, along: 3) - pictures.sliced(0..<(width - 1), along: 3)
  let down = pictures.sliced(1..<height, along: 2) - pictures.sliced(0..<(height - 1), along: 2)
  return Double(across.map(abs).mean + down.map(abs).mean) / 2
}

/// The 95 % interval of a share measured on `count` cases: (p + z²/2n ± z √(p (1 − p)/n + z²/4n²))/(1 + z²/n), z = 1.96.
///
/// Unlike two standard errors on either side it stays within 0…1, and it has a width also where the share is 1.
/// Source: Wilson 1927, Probable Inference, the Law of Succession, and Statistical Inference.
package func shareInterval(_ share: Double, count: Int) -> ClosedRange<Double> {
  precondition((0...1).contains(share) && count > 0, "a share of \(share) of \(count)")
  let (n, z) = (Double(count), 1.96)
  let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
  let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
  return (middle - half)...(middle + half)
}
