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

  /// Nearest upsampling of [..., H, W] to a given size: row i is row ⌊i · H / height⌋ in Float32, as PyTorch rounds it.
  public func upsampledNearest(height: Int, width: Int) -> Tensor {
    let rows = Tensor.nearestSources(shape[rank - 2], height)
    let columns = Tensor.nearestSources(shape[rank - 1], width)
    let (oldHeight, oldWidth) = (shape[rank - 2], shape[rank - 1])
    let planes = shape.dropLast(2).reduce(1, *)
    return Tensor(unsafeUninitialized: Array(shape.dropLast(2)) + [height, width]) { out in
      withUnsafeBufferPointer { x in
        for (position, row) in (0..<planes).lazy.flatMap({ plane in rows.map { plane * oldHeight + $0 } }).enumerated()
        {
          for (i, column) in columns.enumerated() { out[position * width + i] = x[row * oldWidth + column] }
        }
      }
    }
  }

  /// The adjoint of `upsampledNearest`: every element of [..., height, width] is the sum of its copies in `self`.
  public func summedCopies(height: Int, width: Int) -> Tensor {
    let rows = Tensor.nearestSources(height, shape[rank - 2])
    let columns = Tensor.nearestSources(width, shape[rank - 1])
    let planes = shape.dropLast(2).reduce(1, *)
    var sum = Tensor.zeros(Array(shape.dropLast(2)) + [height, width])
    sum.withUnsafeMutableBufferPointer { sum in
      withUnsafeBufferPointer { x in
        for (position, row) in (0..<planes).lazy.flatMap({ plane in rows.map { plane * height + $0 } }).enumerated() {
          for (i, column) in columns.enumerated() { sum[row * width + column] += x[position * columns.count + i] }
        }
      }
    }
    return sum
  }

  private static func nearestSources(_ old: Int, _ new: Int) -> [Int] {
    let scale = Float(old) / Float(Swift.max(new, 1))
    return (0..<new).map { new == 2 * old ? $0 / 2 : Swift.min(Int(Float($0) * scale), old - 1) }
  }
}
