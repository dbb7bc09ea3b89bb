import Tensors

/// One straight step down the probability-flow ODE: x̃′ = x̃ + (σ′ − σ) d, d = (x̃ − x̂₀)/σ.
///
/// The sample is x̃ = x_t/√ᾱ_t; on equal timesteps the step is that of DDIM with η = 0. First order.
/// Source: Karras et al. 2022, algorithm 1 without its second half; Song et al. 2021, equation 14.
public struct EulerSampler: Sampler {
  public let settings: SamplerSettings
  public let schedule: NoiseSchedule

  public init(_ settings: SamplerSettings) throws(UserError) {
    precondition(settings.kind == .euler, "settings of \(settings.kind) for Euler")
    try settings.check()
    self.settings = settings
    schedule = try NoiseSchedule(settings.schedule).withFiniteSigmas()
  }

  public func plan(numInferenceSteps: Int) throws(UserError) -> SamplingPlan {
    try noiseLevelPlan(numInferenceSteps)
  }

  public func modelInput(_ sample: Tensor, at call: Int, of plan: SamplingPlan) -> Tensor {
    noiseLevelInput(sample, at: call, of: plan)
  }

  public func addNoise(_ original: Tensor, noise: Tensor, at call: Int, of plan: SamplingPlan) -> Tensor {
    combine(1, original, plan.sigmas[call], noise)
  }

  public func step(
    _ output: Tensor, sample: Tensor, at call: Int, of plan: SamplingPlan, memory: inout SamplerMemory,
    noise: NoiseSource
  ) -> SamplerStep {
    let (sigma, next) = (plan.sigmas[call], plan.sigmas[call + 1])
    let original = predictedOriginal(output, scaledSample: sample, sigma: sigma)
    let derivative = (sample - original) / sigma
    return SamplerStep(previousSample: combine(1, sample, next - sigma, derivative), predictedOriginal: original)
  }
}
