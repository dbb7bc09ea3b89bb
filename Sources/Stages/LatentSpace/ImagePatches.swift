import Tensors

/// Pictures cut into square patches without overlap, each a vector.
struct ImagePatches {
  /// Side of a patch in pixels.
  let side: Int

  /// [N, C, H, W] → [N · H/side · W/side, C · side²], picture by picture, row by row.
  func cut(_ pictures: Tensor) -> Tensor {
    let s = pictures.shape
    precondition(s[2] % side == 0 && s[3] % side == 0, "patches of \(side) in pictures \(s)")
    let (rows, columns) = (s[2] / side, s[3] / side)
    return pictures.reshaped([s[0], s[1], rows, side, columns, side]).permuted([0, 2, 4, 1, 3, 5])
      .reshaped([s[0] * rows * columns, s[1] * side * side])
  }

  /// The inverse, for pictures of `shape` [N, C, H, W].
  func assemble(_ patches: Tensor, shape s: [Int]) -> Tensor {
    patches.reshaped([s[0], s[2] / side, s[3] / side, s[1], side, side]).permuted([0, 3, 1, 4, 2, 5]).reshaped(s)
  }
}
