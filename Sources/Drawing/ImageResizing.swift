import Tensors

extension Tensor {
  /// The picture [C, H, W] resized so that it covers height × width, then cut to it around the middle.
  ///
  /// Shrinking averages over the area that falls into each pixel, enlarging blends the neighbours (bilinear).
  public func resizedAndCentreCropped(toHeight height: Int, width: Int) -> Tensor {
    precondition(rank == 3 && count > 0 && height > 0 && width > 0, "resizing \(shape) to \(height)×\(width)")
    let factor = Swift.max(Double(height) / Double(shape[1]), Double(width) / Double(shape[2]))
    let tall = Swift.max(height, Int((Double(shape[1]) * factor).rounded()))
    let wide = Swift.max(width, Int((Double(shape[2]) * factor).rounded()))
    let resized = resized(toHeight: tall, width: wide)
    let (top, left) = ((tall - height) / 2, (wide - width) / 2)
    return resized.sliced(top..<(top + height), along: 1).sliced(left..<(left + width), along: 2)
  }

  /// The square version of the above.
  public func resizedAndCentreCropped(to side: Int) -> Tensor {
    resizedAndCentreCropped(toHeight: side, width: side)
  }

  /// The picture [C, H, W] in another size, its proportions not kept.
  public func resized(toHeight height: Int, width: Int) -> Tensor {
    precondition(rank == 3 && count > 0 && height > 0 && width > 0, "resizing \(shape) to \(height)×\(width)")
    let rows = ResamplingWeights(from: shape[1], to: height)
    let columns = ResamplingWeights(from: shape[2], to: width)
    let (channels, oldHeight, oldWidth) = (shape[0], shape[1], shape[2])
    let narrowed = Tensor(unsafeUninitialized: [channels, oldHeight, width]) { out in
      withUnsafeBufferPointer { x in
        for line in 0..<(channels * oldHeight) {
          for i in 0..<width {
            var sum: Float = 0
            for (k, weight) in columns.terms(i) { sum += weight * x[line * oldWidth + k] }
            out[line * width + i] = sum
          }
        }
      }
    }
    return Tensor(unsafeUninitialized: [channels, height, width]) { out in
      narrowed.withUnsafeBufferPointer { x in
        for c in 0..<channels {
          for i in 0..<height {
            let target = (c * height + i) * width
            for j in 0..<width { out[target + j] = 0 }
            for (k, weight) in rows.terms(i) {
              let source = (c * oldHeight + k) * width
              for j in 0..<width { out[target + j] += weight * x[source + j] }
            }
          }
        }
      }
    }
  }
}

/// Which old samples make up each new one, along one dimension.
private struct ResamplingWeights {
  private var first: [Int] = []
  private var weights: [[Float]] = []

  init(from old: Int, to new: Int) {
    let ratio = Double(old) / Double(new)
    for i in 0..<new {
      if new <= old {
        // The new sample covers [i·ratio, (i+1)·ratio) of the old ones.
        let (low, high) = (Double(i) * ratio, Double(i + 1) * ratio)
        let start = Int(low)
        let end = min(old, Int(high.rounded(.up)))
        first.append(start)
        weights.append(
          (start..<max(end, start + 1)).map { k in
            Float((min(high, Double(k + 1)) - max(low, Double(k))) / ratio)
          })
      } else {
        let position = min(max((Double(i) + 0.5) * ratio - 0.5, 0), Double(old - 1))
        let start = min(Int(position), max(old - 2, 0))
        let share = Float(position - Double(start))
        first.append(start)
        weights.append(old == 1 ? [1] : [1 - share, share])
      }
    }
  }

  func terms(_ i: Int) -> some Sequence<(Int, Float)> { zip(first[i]..., weights[i]) }
}
