import Foundation
import Tensors

/// How often a training step shows each timestep, as `compute_density_for_timestep_sampling` of diffusers.
///
/// It changes only what the network's size and time are spent on: at each timestep the best prediction stays the same.
public enum TimestepDensity: Sendable, Hashable {
  /// All of 0 ..< T alike (Ho et al. 2020).
  case uniform
  /// t = ⌊u T⌋ with ln(u / (1 − u)) ~ N(mean, deviation²), deviation > 0: half of them below T / (1 + e^−mean), few at both
  /// ends (Esser et al. 2024, section 3.1).
  case logitNormal(mean: Double, deviation: Double)

  /// `count` independent timesteps of 0 ..< `numTrainTimesteps`.
  public func timesteps(below numTrainTimesteps: Int, count: Int, _ random: inout RandomSource) -> [Int] {
    switch self {
    case .uniform: random.integers(below: numTrainTimesteps, count: count)
    case .logitNormal(let mean, let deviation):
      random.normal([count]).scalars.map { normal in
        let u = 1 / (1 + exp(-(mean + deviation * Double(normal))))
        return min(Int(u * Double(numTrainTimesteps)), numTrainTimesteps - 1)
      }
    }
  }
}
