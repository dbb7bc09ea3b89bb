import Tensors

/// Heun's method: an Euler step to σ′, a second look at the slope there, then the step again with the mean of both.
///
/// x̃′ = x̃ + (σ′ − σ) (d(x̃, σ) + d(x̃_Euler, σ′))/2. Two model calls a step, one for the last, which ends at σ = 0 where
/// there is no slope. Second order.
/// Source: Karras et al. 2022, algorithm 1.
public struct HeunSampler: Sampler {
  public let settings: SamplerSettings
  public let schedule: NoiseSchedule

  public init(_ settings: SamplerSettings) throws(UserError) {
    precondition(settings.kind == .heun, "settings of \(settings.kind) for Heun")
    try settings.check()
    self.settings = settings
    schedule = try NoiseSchedule(settings.schedule)
  }

  /// Every σ but the first and the last stands twice: as the end of one step and the start of the next.
  public func plan(numInferenceSteps: Int) throws(UserError) -> SamplingPlan {
    let plan = try noiseLevelPlan(numInferenceSteps)
    func doubled<C: Collection>(_ values: C) -> [Float] where C.Element == Float { values.flatMap { [$0, $0] } }
    return SamplingPlan(
      numInferenceSteps, timesteps: plan.timesteps.prefix(1) + doubled(plan.timesteps.dropFirst()),
      sigmas: plan.sigmas.prefix(1) + doubled(plan.sigmas.dropFirst().dropLast()) + plan.sigmas.suffix(1),
      initNoiseSigma: plan.initNoiseSigma, order: 2)
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
    let sigma = plan.sigmas[call]
    let original = clipped(predictedOriginal(output, scaledSample: sample, sigma: sigma))
    let derivative = (sample - original) / sigma
    if let half = memory.halfStep {
      memory.halfStep = nil
      let mean = (half.derivative + derivative) / 2
      return SamplerStep(
        previousSample: combine(1, half.sample, half.sigmaChange, mean), predictedOriginal: original)
    }
    let change = plan.sigmas[call + 1] - sigma
    memory.halfStep = SamplerMemory.HalfStep(sample: sample, derivative: derivative, sigmaChange: change)
    return SamplerStep(previousSample: combine(1, sample, change, derivative), predictedOriginal: original)
  }
}
