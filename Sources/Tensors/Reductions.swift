import CKernels

// Sums run in Double over fixed blocks, so that the result depends on neither the thread count nor the vector width.

extension Tensor {
  /// Σ x, accumulated in Double.
  public var sum: Float { Float(doubleSum) }
  package var doubleSum: Double { withUnsafeBufferPointer { ck_sum($0.baseAddress, $0.count) } }

  public var mean: Float { Float(doubleSum / Double(count)) }

  /// Σ x², accumulated in Double.
  public var squaredNorm: Double { withUnsafeBufferPointer { ck_sum_squares($0.baseAddress, $0.count) } }

  /// The standard deviation with denominator n (`unbiased: false`) or n − 1.
  public func standardDeviation(unbiased: Bool = false) -> Float {
    let mean = doubleSum / Double(count)
    let squares = withUnsafeBufferPointer { $0.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } }
    return Float((squares / Double(unbiased ? count - 1 : count)).squareRoot())
  }

  public var min: Float { withUnsafeBufferPointer { $0.reduce(.infinity) { Swift.min($0, $1) } } }
  public var max: Float { withUnsafeBufferPointer { $0.reduce(-.infinity) { Swift.max($0, $1) } } }

  /// Sums over the broadcast dimensions, so that a gradient of shape `self.shape` fits an operand of `shape`.
  public func summed(to target: [Int]) -> Tensor {
    if shape == target { return self }
    precondition(
      Tensor.broadcastShape(shape, target) == shape, "\(shape) cannot be summed to \(target)")
    var result = Tensor.zeros(target)
    let runs = BroadcastRuns(shape, shape, target)
    result.withUnsafeMutableBufferPointer { out in
      withUnsafeBufferPointer { x in
        guard let o = out.baseAddress, let x = x.baseAddress, count > 0 else { return }
        let grain = runs.areDisjointInB ? Swift.max(1, 32768 / runs.length) : runs.count
        Parallel.forRanges(runs.count, grain: grain) { range in
          runs.forEach(in: range) { _, i, j in
            if runs.bStep == 0 {
              o[j] += Float(ck_sum(x + i, runs.length))
            } else {
              ck_axpy(x + i, 1, o + j, runs.length)
            }
          }
        }
      }
    }
    return result
  }

  /// Sums along `axis`, which is removed or kept with extent 1.
  public func sum(along axis: Int, keepingDimension: Bool = false) -> Tensor {
    var kept = shape
    kept[axis] = 1
    let summed = summed(to: kept)
    if keepingDimension { return summed }
    kept.remove(at: axis)
    return summed.reshaped(kept)
  }

  public func mean(along axis: Int, keepingDimension: Bool = false) -> Tensor {
    sum(along: axis, keepingDimension: keepingDimension) * (1 / Float(shape[axis]))
  }
}
