import Tensors

extension Variable {
  /// Σ over all elements, a scalar.
  public func sum() -> Variable {
    let original = shape
    return Variable(Tensor(value.sum), from: [self]) { [$0.reshaped([]).broadcast(to: original)] }
  }

  /// The mean over all elements, a scalar.
  public func mean() -> Variable { sum() * (1 / Float(value.count)) }

  /// Σ along `axis`, which is removed or kept with extent 1.
  public func sum(along axis: Int, keepingDimension: Bool = false) -> Variable {
    let original = shape
    var kept = original
    kept[axis] = 1
    return Variable(value.sum(along: axis, keepingDimension: keepingDimension), from: [self]) {
      [$0.reshaped(kept).broadcast(to: original)]
    }
  }

  /// The mean along `axis`, which is removed or kept with extent 1.
  public func mean(along axis: Int, keepingDimension: Bool = false) -> Variable {
    sum(along: axis, keepingDimension: keepingDimension) * (1 / Float(shape[axis]))
  }
}
