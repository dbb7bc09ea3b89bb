import CKernels

extension Tensor {
  /// x · sigmoid(x)
  public func silu() -> Tensor { mapped(ck_silu) }

  /// 1 / (1 + e⁻ˣ)
  public func sigmoid() -> Tensor { mapped(ck_sigmoid) }

  /// eˣ, for −87.3 ≤ x ≤ 88.3
  public func exp() -> Tensor { mapped(ck_exp) }

  /// exp(xᵢ) / Σⱼ exp(xⱼ) along the last dimension.
  public func softmax() -> Tensor {
    let n = shape.last ?? 1
    return Tensor(unsafeUninitialized: shape) { out in
      withUnsafeBufferPointer { x in
        guard let x = x.baseAddress, let y = out.baseAddress, n > 0 else { return }
        Parallel.forRanges(count / n, grain: Swift.max(1, 32768 / n)) {
          ck_softmax_rows(x + $0.lowerBound * n, y + $0.lowerBound * n, $0.count, n)
        }
      }
    }
  }
}
