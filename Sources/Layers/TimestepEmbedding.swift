import Foundation
import Gradients
import Tensors

/// Timesteps as sines and cosines (Vaswani et al. 2017, section 3.5; in the order diffusers uses).
///
/// For half = channels/2 and frequencies ωᵢ = exp(−ln 10000 · i / (half − shift)): [sin(t ωᵢ), cos(t ωᵢ)], or cosines first
/// when `flipSinToCos`.
public struct Timesteps: Module, Sendable {
  public let channels: Int
  public let flipSinToCos: Bool
  public let frequencyShift: Float

  public init(_ channels: Int, flipSinToCos: Bool = true, frequencyShift: Float = 0) {
    self.channels = channels
    self.flipSinToCos = flipSinToCos
    self.frequencyShift = frequencyShift
  }

  /// N timesteps → [N, channels]; an odd channel is padded with 0.
  public func callAsFunction(_ timesteps: [Float]) -> Tensor {
    let half = channels / 2
    let frequencies = (0..<half).map { expf(-logf(10000) * Float($0) / (Float(half) - frequencyShift)) }
    return Tensor(unsafeUninitialized: [timesteps.count, channels]) { out in
      out.update(repeating: 0)
      for (n, t) in timesteps.enumerated() {
        for (i, frequency) in frequencies.enumerated() {
          let (sine, cosine) = (sinf(t * frequency), cosf(t * frequency))
          out[n * channels + i] = flipSinToCos ? cosine : sine
          out[n * channels + half + i] = flipSinToCos ? sine : cosine
        }
      }
    }
  }
}

/// The two-layer network that turns sines and cosines into the vector every residual block receives.
public struct TimestepEmbedding: Module {
  public let linear1: Linear
  public let linear2: Linear

  public init(_ channels: Int, _ width: Int) {
    linear1 = Linear(channels, width)
    linear2 = Linear(width, width)
  }

  public var children: [(name: String, module: any Module)] { [("linear_1", linear1), ("linear_2", linear2)] }

  public func callAsFunction(_ x: Variable, _ recording: Recording? = nil) -> Variable {
    let y = linear2(linear1(x, recording?["linear_1"]).silu(), recording?["linear_2"])
    recording?.record(y.value)
    return y
  }
}
