import Tensors

/// Pseudo numerical methods: the step of DDIM, with ε̂ taken from several calls of the model.
///
/// With `skipPRKSteps`, as in Stable Diffusion v1, it is PLMS: the second call repeats the second timestep and the first step is
/// done again with the mean of both predictions; after that ε̂ is the combination of Adams and Bashforth of the last two, three and
/// four predictions: (3e − e′)/2, (23e − 16e′ + 5e″)/12, (55e − 59e′ + 37e″ − 9e‴)/24. Without it the first three steps are those of
/// Runge and Kutta, four calls each. The order of calls is diffusers', for image-to-image too.
/// Source: Liu et al. 2022 (PNDM), equations 9, 12 and 13, and algorithm 2.
public struct PNDMSampler: Sampler {
  public let settings: SamplerSettings
  public let schedule: NoiseSchedule

  /// Calls of the Runge–Kutta start.
  private static let startCalls = 12

  public init(_ settings: SamplerSettings) throws(UserError) {
    precondition(settings.kind == .pndm, "settings of \(settings.kind) for PNDM")
    try settings.check()
    guard settings.predictionType != .sample else {
      throw UserError("the pndm scheduler works with prediction_type epsilon and v_prediction, not sample")
    }
    self.settings = settings
    schedule = try NoiseSchedule(settings.schedule)
  }

  private var finalAlphaCumprod: Float { settings.setAlphaToOne ? 1 : schedule.alphasCumprod[0] }

  /// t − ⌊T/n⌋ lies one step further, whatever the spacing.
  private func stride(_ plan: SamplingPlan) -> Int { schedule.numTrainTimesteps / plan.numInferenceSteps }

  public func plan(numInferenceSteps steps: Int) throws(UserError) -> SamplingPlan {
    let spaced = try settings.timesteps(steps, fractional: false)
    let timesteps: [Float]
    if settings.skipPRKSteps {
      timesteps = Array(spaced.prefix(2)) + spaced.dropFirst()
    } else {
      guard spaced.count >= 4 else {
        throw UserError("pndm with the start of Runge and Kutta needs at least 4 steps, not \(steps)")
      }
      timesteps = start(spaced, halfStep: Float(schedule.numTrainTimesteps / steps / 2)) + spaced.dropFirst(3)
    }
    let alphasBar = timesteps.map { schedule.alphaCumprod(Int($0)) } + [finalAlphaCumprod]
    return SamplingPlan(steps, timesteps: timesteps, sigmas: alphasBar.map { ((1 - $0) / $0).squareRoot() })
  }

  /// For three steps each: its timestep, twice the middle of the step, the next timestep.
  private func start(_ spaced: [Float], halfStep: Float) -> [Float] {
    (0..<3).flatMap { step in
      let middle = spaced[step + 1] + halfStep
      return [spaced[step], middle, middle, spaced[step + 1]]
    }
  }

  public func addNoise(_ original: Tensor, noise: Tensor, at call: Int, of plan: SamplingPlan) -> Tensor {
    variancePreservingNoise(original, noise, timestep: Int(plan.timesteps[call]))
  }

  public func step(
    _ output: Tensor, sample: Tensor, at call: Int, of plan: SamplingPlan, memory: inout SamplerMemory,
    noise: NoiseSource
  ) -> SamplerStep {
    let t = Int(plan.timesteps[call])
    let original = predictedOriginal(output, sample: sample, timestep: t)
    let previous =
      if !settings.skipPRKSteps && memory.calls < Self.startCalls {
        rungeKutta(output, sample, t, plan, &memory)
      } else {
        multistep(output, sample, t, plan, &memory)
      }
    memory.calls += 1
    return SamplerStep(previousSample: previous, predictedOriginal: original)
  }

  /// One of the four calls of a step: slopes at its start, twice in its middle, at its end, weighed 1/6, 1/3, 1/3, 1/6.
  private func rungeKutta(
    _ output: Tensor, _ sample: Tensor, _ t: Int, _ plan: SamplingPlan, _ memory: inout SamplerMemory
  ) -> Tensor {
    let (quarter, first) = (memory.calls % 4, memory.calls / 4 * 4)
    let previous = memory.calls % 2 == 1 ? t : t - stride(plan) / 2
    var slope = output
    switch quarter {
    case 0:
      memory.mean = output * (1 / 6)
      memory.predictions.append(output)
      memory.firstSample = sample
    case 3:
      slope = combine(1, memory.mean ?? Tensor.zeros(output.shape), 1 / 6, output)
      memory.mean = nil
    default: memory.mean = combine(1, memory.mean ?? Tensor.zeros(output.shape), 1 / 3, output)
    }
    return moved(memory.firstSample ?? sample, from: Int(plan.timesteps[first]), to: previous, slope)
  }

  /// A linear multistep of as many predictions as there are, at most four.
  private func multistep(
    _ output: Tensor, _ sample: Tensor, _ t: Int, _ plan: SamplingPlan, _ memory: inout SamplerMemory
  ) -> Tensor {
    if memory.calls == 1, let first = memory.firstSample, let earlier = memory.predictions.last {
      memory.firstSample = nil
      return moved(first, from: t + stride(plan), to: t, (output + earlier) / 2)
    }
    memory.predictions = memory.predictions.suffix(3) + [output]
    if memory.calls == 0 { memory.firstSample = sample }
    let e = Array(memory.predictions.reversed())
    let slope =
      switch e.count {
      case 1: e[0]
      case 2: (e[0] * 3 - e[1]) / 2
      case 3: (e[0] * 23 - e[1] * 16 + e[2] * 5) / 12
      default: (e[0] * 55 - e[1] * 59 + e[2] * 37 - e[3] * 9) * (1 / 24)
      }
    return moved(sample, from: t, to: t - stride(plan), slope)
  }

  /// x_s = √(ᾱ_s/ᾱ_t) x_t − (ᾱ_s − ᾱ_t) ε̂ / (ᾱ_t √(1 − ᾱ_s) + √(ᾱ_t (1 − ᾱ_t) ᾱ_s)) (Liu et al. 2022, equation 9);
  /// s < 0 after the last timestep.
  private func moved(_ sample: Tensor, from t: Int, to s: Int, _ output: Tensor) -> Tensor {
    let alphaBar = schedule.alphaCumprod(t)
    let previous = s >= 0 ? schedule.alphaCumprod(s) : finalAlphaCumprod
    let epsilon = settings.predictionType.convert(
      output, to: .epsilon, sample: sample, signal: alphaBar.squareRoot(), noise: (1 - alphaBar).squareRoot())
    let divisor = alphaBar * (1 - previous).squareRoot() + (alphaBar * (1 - alphaBar) * previous).squareRoot()
    return (sample * (previous / alphaBar).squareRoot()) - (epsilon * (previous - alphaBar)) / divisor
  }
}
