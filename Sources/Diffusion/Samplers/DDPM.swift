import Foundation
import Tensors

/// Ancestral sampling: x_{t−1} ~ N(a x̂₀ + b x_t, σ²), the posterior with x̂₀ in the place of x₀.
///
/// σ² is β̃ or β (`varianceType`); noise is drawn at every step but that of t = 0. With fewer than T steps the posterior
/// is that of the jump between two visited timesteps.
/// Source: Ho et al. 2020, equations 7 and 11, algorithm 2.
public struct DDPMSampler: Sampler {
  public let settings: SamplerSettings
  public let schedule: NoiseSchedule

  public init(_ settings: SamplerSettings) throws(UserError) {
    precondition(settings.kind == .ddpm, "settings of \(settings.kind) for DDPM")
    try settings.check()
    self.settings = settings
    schedule = try NoiseSchedule(settings.schedule)
  }

  public func plan(numInferenceSteps: Int) throws(UserError) -> SamplingPlan {
    try variancePreservingPlan(numInferenceSteps, finalAlphaCumprod: 1)
  }

  public func addNoise(_ original: Tensor, noise: Tensor, at call: Int, of plan: SamplingPlan) -> Tensor {
    variancePreservingNoise(original, noise, timestep: Int(plan.timesteps[call]))
  }

  public func step(
    _ output: Tensor, sample: Tensor, at call: Int, of plan: SamplingPlan, memory: inout SamplerMemory,
    noise: NoiseSource
  ) -> SamplerStep {
    let t = Int(plan.timesteps[call])
    let previous = call + 1 < plan.timesteps.count ? Int(plan.timesteps[call + 1]) : -1
    let original = predictedOriginal(output, sample: sample, timestep: t)
    let posterior = schedule.posterior(timestep: t, previous: previous)
    var result = combine(posterior.originalCoefficient, original, posterior.sampleCoefficient, sample)
    if t > 0 { result = combine(1, result, standardDeviation(posterior), noise(output.shape)) }
    return SamplerStep(previousSample: result, predictedOriginal: original)
  }

  /// σ of the noise a step adds; β̃ is kept at or above 10⁻²⁰.
  public func standardDeviation(_ posterior: Posterior) -> Float {
    let variance = max(posterior.variance, 1e-20)
    return switch settings.varianceType {
    case .fixedSmall: variance.squareRoot()
    case .fixedSmallLog: exp(0.5 * log(variance))
    case .fixedLarge: posterior.beta.squareRoot()
    }
  }
}

extension Sampler {
  /// x̂₀ from the model's output at timestep t, clipped when the settings say so.
  func predictedOriginal(_ output: Tensor, sample: Tensor, timestep t: Int) -> Tensor {
    let alphaBar = schedule.alphaCumprod(t)
    return clipped(
      settings.predictionType.convert(
        output, to: .sample, sample: sample, signal: alphaBar.squareRoot(), noise: (1 - alphaBar).squareRoot()))
  }

  func clipped(_ original: Tensor) -> Tensor {
    guard settings.clipSample else { return original }
    let range = Float(settings.clipSampleRange)
    return original.clamped(to: -range...range)
  }

  /// √ᾱ_t x₀ + √(1 − ᾱ_t) ε (DDPM, equation 4).
  func variancePreservingNoise(_ original: Tensor, _ noise: Tensor, timestep t: Int) -> Tensor {
    let alphaBar = schedule.alphaCumprod(t)
    return combine(alphaBar.squareRoot(), original, (1 - alphaBar).squareRoot(), noise)
  }

  /// The plan of DDPM and DDIM, which know ᾱ rather than σ; the σ are those of the timesteps.
  func variancePreservingPlan(
    _ numInferenceSteps: Int, finalAlphaCumprod: Float
  ) throws(UserError) -> SamplingPlan {
    let timesteps = try settings.timesteps(numInferenceSteps, fractional: false)
    let alphasBar = timesteps.map { schedule.alphaCumprod(Int($0)) }
    if settings.predictionType == .epsilon, let call = alphasBar.firstIndex(of: 0) {
      throw UserError(
        "prediction_type epsilon cannot start at timestep \(Int(timesteps[call])), where rescale_betas_zero_snr leaves no signal"
      )
    }
    let sigmas = (alphasBar + [finalAlphaCumprod]).map { ((1 - $0) / $0).squareRoot() }
    return SamplingPlan(numInferenceSteps, timesteps: timesteps, sigmas: sigmas)
  }
}
