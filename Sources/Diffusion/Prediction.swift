import Tensors

/// What a network was trained to predict.
public enum PredictionType: String, CaseIterable, Sendable {
  /// ε, the noise in x_t (Ho et al. 2020).
  case epsilon
  /// x₀, the data.
  case sample
  /// v = √ᾱ_t ε − √(1 − ᾱ_t) x₀ (Salimans & Ho 2022).
  case velocity = "v_prediction"
}

extension PredictionType {
  /// Says the same prediction in other terms, using x_t = α x₀ + σ ε with α² + σ² = 1.
  ///
  /// x̂₀ = (x_t − σ ε̂)/α = α x_t − σ v̂, ε̂ = (x_t − α x̂₀)/σ = α v̂ + σ x_t,
  /// v̂ = (ε̂ − σ x_t)/α = (α x_t − x̂₀)/σ.
  ///
  /// - Parameters:
  ///   - output: the prediction, of type `self`, any shape.
  ///   - sample: x_t, the shape of `output`.
  ///   - signal: α = √ᾱ_t; positive where it divides.
  ///   - noise: σ = √(1 − ᾱ_t); positive where it divides.
  /// Source: Salimans & Ho 2022, section 4 and appendix D.
  public func convert(
    _ output: Tensor, to target: PredictionType, sample: Tensor, signal: Float, noise: Float
  ) -> Tensor {
    switch (self, target) {
    case (.epsilon, .epsilon), (.sample, .sample), (.velocity, .velocity): output
    case (.epsilon, .sample): combine(1, sample, -noise, output) / signal
    case (.velocity, .sample): combine(signal, sample, -noise, output)
    case (.sample, .epsilon): combine(1, sample, -signal, output) / noise
    case (.velocity, .epsilon): combine(signal, output, noise, sample)
    case (.epsilon, .velocity): combine(1, output, -noise, sample) / signal
    case (.sample, .velocity): combine(signal, sample, -1, output) / noise
    }
  }
}

extension NoiseSchedule {
  /// Says the same prediction in other terms at timestep t; see `PredictionType.convert`.
  ///
  /// Throws when t is outside 0…T−1.
  public func convert(
    _ output: Tensor, from type: PredictionType, to target: PredictionType, sample: Tensor, timestep t: Int
  ) throws(UserError) -> Tensor {
    try check(timestep: t)
    let alphaBar = alphasCumprod[t]
    return type.convert(
      output, to: target, sample: sample, signal: alphaBar.squareRoot(), noise: (1 - alphaBar).squareRoot())
  }

  /// The score ∇ log p(x_t) = −ε̂/√(1 − ᾱ_t) that a noise prediction stands for (Song et al. 2021).
  ///
  /// Throws when t is outside 0…T−1.
  public func score(epsilon: Tensor, timestep t: Int) throws(UserError) -> Tensor {
    try check(timestep: t)
    return epsilon / -(1 - alphasCumprod[t]).squareRoot()
  }

  /// The min-SNR-γ weight of the squared error at timestep t: min(SNR, γ)/SNR for ε, min(SNR, γ) for x₀,
  /// min(SNR, γ)/(SNR + 1) for v; SNR = ᾱ_t/(1 − ᾱ_t) (Hang et al. 2023, section 3.4).
  ///
  /// Throws when t is outside 0…T−1.
  public func minSNRWeight(timestep t: Int, gamma: Float, prediction: PredictionType) throws(UserError) -> Float {
    try check(timestep: t)
    let snr = alphasCumprod[t] / (1 - alphasCumprod[t])
    switch prediction {
    case .epsilon: return min(snr, gamma) / snr
    case .sample: return min(snr, gamma)
    case .velocity: return min(snr, gamma) / (snr + 1)
    }
  }
}
