import Diffusion
import Drawing
import Formulas
import Foundation
import Tensors

/// The Kullback-Leibler divergence between two Gaussians on a line, both ways.
struct GaussianDivergence: Stage {
  let name = "gaussian-divergence"
  let summary = "Measures the divergence between two Gaussians, both ways, by its integrand"

  let parameters: [StageParameter] = [
    .number("mean", -3...3, default: 1, help: "mean of q; p is N(0, 1)"),
    .number("deviation", 0.3...3, default: 2, help: "standard deviation of q"),
  ]

  let facts = [
    FactDeclaration("forward", "KL(p‖q) by the closed form, in nats"),
    FactDeclaration("backward", "KL(q‖p)"),
    FactDeclaration("forward_integral", "KL(p‖q), the integral of p log(p/q)"),
    FactDeclaration("backward_integral", "KL(q‖p), the integral of q log(q/p)"),
    FactDeclaration("narrow", "KL(p‖q) when q has the right mean and half the deviation of p"),
    FactDeclaration("wide", "the same with twice the deviation"),
  ]

  let figures = [
    FigureDeclaration(
      "gaussian-divergence", "Two Gaussians, the integrands of their divergences, and what a wrong width costs",
      formulas: ["loss.kl_gaussian"])
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let pair = GaussianPair(mean: context.number("mean"), deviation: context.number("deviation"))
    var result = StageResult()
    result.fact("forward", try GaussianPair.divergence(0, 1, pair.mean, pair.deviation))
    result.fact("backward", try GaussianPair.divergence(pair.mean, pair.deviation, 0, 1))
    result.fact("forward_integral", pair.integral(pair.forward))
    result.fact("backward_integral", pair.integral(pair.backward))
    result.fact("narrow", try GaussianPair.divergence(0, 1, 0, 0.5))
    result.fact("wide", try GaussianPair.divergence(0, 1, 0, 2))
    result.tensor("integrands", Tensor((pair.forward + pair.backward).map { Float($0) }, shape: [2, pair.x.count]))
    let curves = try WidthCurves()
    result.figure("gaussian-divergence") { () throws(UserError) in
      try GaussianDivergenceFigure(pair: pair, curves: curves).figure
    }
    return result
  }
}

/// p = N(0, 1) and q = N(m, s²), on a grid that holds both.
struct GaussianPair {
  let mean: Double
  let deviation: Double
  let x: [Double]
  let p: [Double]
  let q: [Double]
  /// p log(p/q), whose integral is KL(p‖q).
  let forward: [Double]
  /// q log(q/p).
  let backward: [Double]

  init(mean: Double, deviation: Double) {
    (self.mean, self.deviation) = (mean, deviation)
    let low = min(-8, mean - 8 * deviation)
    let high = max(8, mean + 8 * deviation)
    x = (0...4000).map { low + (high - low) * Double($0) / 4000 }
    let one = GaussianMixture([.init(weight: 1, mean: [0], standardDeviation: 1)])
    let other = GaussianMixture([.init(weight: 1, mean: [mean], standardDeviation: deviation)])
    let logs = x.map { (p: one.logDensity([$0]), q: other.logDensity([$0])) }
    p = logs.map { exp($0.p) }
    q = logs.map { exp($0.q) }
    forward = logs.map { exp($0.p) * ($0.p - $0.q) }
    backward = logs.map { exp($0.q) * ($0.q - $0.p) }
  }

  /// By the trapezoidal rule; the ends are 0.
  func integral(_ values: [Double]) -> Double { values.reduce(0, +) * (x[1] - x[0]) }

  /// KL(N(m₁, s₁²) ‖ N(m₂, s₂²)) by the catalogue's formula.
  static func divergence(_ m1: Double, _ s1: Double, _ m2: Double, _ s2: Double) throws(UserError) -> Double {
    do {
      let value = try Catalogue.formula("loss.kl_gaussian").value([
        "m1": Numbers([m1]), "v1": Numbers([s1 * s1]), "m2": Numbers([m2]), "v2": Numbers([s2 * s2]),
      ])
      return value.scalar ?? .nan
    } catch {
      preconditionFailure("loss.kl_gaussian: \(error)")
    }
  }
}

/// What a wrong width costs, each way.
struct WidthCurves {
  let deviations: [Double]
  let forward: [Double]
  let backward: [Double]

  init() throws(UserError) {
    deviations = (0...80).map { pow(2, -2 + 4 * Double($0) / 80) }
    var (forward, backward) = ([Double](), [Double]())
    for deviation in deviations {
      forward.append(try GaussianPair.divergence(0, 1, 0, deviation))
      backward.append(try GaussianPair.divergence(0, deviation, 0, 1))
    }
    (self.forward, self.backward) = (forward, backward)
  }
}
