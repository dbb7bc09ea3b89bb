// Moving elements: permuting, slicing, joining, repeating.

extension Tensor {
  /// Dimension i of the result is dimension `order[i]` of `self`.
  public func permuted(_ order: [Int]) -> Tensor {
    precondition(order.sorted() == Array(shape.indices), "permutation \(order) of shape \(shape)")
    let target = order.map { shape[$0] }
    var sourceStrides = [Int](repeating: 1, count: rank)
    for i in shape.indices.reversed().dropFirst() { sourceStrides[i] = sourceStrides[i + 1] * shape[i + 1] }
    let strides = order.map { sourceStrides[$0] }
    return Tensor(unsafeUninitialized: target) { out in
      withUnsafeBufferPointer { x in
        guard let o = out.baseAddress, let x = x.baseAddress, let inner = target.last, inner > 0, count > 0 else {
          if let o = out.baseAddress, let x = x.baseAddress, count == 1 { o[0] = x[0] }
          return
        }
        let innerStride = strides[rank - 1]
        var index = [Int](repeating: 0, count: rank)
        var source = 0
        for row in 0..<(count / inner) {
          let to = o + row * inner
          if innerStride == 1 {
            to.update(from: x + source, count: inner)
          } else {
            for k in 0..<inner { to[k] = x[source + k * innerStride] }
          }
          var d = rank - 2
          while d >= 0 {
            index[d] += 1
            source += strides[d]
            if index[d] < target[d] { break }
            source -= strides[d] * target[d]
            index[d] = 0
            d -= 1
          }
        }
      }
    }
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
        for i in 0..<outer {
          (o + i * run).update(from: x + (i * extent + range.lowerBound) * inner, count: run)
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
          for i in 0..<outer { (o + i * row + start).update(from: x + i * run, count: run) }
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
