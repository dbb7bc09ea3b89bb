import Foundation
import Tensors

/// DPM-Solver++ as a multistep method: x̂₀ is followed along λ = log(α/σ) by a polynomial through the last predictions.
///
/// x_t = σ_t/σ_s x_s − α_t (e^{−h} − 1) D₀ + …, h = λ_t − λ_s, D₀ = x̂₀ at s; orders 2 and 3 add terms in the differences
/// D₁ and D₂ of earlier predictions (2M, 3M). One model call a step.
/// Source: Lu et al. 2022b (DPM-Solver++), algorithm 2; Lu et al. 2022a for the third order.
public struct DPMSolverSampler: Sampler {
  public let settings: SamplerSettings
  public let schedule: NoiseSchedule

  public init(_ settings: SamplerSettings) throws(UserError) {
    precondition(settings.kind == .dpmSolver, "settings of \(settings.kind) for DPM-Solver++")
    try settings.check()
    self.settings = settings
    schedule = try NoiseSchedule(settings.schedule).withFiniteSigmas()
  }

  public func addNoise(_ original: Tensor, noise: Tensor, at call: Int, of plan: SamplingPlan) -> Tensor {
    let level = NoiseLevel(sigma: plan.sigmas[call])
    return combine(level.alpha, original, level.sigma, noise)
  }

  public func step(
    _ output: Tensor, sample: Tensor, at call: Int, of plan: SamplingPlan, memory: inout SamplerMemory,
    noise: NoiseSource
  ) -> SamplerStep {
    let level = NoiseLevel(sigma: plan.sigmas[call])
    let original = settings.predictionType.convert(
      output, to: .sample, sample: sample, signal: level.alpha, noise: level.sigma)
    memory.predictions = memory.predictions.suffix(settings.solverOrder - 1) + [original]
    let predictions = Array(memory.predictions.reversed())
    let previous =
      switch order(at: call, of: plan, predictions: predictions.count) {
      // The last level is σ₀ again where the spacing includes t = 0: no way to go.
      case _ where plan.sigmas[call + 1] == plan.sigmas[call]: sample
      case 1: firstOrder(predictions[0], sample, call, plan)
      case 2: secondOrder(predictions, sample, call, plan)
      default: thirdOrder(predictions, sample, call, plan)
      }
    return SamplerStep(previousSample: previous, predictedOriginal: original)
  }

  /// No more than there are predictions; less in the last two of a few steps, where λ leaps.
  private func order(at call: Int, of plan: SamplingPlan, predictions: Int) -> Int {
    let count = plan.timesteps.count
    let few = settings.lowerOrderFinal && count < 15
    if call == count - 1, settings.eulerAtFinal || few || settings.finalSigmasType == .zero { return 1 }
    let order = min(settings.solverOrder, predictions)
    return call == count - 2 && few ? min(order, 2) : order
  }
}

/// α = 1/√(σ̃² + 1) and σ = σ̃ α for a ratio σ̃ = σ/α, and λ = log α − log σ.
private struct NoiseLevel {
  let alpha: Float
  let sigma: Float
  var lambda: Float { log(alpha) - log(sigma) }

  init(sigma ratio: Float) {
    alpha = 1 / (ratio * ratio + 1).squareRoot()
    sigma = ratio * alpha
  }
}

// MARK: The updates; p[0] is the newest prediction

extension DPMSolverSampler {
  /// x_t = σ_t/σ_s x_s − α_t (e^{−h} − 1) D₀ (Lu et al. 2022b, equation 4.1 with k = 1).
  private func firstOrder(_ prediction: Tensor, _ sample: Tensor, _ call: Int, _ plan: SamplingPlan) -> Tensor {
    let (t, s) = (NoiseLevel(sigma: plan.sigmas[call + 1]), NoiseLevel(sigma: plan.sigmas[call]))
    let h = t.lambda - s.lambda
    return combine(t.sigma / s.sigma, sample, -(t.alpha * (exp(-h) - 1)), prediction)
  }

