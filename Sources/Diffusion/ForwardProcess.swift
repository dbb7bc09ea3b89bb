import Tensors

// The forward chain, its closed form and its posterior. Source: Ho et al. 2020, equations 2, 4, 6 and 7.

extension NoiseSchedule {
  /// One step of the chain: x_t = √(1 − β_t) x_{t−1} + √β_t ε (equation 2).
  ///
  /// - Parameters:
  ///   - previous: x_{t−1}, any shape; x₀ for t = 0.
  ///   - noise: ε ~ N(0, 1), the shape of `previous`.
  /// Throws when t is outside 0…T−1.
  public func forwardStep(_ previous: Tensor, noise: Tensor, timestep t: Int) throws(UserError) -> Tensor {
    try check(timestep: t)
    return combine(alphas[t].squareRoot(), previous, betas[t].squareRoot(), noise)
  }

  /// The closed form: x_t = √ᾱ_t x₀ + √(1 − ᾱ_t) ε (equation 4).
  ///
  /// - Parameters:
  ///   - original: x₀, [N, …].
  ///   - noise: ε ~ N(0, 1), the shape of `original`.
  ///   - timesteps: one t for each of the N samples, or a single one for all.
  /// Throws when a t is outside 0…T−1.
  public func addNoise(_ original: Tensor, noise: Tensor, timesteps: [Int]) throws(UserError) -> Tensor {
    let (signal, noiseShare) = try shares(timesteps, for: original)
    return signal * original + noiseShare * noise
  }

  /// The target of v-prediction: v = √ᾱ_t ε − √(1 − ᾱ_t) x₀ (Salimans & Ho 2022, section 4).
  ///
  /// Shapes and errors as in `addNoise`.
  public func velocity(_ original: Tensor, noise: Tensor, timesteps: [Int]) throws(UserError) -> Tensor {
    let (signal, noiseShare) = try shares(timesteps, for: original)
    return signal * noise - noiseShare * original
  }

  /// √ᾱ_t and √(1 − ᾱ_t) of each sample, shaped to multiply a tensor of `x`'s rank.
  private func shares(_ timesteps: [Int], for x: Tensor) throws(UserError) -> (Tensor, Tensor) {
    precondition(
      timesteps.count == 1 || timesteps.count == x.shape.first, "\(timesteps.count) timesteps for shape \(x.shape)")
    for t in timesteps { try check(timestep: t) }
    let shape = [timesteps.count] + [Int](repeating: 1, count: max(x.rank - 1, 0))
    let signal = timesteps.map { alphasCumprod[$0].squareRoot() }
    let noise = timesteps.map { (1 - alphasCumprod[$0]).squareRoot() }
    return (Tensor(signal, shape: shape), Tensor(noise, shape: shape))
  }
}

/// q(x_s | x_t, x₀) = N(a x₀ + b x_t, β̃) for two timesteps s < t.
///
/// a = √ᾱ_s β/(1 − ᾱ_t), b = √α (1 − ᾱ_s)/(1 − ᾱ_t), β̃ = β (1 − ᾱ_s)/(1 − ᾱ_t), where α = ᾱ_t/ᾱ_s and β = 1 − α are
/// those of the jump; with s = t − 1 they are α_t and β_t. Source: Ho et al. 2020, equation 7.
public struct Posterior: Equatable, Sendable {
  /// a, the weight of x₀ in the mean.
  public let originalCoefficient: Float
  /// b, the weight of x_t in the mean.
  public let sampleCoefficient: Float
  /// β = 1 − ᾱ_t/ᾱ_s, the variance of the forward jump from s to t: the upper choice for the reverse variance.
  public let beta: Float
  /// β̃, the variance of the posterior: the lower choice for the reverse variance.
  public let variance: Float
}

extension NoiseSchedule {
  /// The posterior of x_s given x_t and x₀; t in 0…T−1, s in −1…t−1.
  public func posterior(timestep t: Int, previous s: Int) -> Posterior {
    precondition(s < t, "previous timestep \(s) is not below \(t)")
    let (alphaBar, previousAlphaBar) = (alphaCumprod(t), alphaCumprod(s))
    let (betaBar, previousBetaBar) = (1 - alphaBar, 1 - previousAlphaBar)
    let alpha = alphaBar / previousAlphaBar
    let beta = 1 - alpha
    return Posterior(
      originalCoefficient: previousAlphaBar.squareRoot() * beta / betaBar,
      sampleCoefficient: alpha.squareRoot() * previousBetaBar / betaBar,
      beta: beta, variance: previousBetaBar / betaBar * beta)
  }
}
