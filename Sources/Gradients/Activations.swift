import CKernels
import Tensors

// Pointwise nonlinearities; what each needs for its derivative is its input or its output, whichever is at hand.

extension Variable {
  /// x · sigmoid(x)
  public func silu() -> Variable {
    let x = value
    return Variable(x.silu(), from: [self]) { [x.mapped(with: $0, ck_silu_gradient)] }
  }

  /// x Φ(x), the exact GELU of Hendrycks & Gimpel (2016).
  public func gelu() -> Variable {
    let x = value
    return Variable(x.mapped(ck_gelu), from: [self]) { [x.mapped(with: $0, ck_gelu_gradient)] }
  }

  /// a ∘ gelu(g) for the halves a and g of the last dimension: [..., 2n] → [..., n] (GEGLU; Shazeer 2020, eq. 6).
  public func gatedGELU() -> Variable {
    let (x, n) = (value, (shape.last ?? 0) / 2)
    precondition(shape.last == 2 * n, "the last dimension of \(shape) has no halves")
    let rows = n == 0 ? 0 : x.count / (2 * n)
    let grain = max(1, 32768 / max(n, 1))
    let y = Tensor(unsafeUninitialized: Array(shape.dropLast()) + [n]) { out in
      x.withUnsafeBufferPointer { x in
        guard let x = x.baseAddress, let y = out.baseAddress else { return }
        Parallel.forRanges(rows, grain: grain) {
          ck_gated_gelu(x + $0.lowerBound * 2 * n, y + $0.lowerBound * n, $0.count, n)
        }
      }
    }
    return Variable(y, from: [self]) { gradient in
      let dx = Tensor(unsafeUninitialized: x.shape) { out in
        read(x, gradient, gradient) { x, dy, _ in
          guard let dx = out.baseAddress else { return }
          Parallel.forRanges(rows, grain: grain) {
            let (start, first) = ($0.lowerBound * 2 * n, $0.lowerBound * n)
            ck_gated_gelu_gradient(x + start, dy + first, dx + start, $0.count, n)
          }
        }
      }
      return [dx]
    }
  }

  /// x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))), the tanh approximation of GELU.
  public func geluTanh() -> Variable {
    let x = value
    return Variable(x.mapped(ck_gelu_tanh), from: [self]) { [x.mapped(with: $0, ck_gelu_tanh_gradient)] }
  }

  /// x · sigmoid(1.702 x), the approximation of GELU that CLIP uses.
  public func quickGELU() -> Variable {
    let x = value
    return Variable(x.mapped(ck_quick_gelu), from: [self]) { [x.mapped(with: $0, ck_quick_gelu_gradient)] }
  }

  /// max(x, slope · x) for 0 ≤ slope < 1; slope 0 is ReLU.
  public func leakyReLU(slope: Float = 0.01) -> Variable {
    let x = value
    return Variable(x.map { $0 > 0 ? $0 : slope * $0 }, from: [self]) { gradient in
      [gradient * x.map { $0 > 0 ? 1 : slope }]
    }
  }

  /// max(x, 0)
  public func relu() -> Variable { leakyReLU(slope: 0) }

  /// 1 / (1 + e⁻ˣ); σ′ = σ (1 − σ)
  public func sigmoid() -> Variable {
    let y = value.sigmoid()
    return Variable(y, from: [self]) { [$0 * y * (1 - y)] }
  }

  /// 2 σ(2x) − 1 is too coarse near 0, so the C library's tanh is used; tanh′ = 1 − tanh²
  public func tanh() -> Variable {
    let y = value.map(hyperbolicTangent)
    return Variable(y, from: [self]) { [$0 * (1 - y * y)] }
  }

  /// eˣ
  public func exp() -> Variable {
    let y = value.exp()
    return Variable(y, from: [self]) { [$0 * y] }
  }

  /// The natural logarithm of a positive x.
  public func log() -> Variable {
    let x = value
    return Variable(x.map(naturalLogarithm), from: [self]) { [$0 / x] }
  }

  /// |x|, with derivative 0 at 0
  public func abs() -> Variable {
    let x = value
    return Variable(x.map { Swift.abs($0) }, from: [self]) { gradient in
      [gradient * x.map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }]
    }
  }
}
