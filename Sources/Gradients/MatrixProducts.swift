import Tensors

extension Variable {
  /// op(A) · op(B) over the last two dimensions, leading dimensions equal or absent in `other`.
  ///
  /// For C = A B: ∂A = ∂C Bᵀ and ∂B = Aᵀ ∂C, with the transposes moved accordingly.
  public func matmul(_ other: Variable, transposeB: Bool = false) -> Variable {
    let (a, b) = (value, other.value)
    let (needsA, needsB) = (requiresGradient, other.requiresGradient)
    return Variable(a.matmul(b, transposeB: transposeB), from: [self, other]) { gradient in
      var gradientB: Tensor?
      if needsB {
        // A shared right factor collects the whole batch in one product.
        let shared = b.rank == 2
        let rows = shared ? a.reshaped([-1, a.shape[a.rank - 1]]) : a
        let columns = shared ? gradient.reshaped([-1, gradient.shape[gradient.rank - 1]]) : gradient
        gradientB =
          transposeB
          ? columns.transposedProduct(rows) : rows.transposedProduct(columns)
      }
      return [needsA ? gradient.matmul(b, transposeB: !transposeB) : nil, gradientB]
    }
  }

  /// x Wᵀ + b for weight [out, in] and bias [out], on the last dimension of x [..., in].
  public func linear(weight: Variable, bias: Variable? = nil) -> Variable {
    let product = matmul(weight, transposeB: true)
    return bias.map { product + $0 } ?? product
  }
}

extension Tensor {
  /// Selfᵀ · other: sums over the rows in blocks of fixed size, so that the result does not depend on the thread count.
  func transposedProduct(_ other: Tensor) -> Tensor { matmul(other, transposeA: true) }
}