  /// Adds D₁ = (x̂₀ − x̂₀′)/r, r = h′/h: −½ α_t (e^{−h} − 1) D₁ (midpoint) or α_t ((e^{−h} − 1)/h + 1) D₁ (heun).
  private func secondOrder(_ p: [Tensor], _ sample: Tensor, _ call: Int, _ plan: SamplingPlan) -> Tensor {
    let (t, s) = (NoiseLevel(sigma: plan.sigmas[call + 1]), NoiseLevel(sigma: plan.sigmas[call]))
    let h = t.lambda - s.lambda
    let r = (s.lambda - NoiseLevel(sigma: plan.sigmas[call - 1]).lambda) / h
    let slope = (p[0] - p[1]) * (1 / r)
    let decay = exp(-h) - 1
    let weight =
      switch settings.solverType {
      case .midpoint: -0.5 * (t.alpha * decay)
      case .heun: t.alpha * (decay / h + 1)
      }
    var result = combine(t.sigma / s.sigma, sample, -(t.alpha * decay), p[0])
    result = combine(1, result, weight, slope)
    return result
  }

  /// Adds α_t ((e^{−h} − 1)/h + 1) D₁ − α_t ((e^{−h} − 1 + h)/h² − ½) D₂ with D₁, D₂ from three predictions.
  private func thirdOrder(_ p: [Tensor], _ sample: Tensor, _ call: Int, _ plan: SamplingPlan) -> Tensor {
    let levels = (0...3).map { NoiseLevel(sigma: plan.sigmas[call + 1 - $0]) }
    let (t, s) = (levels[0], levels[1])
    let h = t.lambda - s.lambda
    let r0 = (s.lambda - levels[2].lambda) / h
    let r1 = (levels[2].lambda - levels[3].lambda) / h
    let newer = (p[0] - p[1]) * (1 / r0)
    let older = (p[1] - p[2]) * (1 / r1)
    let slope = combine(1, newer, r0 / (r0 + r1), newer - older)
    let curvature = (newer - older) * (1 / (r0 + r1))
    let decay = exp(-h) - 1
    var result = combine(t.sigma / s.sigma, sample, -(t.alpha * decay), p[0])
    result = combine(1, result, t.alpha * (decay / h + 1), slope)
    result = combine(1, result, -(t.alpha * ((decay + h) / (h * h) - 0.5)), curvature)
    return result
  }
}

// MARK: The plan

extension DPMSolverSampler {
  /// One timestep more than steps is spaced out and the last, which is 0 for linspace and leading, left away.
  public func plan(numInferenceSteps steps: Int) throws(UserError) -> SamplingPlan {
    let table = schedule.sigmas
    let last = settings.finalSigmasType == .zero ? 0 : table[0]
    var timesteps = try spacedTimesteps(steps)
    var sigmas = timesteps.map { Float(interpolate(table, at: Double($0))) }
    if settings.useKarrasSigmas {
      let (smallest, largest) = (Double(table[0]), Double(table[table.count - 1]))
      let levels = karrasSigmas(from: largest, to: smallest, count: steps)
      let logarithms = table.map { log($0) }
      // The model is asked at whole timesteps: the nearest, but the one below with the cosine schedule.
      let rule: FloatingPointRoundingRule =
        settings.schedule.betaSchedule == .squaredcosCapV2 ? .towardZero : .toNearestOrEven
      timesteps = levels.map { Float(timestep(ofSigma: $0, logarithms: logarithms).rounded(rule)) }
      sigmas = levels.map { Float($0) }
    }
    guard zip(sigmas, sigmas.dropFirst()).allSatisfy({ $0 > $1 }) else {
      throw UserError("\(steps) steps of dpmsolver++ visit the same timestep twice; take fewer steps")
    }
    return SamplingPlan(timesteps.count, timesteps: timesteps, sigmas: sigmas + [last])
  }

  private func spacedTimesteps(_ steps: Int) throws(UserError) -> [Float] {
    let total = schedule.numTrainTimesteps
    guard steps >= 1, steps <= total else {
      throw UserError("num_inference_steps is \(steps); it must be between 1 and num_train_timesteps = \(total)")
    }
    let kept = total - clippedTimesteps
    switch settings.timestepSpacing {
    case .linspace:
      let values = numpyLinspace(0, Double(kept - 1), steps + 1).map { Float($0.rounded(.toNearestOrEven)) }
      return values.dropFirst().reversed()
    case .leading:
      return try settings.leading((1...steps).map { $0 * (kept / (steps + 1)) })
    case .trailing:
      return settings.trailing(from: kept, steps: steps)
    }
  }

  /// How many of the noisiest timesteps have a λ below `lambdaMinClipped`.
  private var clippedTimesteps: Int {
    let lambdas = schedule.alphasCumprod.map { log($0.squareRoot()) - log((1 - $0).squareRoot()) }
    return min(lambdas.filter { Double($0) < settings.lambdaMinClipped }.count, schedule.numTrainTimesteps - 1)
  }
}
