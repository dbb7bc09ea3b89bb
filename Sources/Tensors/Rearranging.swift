import CKernels

// Moving elements: permuting, slicing, joining, repeating.

extension Tensor {
  /// Dimension i of the result is dimension `order[i]` of `self`.
  public func permuted(_ order: [Int]) -> Tensor {
    precondition(order.sorted() == Array(shape.indices), "permutation \(order) of shape \(shape)")
    let target = order.map { shape[$0] }
    let sourceStrides = Tensor.rowMajorStrides(shape)
    let strides = order.map { sourceStrides[$0] }
    return Tensor(unsafeUninitialized: target) { out in
      withUnsafeBufferPointer { x in
        guard let o = out.baseAddress, let x = x.baseAddress, !out.isEmpty else { return }
        if rank < 2 || strides[rank - 1] == 1 {
          Tensor.copyRows(x, strides, to: o, target)
        } else {
          Tensor.copyTransposed(x, strides, to: o, target)
        }
      }
    }
  }

  /// Calls `body` in parallel with the source and result offset of every index over `extents`.
  private static func forEachOffset(
    _ extents: [Int], _ sourceStrides: [Int], _ resultStrides: [Int], grain: Int, _ body: (Int, Int) -> Void
  ) {
    let innermost = extents.last ?? 1
    Parallel.forRanges(extents.reduce(1, *), grain: grain) { range in
      var (source, result) = (0, 0)
      for position in range {
        if position == range.lowerBound || position % innermost == 0 {
          var rest = position
          (source, result) = (0, 0)
          for d in extents.indices.reversed() {
            source += rest % extents[d] * sourceStrides[d]
            result += rest % extents[d] * resultStrides[d]
            rest /= extents[d]
          }
        }
        body(source, result)
        source += sourceStrides.last ?? 0
        result += resultStrides.last ?? 0
      }
    }
  }

  /// Copies where the last dimension stays the last.
  private static func copyRows(
    _ x: UnsafePointer<Float>, _ strides: [Int], to out: UnsafeMutablePointer<Float>, _ target: [Int]
  ) {
    let inner = target.last ?? 1
    let resultStrides = rowMajorStrides(target)
    forEachOffset(
      target.dropLast(), strides.dropLast(), resultStrides.dropLast(), grain: Swift.max(1, 32768 / inner)
    ) { source, result in
      if inner < 32 {
        for i in 0..<inner { out[result + i] = x[source + i] }
      } else {
        (out + result).update(from: x + source, count: inner)
      }
    }
  }

  /// Copies where another dimension becomes the last: matrices of the old and the new last dimension are transposed.
  private static func copyTransposed(
    _ x: UnsafePointer<Float>, _ strides: [Int], to out: UnsafeMutablePointer<Float>, _ target: [Int]
  ) {
    let resultStrides = rowMajorStrides(target)
    let last = target.count - 1
    // The old last dimension: of stride 1, and of more than one element where extents of 1 have that stride too.
    let old = target.indices.last { strides[$0] == 1 && ($0 != last) && target[$0] > 1 } ?? 0
    var (extents, sourceStrides, outStrides) = (target, strides, resultStrides)
    for d in [last, old] {
      extents.remove(at: d)
      sourceStrides.remove(at: d)
      outStrides.remove(at: d)
    }
    forEachOffset(
      extents, sourceStrides, outStrides, grain: Swift.max(1, 32768 / (target[last] * target[old]))
    ) { source, result in
      ck_transpose(
        x + source, target[last], target[old], strides[last], strides[old], out + result, resultStrides[old])
    }
  }

  private static func rowMajorStrides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for i in shape.indices.reversed().dropFirst() { strides[i] = strides[i + 1] * shape[i + 1] }
    return strides
  }

  /// The matrix transpose of the last two dimensions.
  public func transposed() -> Tensor {
    permuted(Array(0..<(rank - 2)) + [rank - 1, rank - 2])
  }

  /// Rows `range` of dimension `axis`.
  public func sliced(_ range: Range<Int>, along axis: Int = 0) -> Tensor {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= shape[axis], "slice \(range) of axis \(axis) of \(shape)")
    var target = shape
    target[axis] = range.count
    let outer = shape[..<axis].reduce(1, *)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let extent = shape[axis]
    return Tensor(unsafeUninitialized: target) { out in
      withUnsafeBufferPointer { x in
        guard let o = out.baseAddress, let x = x.baseAddress else { return }
        let run = range.count * inner
        Parallel.forRanges(outer, grain: Swift.max(1, 65536 / Swift.max(run, 1))) { rows in
          for i in rows {
            (o + i * run).update(from: x + (i * extent + range.lowerBound) * inner, count: run)
          }
        }
      }
    }
  }

  /// One entry of the first dimension, which is dropped: `batch[index: 3]` of [N, C, H, W] is [C, H, W].
  public subscript(index i: Int) -> Tensor {
    sliced(i..<(i + 1)).reshaped(Array(shape.dropFirst()))
  }

  /// Joins tensors that differ at most in the extent of `axis`.
  public static func concatenated(_ tensors: [Tensor], along axis: Int = 0) -> Tensor {
    guard let first = tensors.first else { preconditionFailure("concatenating no tensors") }
    var target = first.shape
    target[axis] = tensors.reduce(0) { $0 + $1.shape[axis] }
    for tensor in tensors {
      var other = tensor.shape
      other[axis] = target[axis]
      precondition(other == target, "concatenating \(tensors.map(\.shape)) along \(axis)")
    }
    let outer = target[..<axis].reduce(1, *)
    let inner = target[(axis + 1)...].reduce(1, *)
    let row = target[axis] * inner
    return Tensor(unsafeUninitialized: target) { out in
      guard let o = out.baseAddress else { return }
      var start = 0
      for tensor in tensors {
        let run = tensor.shape[axis] * inner
        tensor.withUnsafeBufferPointer { x in
          guard let x = x.baseAddress else { return }
          Parallel.forRanges(outer, grain: Swift.max(1, 65536 / Swift.max(run, 1))) { rows in
            for i in rows { (o + i * row + start).update(from: x + i * run, count: run) }
          }
        }
        start += run
      }
    }
  }

  /// Stacks equal shapes along a new first dimension.
  public static func stacked(_ tensors: [Tensor]) -> Tensor {
    concatenated(tensors.map { $0.reshaped([1] + $0.shape) })
  }

  /// Repeats every extent of 1 to reach `target`.
  public func broadcast(to target: [Int]) -> Tensor {
    precondition(Tensor.broadcastShape(shape, target) == target, "broadcasting \(shape) to \(target)")
    return shape == target ? self : self + Tensor.zeros(target)
  }
}
