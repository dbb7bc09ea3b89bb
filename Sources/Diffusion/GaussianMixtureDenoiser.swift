import Foundation
import Tensors

/// A mixture of Gaussians with diagonal covariances, p(x) = Σ_k w_k N(x; μ_k, diag s_k²), computed in Double.
public struct GaussianMixture: Equatable, Sendable {
  /// One Gaussian: its weight, its mean μ_k and the variances s_k² along the D axes (0 for a single point).
  public struct Component: Equatable, Sendable {
    public var weight: Double
    public var mean: [Double]
    public var variance: [Double]

    public init(weight: Double, mean: [Double], variance: [Double]) {
      precondition(mean.count == variance.count, "\(mean.count) means and \(variance.count) variances")
      precondition(weight > 0 && variance.allSatisfy { $0 >= 0 }, "weight \(weight), variances \(variance)")
      self.weight = weight
      self.mean = mean
      self.variance = variance
    }

    /// The same variance along every axis.
    public init(weight: Double, mean: [Double], standardDeviation: Double) {
      let variance = [Double](repeating: standardDeviation * standardDeviation, count: mean.count)
      self.init(weight: weight, mean: mean, variance: variance)
    }
  }

  public let components: [Component]
  /// D.
  public var dimension: Int { components[0].mean.count }

  /// Weights need not sum to 1; at least one component, all of one dimension.
  public init(_ components: [Component]) {
    precondition(!components.isEmpty, "a mixture of no components")
    precondition(Set(components.map(\.mean.count)).count == 1, "components of different dimensions")
    let total = components.reduce(0) { $0 + $1.weight }
    self.components = components.map { component in
      var normalized = component
      normalized.weight /= total
      return normalized
    }
  }

  /// log p_t(x) of the noised mixture, x_t = signal · x₀ + noise · ε: component k has the mean α μ_k and the variances
  /// α² s_k² + σ².
  public func logDensity(_ x: [Double], signal: Double = 1, noise: Double = 0) -> Double {
    let terms = logTerms(x, signal, noise)
    let largest = terms.max() ?? 0
    return largest + log(terms.reduce(0) { $0 + exp($1 - largest) })
  }

  /// P(k | x_t): how likely each component is to have made the noisy point.
  public func responsibilities(_ x: [Double], signal: Double = 1, noise: Double = 0) -> [Double] {
    let terms = logTerms(x, signal, noise)
    let largest = terms.max() ?? 0
    let shares = terms.map { exp($0 - largest) }
    let total = shares.reduce(0, +)
    return shares.map { $0 / total }
  }

  /// E[x₀ | x_t] = Σ_k P(k | x_t) (μ_k + α s_k²/(α² s_k² + σ²) (x_t − α μ_k)), Tweedie's formula for a mixture.
  public func posteriorMean(_ x: [Double], signal: Double, noise: Double) -> [Double] {
    let shares = responsibilities(x, signal: signal, noise: noise)
    return x.indices.map { d in
      zip(shares, components).reduce(0) { sum, pair in
        let (share, component) = pair
        let variance = component.variance[d]
        let total = signal * signal * variance + noise * noise
        let gain = total > 0 ? signal * variance / total : 0
        return sum + share * (component.mean[d] + gain * (x[d] - signal * component.mean[d]))
      }
    }
  }

  private func logTerms(_ x: [Double], _ signal: Double, _ noise: Double) -> [Double] {
    precondition(x.count == dimension, "a point of dimension \(x.count) in a mixture of dimension \(dimension)")
    return components.map { component in
      x.indices.reduce(log(component.weight)) { sum, d in
        let variance = signal * signal * component.variance[d] + noise * noise
        let distance = x[d] - signal * component.mean[d]
        return sum - 0.5 * (distance * distance / variance + log(2 * Double.pi * variance))
      }
    }
  }
}

/// The perfect denoiser of data drawn from a Gaussian mixture: its x̂₀ is E[x₀ | x_t].
///
/// What a network learns by minimising ‖ε − ε̂‖² is the mean ε given x_t; here it is known in closed form, so that all
/// the error of a sampler is the sampler's own. Between two timesteps σ is interpolated straight.
public struct GaussianMixtureDenoiser: Denoiser, Sendable {
  public let mixture: GaussianMixture
  public let schedule: NoiseSchedule
  public let predictionType: PredictionType
  private let sigmas: [Float]

  public init(_ mixture: GaussianMixture, schedule: NoiseSchedule, predictionType: PredictionType = .epsilon) {
    self.mixture = mixture
    self.schedule = schedule
    self.predictionType = predictionType
    sigmas = schedule.sigmas
  }

  /// √ᾱ and √(1 − ᾱ) at a timestep.
  public func shares(timestep: Float) -> (signal: Double, noise: Double) {
    let sigma = interpolate(sigmas, at: Double(timestep))
    guard sigma.isFinite else { return (0, 1) }
    let signal = 1 / (sigma * sigma + 1).squareRoot()
    return (signal, sigma * signal)
  }

  /// ε̂, x̂₀ or v̂ for x_t of shape [N, …] whose samples have D elements.
  public func predict(_ sample: Tensor, timestep: Float) -> Tensor {
    let (signal, noise) = shares(timestep: timestep)
    let size = mixture.dimension
    precondition(sample.count % size == 0, "samples \(sample.shape) of a mixture of dimension \(size)")
    let x = sample.scalars.map { Double($0) }
    var result: [Float] = []
    result.reserveCapacity(x.count)
    for start in stride(from: 0, to: x.count, by: size) {
      let point = Array(x[start..<start + size])
      let original = mixture.posteriorMean(point, signal: signal, noise: noise)
      for (x, original) in zip(point, original) { result.append(Float(prediction(x, original, signal, noise))) }
    }
    return Tensor(result, shape: sample.shape)
  }

  private func prediction(_ x: Double, _ original: Double, _ signal: Double, _ noise: Double) -> Double {
    switch predictionType {
    case .sample: original
    case .epsilon: (x - signal * original) / noise
    case .velocity: (signal * x - original) / noise
    }
  }
}
