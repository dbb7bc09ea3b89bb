import CKernels
import Glibc

extension RandomSource {
  /// Independent samples of N(0, 1), as `torch.randn(shape)`.
  ///
  /// Box–Muller: √(−2 ln(1 − u)) · cos 2πv and · sin 2πv are independent normals for u, v uniform on [0, 1). Fewer than
  /// 16 samples are made one by one in Double, and half a pair left over is kept for the next such call; 16 and more are
  /// made in Float by blocks of 16, and a last incomplete block is replaced by a whole one over the last 16 samples.
  public mutating func normal(_ shape: [Int]) -> Tensor {
    Tensor(unsafeUninitialized: shape) { out in
      guard let base = out.baseAddress else { return }
      guard out.count >= 16 else {
        for i in out.indices { out[i] = Float(nextNormal()) }
        return
      }
      fillUniform(base, count: out.count)
      ck_box_muller(base, out.count / 16)
      if out.count % 16 != 0 {
        let last = base + (out.count - 16)
        fillUniform(last, count: 16)
        ck_box_muller(last, 1)
      }
    }
  }

  /// Independent samples, uniform on the multiples of 2⁻²⁴ in [0, 1), as `torch.rand(shape)`.
  public mutating func uniform(_ shape: [Int]) -> Tensor {
    Tensor(unsafeUninitialized: shape) { out in
      if let base = out.baseAddress { fillUniform(base, count: out.count) }
    }
  }

  /// `count` integers uniform on 0 ..< `bound`, as `torch.randint(bound, (count,))`.
  public mutating func integers(below bound: Int, count: Int) -> [Int] {
    precondition(bound > 0 && count >= 0, "\(count) random integers below \(bound)")
    // The remainder of few bits would favour small values; from 2²⁸ on PyTorch draws 64.
    let wide = bound >= 1 << 28
    return (0..<count).map { _ in Int((wide ? next64() : UInt64(next32())) % UInt64(bound)) }
  }

  /// A random order of 0 ..< `count`, as `torch.randperm(count)`.
  public mutating func permutation(_ count: Int) -> [Int] {
    precondition(count >= 0, "permutation of \(count) elements")
    return permutation(count, wide: count >= Int(UInt32.max) / 20)
  }

  /// The Fisher–Yates shuffle: forwards on 32 bits, or, where those would be visibly uneven, inside out on 64.
  package mutating func permutation(_ count: Int, wide: Bool) -> [Int] {
    var order = Array(0..<count)
    if wide {
      for i in order.indices {
        let j = Int(next64() % UInt64(i + 1))
        order[i] = order[j]
        order[j] = i
      }
    } else {
      for i in order.indices.dropLast() {
        order.swapAt(i, i + Int(UInt64(next32()) % UInt64(count - i)))
      }
    }
    return order
  }

  private mutating func nextNormal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    let angle = 2 * Double.pi * nextUniform53()
    let radius = (-2 * log1p(-nextUniform53())).squareRoot()
    spareNormal = radius * sin(angle)
    return radius * cos(angle)
  }

  /// A multiple of 2⁻⁵³ in [0, 1).
  private mutating func nextUniform53() -> Double {
    Double(next64() & (1 << 53 - 1)) * 0x1p-53
  }
}
