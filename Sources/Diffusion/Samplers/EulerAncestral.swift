import Tensors

/// An Euler step that goes down too far, to σ_down, and noise that brings it up to σ′ again.
///
/// σ_up² = σ′² (σ² − σ′²)/σ², σ_down² = σ′² − σ_up²: σ_up² is the posterior variance β̃ in terms of σ. Noise is drawn at
/// every step, the last, where σ_up = 0, included.
/// Source: ancestral sampling of Ho et al. 2020 in the variables of Karras et al. 2022, as in Crowson's k-diffusion.
public struct EulerAncestralSampler: Sampler {
  public let settings: SamplerSettings
  public let schedule: NoiseSchedule

  public init(_ settings: SamplerSettings) throws(UserError) {
    precondition(settings.kind == .eulerAncestral, "settings of \(settings.kind) for Euler ancestral")
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

  /// σ_down and σ_up of a step from σ to σ′ ≤ σ.
  public static func split(from sigma: Float, to next: Float) -> (down: Float, up: Float) {
    let up = (next * next * (sigma * sigma - next * next) / (sigma * sigma)).squareRoot()
    // Rounding can bring the difference below 0 where σ′ is much smaller than σ.
    return (max(0, next * next - up * up).squareRoot(), up)
  }

  public func step(
    _ output: Tensor, sample: Tensor, at call: Int, of plan: SamplingPlan, memory: inout SamplerMemory,
    noise: NoiseSource
  ) -> SamplerStep {
    let sigma = plan.sigmas[call]
    let (down, up) = Self.split(from: sigma, to: plan.sigmas[call + 1])
    let original = predictedOriginal(output, scaledSample: sample, sigma: sigma)
    let derivative = (sample - original) / sigma
    var result = combine(1, sample, down - sigma, derivative)
    result = combine(1, result, up, noise(output.shape))
    return SamplerStep(previousSample: result, predictedOriginal: original)
  }
}
