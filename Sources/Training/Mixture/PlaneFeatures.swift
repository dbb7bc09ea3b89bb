import Foundation
import Gradients
import Tensors

/// Points of the plane as a network sees them: both coordinates, and sines and cosines of them; [N, 2] → [N, 18].
///
/// For each coordinate u: u, then sin(ω u) and cos(ω u) for ω = 1, 2, 4, 8. Plain coordinates would do, but a small network
/// needs far longer to learn edges from them (Tancik et al. 2020).
package enum PlaneFeatures {
  static let frequencies: [Float] = [1, 2, 4, 8]
  /// Numbers that stand for a point.
  package static var count: Int { 2 * (1 + 2 * frequencies.count) }

  /// ∂/∂u = g_u + Σ ω (g_sin cos ωu − g_cos sin ωu)
  package static func features(_ points: Variable) -> Variable {
    let x = points.value
    precondition(x.rank == 2 && x.shape[1] == 2, "points of shape \(x.shape)")
    let half = 1 + 2 * frequencies.count
    let y = Tensor(unsafeUninitialized: [x.shape[0], count]) { out in
      x.withUnsafeBufferPointer { x in
        for (i, u) in x.enumerated() {
          out[i * half] = u
          for (j, frequency) in frequencies.enumerated() {
            out[i * half + 1 + 2 * j] = sinf(frequency * u)
            out[i * half + 2 + 2 * j] = cosf(frequency * u)
          }
        }
      }
    }
    return Variable(y, from: [points]) { gradient in [backward(gradient, y, like: x)] }
  }

  private static func backward(_ gradient: Tensor, _ y: Tensor, like x: Tensor) -> Tensor {
    let half = 1 + 2 * frequencies.count
    return Tensor(unsafeUninitialized: x.shape) { out in
      gradient.withUnsafeBufferPointer { g in
        y.withUnsafeBufferPointer { y in
          for i in out.indices {
            let at = i * half
            out[i] = frequencies.enumerated().reduce(g[at]) { sum, next in
              let (sine, cosine) = (at + 1 + 2 * next.offset, at + 2 + 2 * next.offset)
              return sum + next.element * (g[sine] * y[cosine] - g[cosine] * y[sine])
            }
          }
        }
      }
    }
  }
}
