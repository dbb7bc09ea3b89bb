import Datasets
import Diffusion
import Foundation
import Tensors

/// A mixture of Gaussians fitted by maximum likelihood: expectation-maximisation (Dempster, Laird & Rubin 1977).
///
/// Each iteration asks how likely each Gaussian made each point, r[n, k], and then sets weights, means and variances to those
/// of the points, weighed by r. The likelihood never falls. The Gaussians are parallel to the axes.
public struct MixtureFit: Sendable {
  /// The mixture at the start and after each iteration.
  public let history: [GaussianMixture]
  /// Mean log p(x) of the points under each of `history`, in nats.
  public let logLikelihoods: [Double]

  public var mixture: GaussianMixture { history[history.count - 1] }
  /// 1/n Σ log p(xₙ) of the last.
  public var logLikelihood: Double { logLikelihoods[logLikelihoods.count - 1] }

  /// Variances are kept above this: a Gaussian on a single point would have an infinite likelihood.
  static let leastVariance = 1e-4

  /// The most likely of several fits, each from other points of the data as first means.
  ///
  /// - Parameter points: [N, 2].
  public static func best(
    of starts: Int, to points: Tensor, components: Int, using random: inout RandomSource
  ) -> MixtureFit {
    precondition(starts >= 1, "the best of \(starts) fits")
    var best: MixtureFit?
    for _ in 0..<starts {
      let fit = MixtureFit(points, components: components, using: &random)
      if fit.logLikelihood > best?.logLikelihood ?? -.infinity { best = fit }
    }
    guard let best else { preconditionFailure("no fit of \(points.shape) has a likelihood") }
    return best
  }

  /// One fit; ends when the likelihood of an iteration grows by less than `tolerance`.
  public init(
    _ points: Tensor, components: Int, iterations: Int = 200, tolerance: Double = 1e-5,
    using random: inout RandomSource
  ) {
    precondition(points.rank == 2 && components >= 1, "\(components) Gaussians for points \(points.shape)")
    let x = (0..<points.shape[0]).map { points[index: $0].scalars.map(Double.init) }
    let all = [[Double]](repeating: [1], count: x.count)
    let spread = Self.maximised(all, x)[0].variance
    var mixture = GaussianMixture(
      random.permutation(x.count).prefix(components).map { .init(weight: 1, mean: x[$0], variance: spread) })
    var history = [mixture]
    var likelihoods = [Self.logLikelihood(mixture, x)]
    for _ in 0..<iterations {
      mixture = GaussianMixture(Self.maximised(x.map { mixture.responsibilities($0) }, x))
      history.append(mixture)
      likelihoods.append(Self.logLikelihood(mixture, x))
      if likelihoods[likelihoods.count - 1] - likelihoods[likelihoods.count - 2] < tolerance { break }
    }
    self.history = history
    logLikelihoods = likelihoods
  }

  private static func logLikelihood(_ mixture: GaussianMixture, _ x: [[Double]]) -> Double {
    x.reduce(0) { $0 + mixture.logDensity($1) } / Double(x.count)
  }

  /// w_k = Σ r/N, μ_k = Σ r x / Σ r, s_k² = Σ r (x − μ_k)² / Σ r (Bishop 2006, 9.24–9.26).
  private static func maximised(_ shares: [[Double]], _ x: [[Double]]) -> [GaussianMixture.Component] {
    let axes = x[0].indices
    return shares[0].indices.map { k in
      // A Gaussian that answers for no point keeps a trace of weight.
      let total = max(shares.reduce(0) { $0 + $1[k] }, 1e-9)
      let mean = axes.map { d in zip(shares, x).reduce(0) { $0 + $1.0[k] * $1.1[d] } / total }
      let variance = axes.map { d in
        let sum = zip(shares, x).reduce(0) { sum, pair in
          let difference = pair.1[d] - mean[d]
          return sum + pair.0[k] * difference * difference
        }
        return max(sum / total, leastVariance)
      }
      return .init(weight: total / Double(x.count), mean: mean, variance: variance)
    }
  }
}

extension GaussianMixture {
  /// Independent points, [count, D].
  public func sample(_ count: Int, using random: inout RandomSource) -> Tensor {
    let choices = random.uniform([count]).scalars
    let noise = random.normal([count, dimension]).scalars
    var scalars: [Float] = []
    scalars.reserveCapacity(noise.count)
    for n in 0..<count {
      var left = Double(choices[n])
      let component =
        components.first {
          left -= $0.weight
          return left < 0
        } ?? components[components.count - 1]
      for d in 0..<dimension {
        let deviation = component.variance[d].squareRoot()
        scalars.append(Float(component.mean[d] + deviation * Double(noise[n * dimension + d])))
      }
    }
    return Tensor(scalars, shape: [count, dimension])
  }
}

extension GaussianMixture2D {
  /// The same density in Double, for exact computations.
  public var exact: GaussianMixture {
    GaussianMixture(
      (0..<means.shape[0]).map { k in
        .init(
          weight: 1, mean: means[index: k].scalars.map(Double.init), standardDeviation: Double(standardDeviation))
      })
  }
}
