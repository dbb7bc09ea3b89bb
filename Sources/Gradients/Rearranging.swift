import Tensors

extension Variable {
  /// The same elements in another shape; one extent may be −1.
  public func reshaped(_ newShape: [Int]) -> Variable {
    let original = shape
    return Variable(value.reshaped(newShape), from: [self]) { [$0.reshaped(original)] }
  }

  /// Dimension i of the result is dimension `order[i]`; the gradient goes back by the inverse permutation.
  public func permuted(_ order: [Int]) -> Variable {
    var inverse = order
    for (position, dimension) in order.enumerated() { inverse[dimension] = position }
    return Variable(value.permuted(order), from: [self]) { [$0.permuted(inverse)] }
  }

  /// Rows `range` of `axis`; the gradient of the other rows is 0.
  public func sliced(_ range: Range<Int>, along axis: Int) -> Variable {
    let original = shape
    return Variable(value.sliced(range, along: axis), from: [self]) { gradient in
      var before = original
      var after = original
      before[axis] = range.lowerBound
      after[axis] = original[axis] - range.upperBound
      return [Tensor.concatenated([.zeros(before), gradient, .zeros(after)], along: axis)]
    }
  }

  /// Joins along `axis`; each part gets its slice of the gradient.
  public static func concatenated(_ parts: [Variable], along axis: Int) -> Variable {
    let extents = parts.map { $0.shape[axis] }
    return Variable(Tensor.concatenated(parts.map(\.value), along: axis), from: parts) { gradient in
      var start = 0
      return extents.map { extent in
        defer { start += extent }
        return gradient.sliced(start..<(start + extent), along: axis)
      }
    }
  }

  /// Repeats extents of 1 to reach `target`; the gradient is summed over the copies.
  public func broadcast(to target: [Int]) -> Variable {
    let original = shape
    return Variable(value.broadcast(to: target), from: [self]) { [$0.summed(to: original)] }
  }
}
