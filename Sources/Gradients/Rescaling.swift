import Tensors

extension Variable {
  /// x / (‖x‖ + ε), the Euclidean length being taken along `axis`: vectors of length 1, and 0 where x is 0.
  ///
  /// With n = ‖x‖ and y = x/(n + ε): ∂x = (∂y − x (Σ x ∂y) / (n (n + ε))) / (n + ε)
  public func unitLength(along axis: Int, epsilon: Float = 1e-10) -> Variable {
    let x = value
    let lengths = (x * x).sum(along: axis, keepingDimension: true).squareRoot()
    let inverse = lengths.map { $0 + epsilon > 0 ? 1 / ($0 + epsilon) : 0 }
    return Variable(x * inverse, from: [self]) { gradient in
      let shares = (x * gradient).sum(along: axis, keepingDimension: true) * inverse
      return [(gradient - x * (shares * lengths.map { $0 > 0 ? 1 / $0 : 0 })) * inverse]
    }
  }

  /// Every element limited to `range`; no gradient flows to those outside.
  public func clamped(to range: ClosedRange<Float>) -> Variable {
    let x = value
    return Variable(x.clamped(to: range), from: [self]) { gradient in
      [gradient * x.map { range.contains($0) ? 1 : 0 }]
    }
  }
}
