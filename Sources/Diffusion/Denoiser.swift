import Tensors

/// All that a sampler knows of a model.
public protocol Denoiser {
  /// The model's prediction (ε, x₀ or v, as the sampler's `predictionType` says) for a batch at one noise level.
  ///
  /// - Parameters:
  ///   - sample: x_t, [N, …].
  ///   - timestep: t in 0…T−1; some samplers ask between two timesteps.
  /// - Returns: the prediction, the shape of `sample`.
  func predict(_ sample: Tensor, timestep: Float) throws -> Tensor
}

/// A denoiser from a closure.
public struct DenoiserFunction: Denoiser {
  private let body: (Tensor, Float) throws -> Tensor

  public init(_ body: @escaping (_ sample: Tensor, _ timestep: Float) throws -> Tensor) { self.body = body }

  public func predict(_ sample: Tensor, timestep: Float) throws -> Tensor { try body(sample, timestep) }
}
