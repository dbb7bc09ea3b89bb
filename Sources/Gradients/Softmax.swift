import CKernels
import Tensors

extension Variable {
  /// softmax along `axis`, the last by default: yᵢ = exp(xᵢ) / Σⱼ exp(xⱼ); ∂xᵢ = yᵢ (∂yᵢ − Σⱼ yⱼ ∂yⱼ)
  public func softmax(along axis: Int = -1) -> Variable {
    let axis = axis < 0 ? shape.count + axis : axis
    guard axis == shape.count - 1 else {
      return swapped(axis, shape.count - 1).softmax().swapped(axis, shape.count - 1)
    }
    let y = value.softmax()
    return Variable(y, from: [self]) { [softmaxGradient(y, $0)] }
  }

  /// log softmax along the last dimension; ∂x = ∂y − softmax(x) Σ ∂y
  public func logSoftmax() -> Variable {
    let x = value
    let last = shape.count - 1
    let probabilities = x.softmax()
    let n = x.shape[last]
    // x − max − log Σ exp(x − max), and exp(max − max) is in the sum: log Σ = −log p(max).
    let result = Tensor(unsafeUninitialized: x.shape) { out in
      x.withUnsafeBufferPointer { x in
        probabilities.withUnsafeBufferPointer { p in
          for row in stride(from: 0, to: x.count, by: n) {
            var top = row
            for i in row..<(row + n) where x[i] > x[top] { top = i }
            let normalizer = naturalLogarithm(p[top])
            for i in row..<(row + n) { out[i] = x[i] - x[top] + normalizer }
          }
        }
      }
    }
    return Variable(result, from: [self]) { gradient in
      [gradient - probabilities * gradient.sum(along: last, keepingDimension: true)]
    }
  }

  private func swapped(_ i: Int, _ j: Int) -> Variable {
    var order = Array(shape.indices)
    order.swapAt(i, j)
    return permuted(order)
  }
}

func softmaxGradient(_ y: Tensor, _ gradient: Tensor) -> Tensor {
  let n = y.shape.last ?? 1
  return Tensor(unsafeUninitialized: y.shape) { out in
    y.withUnsafeBufferPointer { p in
      gradient.withUnsafeBufferPointer { g in
        guard let p = p.baseAddress, let g = g.baseAddress, let o = out.baseAddress, n > 0 else { return }
        Parallel.forRanges(y.count / n, grain: max(1, 32768 / n)) {
          let start = $0.lowerBound * n
          ck_softmax_rows_gradient(p + start, g + start, o + start, $0.count, n)
        }
      }
    }
  }
}
