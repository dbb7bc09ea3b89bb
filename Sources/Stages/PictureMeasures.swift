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
