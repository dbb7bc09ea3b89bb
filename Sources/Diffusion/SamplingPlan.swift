import Tensors

/// Which timesteps one run of a sampler visits, and with how much noise.
public struct SamplingPlan: Equatable, Sendable {
  /// n, the number of steps that were asked for.
  public let numInferenceSteps: Int
  /// t of each call of the model, falling; Heun calls it twice for each step but the last.
  public let timesteps: [Float]
  /// σ = √((1 − ᾱ)/ᾱ) at each call, and after the last one: one more than `timesteps`.
  public let sigmas: [Float]
  /// The standard deviation of the first sample.
  public let initNoiseSigma: Float
  /// Model calls that belong to one step: 2 for Heun, else 1.
  public let order: Int
  /// The call to begin with: 0 unless a given image takes the place of pure noise.
  public private(set) var begin = 0

  init(
    _ numInferenceSteps: Int, timesteps: [Float], sigmas: [Float], initNoiseSigma: Float = 1, order: Int = 1
  ) {
    precondition(sigmas.count == timesteps.count + 1, "\(sigmas.count) sigmas for \(timesteps.count) timesteps")
    self.numInferenceSteps = numInferenceSteps
    self.timesteps = timesteps
    self.sigmas = sigmas
    self.initNoiseSigma = initNoiseSigma
    self.order = order
  }

  /// The calls that will be made.
  public var calls: Range<Int> { begin..<timesteps.count }

  /// The end of this plan for image-to-image: the last ⌊n · strength⌋ steps.
  ///
  /// strength lies between 0 (keep the image) and 1 (all steps); throws when it is outside or leaves no step to run.
  public func starting(strength: Double) throws(UserError) -> SamplingPlan {
    guard strength > 0, strength <= 1 else {
      throw UserError("strength is \(strength); it must be above 0 and at most 1")
    }
    let steps = min(Int(Double(numInferenceSteps) * strength), numInferenceSteps)
    guard steps > 0 else {
      throw UserError(
        "strength \(strength) of \(numInferenceSteps) steps leaves none to run; the least is \(1 / Double(numInferenceSteps))"
      )
    }
    var result = self
    result.begin = (numInferenceSteps - steps) * order
    return result
  }
}

// MARK: Timesteps

extension SamplerSettings {
  /// Timesteps for `steps` steps, falling: whole numbers, but for linspace when `fractional`.
  ///
  /// Throws when the number is outside 1…T or the offset leads past T − 1.
  func timesteps(_ steps: Int, fractional: Bool) throws(UserError) -> [Float] {
    let total = schedule.numTrainTimesteps
    guard steps >= 1, steps <= total else {
      throw UserError("num_inference_steps is \(steps); it must be between 1 and num_train_timesteps = \(total)")
    }
    switch timestepSpacing {
    case .linspace:
      let values = numpyLinspace(0, Double(total - 1), steps).reversed()
      return values.map { Float(fractional ? $0 : $0.rounded(.toNearestOrEven)) }
    case .leading:
      return try leading((0..<steps).map { $0 * (total / steps) })
    case .trailing:
      return trailing(from: total, steps: steps)
    }
  }

  func leading(_ multiples: [Int]) throws(UserError) -> [Float] {
    let (last, total) = ((multiples.last ?? 0) + stepsOffset, schedule.numTrainTimesteps)
    guard last < total else {
      throw UserError(
        "steps_offset \(stepsOffset) leads to timestep \(last); with \(total) timesteps the last one is \(total - 1)")
    }
    return multiples.reversed().map { Float($0 + stepsOffset) }
  }

  /// Counted down from `top` by T/n. Where rounding lets NumPy's arange run one past the end, to t = −1, this stops.
  func trailing(from top: Int, steps: Int) -> [Float] {
    let start = Double(top)
    let delta = (start - Double(schedule.numTrainTimesteps) / Double(steps)) - start
    let values = (0..<steps).map { (start + Double($0) * delta).rounded(.toNearestOrEven) - 1 }
    return values.filter { $0 >= 0 }.map { Float($0) }
  }
}
