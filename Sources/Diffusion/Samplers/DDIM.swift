import Tensors

/// x_s = √ᾱ_s x̂₀ + √(1 − ᾱ_s − σ²) ε̂ + σ z, z ~ N(0, 1), with σ = η √β̃.
///
/// η = 0 is deterministic, η = 1 has DDPM's variance β̃. As in diffusers, s is t − ⌊T/n⌋ whatever the spacing, and what
/// comes after the last timestep is ᾱ = 1 or, without `setAlphaToOne`, ᾱ₀.
/// Source: Song et al. 2021, equations 12 and 16; their α is ᾱ here.
public struct DDIMSampler: Sampler {
  public let settings: SamplerSettings
  public let schedule: NoiseSchedule

  public init(_ settings: SamplerSettings) throws(UserError) {
    precondition(settings.kind == .ddim, "settings of \(settings.kind) for DDIM")
    try settings.check()
    self.settings = settings
    schedule = try NoiseSchedule(settings.schedule)
  }

  private var finalAlphaCumprod: Float { settings.setAlphaToOne ? 1 : schedule.alphasCumprod[0] }

  public func plan(numInferenceSteps: Int) throws(UserError) -> SamplingPlan {
    try variancePreservingPlan(numInferenceSteps, finalAlphaCumprod: finalAlphaCumprod)
  }

  public func addNoise(_ original: Tensor, noise: Tensor, at call: Int, of plan: SamplingPlan) -> Tensor {
    variancePreservingNoise(original, noise, timestep: Int(plan.timesteps[call]))
  }

  /// β̃ = (1 − ᾱ_s)/(1 − ᾱ_t) · (1 − ᾱ_t/ᾱ_s), the variance of the added noise at η = 1; s < 0 for the last step.
  public func variance(timestep t: Int, previous s: Int) -> Float {
    let (alphaBar, previousAlphaBar) = (schedule.alphaCumprod(t), alphaCumprod(previous: s))
    return (1 - previousAlphaBar) / (1 - alphaBar) * (1 - alphaBar / previousAlphaBar)
  }

  private func alphaCumprod(previous s: Int) -> Float { s >= 0 ? schedule.alphaCumprod(s) : finalAlphaCumprod }

  public func step(
    _ output: Tensor, sample: Tensor, at call: Int, of plan: SamplingPlan, memory: inout SamplerMemory,
    noise: NoiseSource
  ) -> SamplerStep {
    let t = Int(plan.timesteps[call])
    let previous = t - schedule.numTrainTimesteps / plan.numInferenceSteps
    let (alphaBar, previousAlphaBar) = (schedule.alphaCumprod(t), alphaCumprod(previous: previous))
    let (signal, noiseShare) = (alphaBar.squareRoot(), (1 - alphaBar).squareRoot())
    let original = predictedOriginal(output, sample: sample, timestep: t)
    let epsilon =
      settings.useClippedModelOutput
      ? PredictionType.sample.convert(original, to: .epsilon, sample: sample, signal: signal, noise: noiseShare)
      : settings.predictionType.convert(output, to: .epsilon, sample: sample, signal: signal, noise: noiseShare)
    let sigma = Float(settings.eta) * variance(timestep: t, previous: previous).squareRoot()
    // Rounding can bring the difference below 0 where ᾱ_t is almost 0.
    let direction = max(0, 1 - previousAlphaBar - sigma * sigma).squareRoot()
    var result = combine(previousAlphaBar.squareRoot(), original, direction, epsilon)
    if settings.eta > 0 { result = combine(1, result, sigma, noise(output.shape)) }
    return SamplerStep(previousSample: result, predictedOriginal: original)
  }
}
