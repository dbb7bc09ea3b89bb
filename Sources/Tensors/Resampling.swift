extension Tensor {
  /// Repeats every pixel of [..., H, W] twice in both directions.
  public func upsampledNearest2x() -> Tensor {
    let (height, width) = (shape[rank - 2], shape[rank - 1])
    return Tensor(unsafeUninitialized: Array(shape.dropLast(2)) + [2 * height, 2 * width]) { out in
      withUnsafeBufferPointer { x in
        guard let x = x.baseAddress, let o = out.baseAddress, width > 0 else { return }
        Parallel.forRanges(count / width, grain: Swift.max(1, 16384 / width)) { rows in
          for row in rows {
            let (from, to) = (x + row * width, o + row * 4 * width)
            for i in 0..<width {
              to[2 * i] = from[i]
              to[2 * i + 1] = from[i]
            }
            (to + 2 * width).update(from: to, count: 2 * width)
          }
        }
      }
    }
  }

  /// The sum of every 2×2 block of [..., H, W]; H and W must be even.
  public func summedBlocks2x2() -> Tensor {
    let (height, width) = (shape[rank - 2] / 2, shape[rank - 1] / 2)
    precondition(shape[rank - 2] == 2 * height && shape[rank - 1] == 2 * width, "2×2 blocks of shape \(shape)")
    return Tensor(unsafeUninitialized: Array(shape.dropLast(2)) + [height, width]) { out in
      withUnsafeBufferPointer { x in
        guard let x = x.baseAddress, let o = out.baseAddress, width > 0 else { return }
        Parallel.forRanges(out.count / width, grain: Swift.max(1, 16384 / width)) { rows in
          for row in rows {
            let (top, to) = (x + row * 4 * width, o + row * width)
            let bottom = top + 2 * width
            for i in 0..<width {
              to[i] = (top[2 * i] + top[2 * i + 1]) + (bottom[2 * i] + bottom[2 * i + 1])
            }
          }
        }
      }
    }
  }
}
