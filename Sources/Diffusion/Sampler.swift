import Tensors

/// Draws N(0, 1) noise of a shape; each call takes the next numbers of its source.
public typealias NoiseSource = (_ shape: [Int]) -> Tensor

/// A way from noise to data by steps of a denoiser's predictions.
///
/// A sampler is a value made from settings; it remembers nothing. What several steps share lives in a `SamplerRun`.
public protocol Sampler: Sendable {
  var settings: SamplerSettings { get }
  /// The schedule the model was trained with.
  var schedule: NoiseSchedule { get }

  /// Throws when a setting is out of its range or not one of this sampler's.
  init(_ settings: SamplerSettings) throws(UserError)

  /// The timesteps and noise levels of a run of n steps; throws when n is outside 1…T or does not fit a setting.
  func plan(numInferenceSteps: Int) throws(UserError) -> SamplingPlan

  /// What the model is given for a sample at a call of the plan; the sample itself for most.
  func modelInput(_ sample: Tensor, at call: Int, of plan: SamplingPlan) -> Tensor

  /// x_t of the given data for a call of the plan, where image-to-image begins.
  func addNoise(_ original: Tensor, noise: Tensor, at call: Int, of plan: SamplingPlan) -> Tensor

  /// One step: from the model's output at a call of the plan to the next sample.
  ///
  /// - Parameters:
  ///   - output: the model's prediction, of the type in the settings, [N, …].
  ///   - sample: x_t, the shape of `output`.
  ///   - call: the index into `plan.timesteps`.
  ///   - memory: what earlier steps of this run left.
  ///   - noise: asked for noise by the samplers that add some, in the order diffusers draws it.
  func step(
    _ output: Tensor, sample: Tensor, at call: Int, of plan: SamplingPlan, memory: inout SamplerMemory,
    noise: NoiseSource
  ) -> SamplerStep
}

extension Sampler {
  public func modelInput(_ sample: Tensor, at call: Int, of plan: SamplingPlan) -> Tensor { sample }
}

/// The result of one step.
public struct SamplerStep: Sendable {
  /// x of the next call, or the result after the last.
  public let previousSample: Tensor
  /// x̂₀, the data as predicted at this call.
  public let predictedOriginal: Tensor
}

/// What a sampler needs from the steps before: earlier predictions, or a step half done.
public struct SamplerMemory: Sendable {
  /// The last predictions, oldest first: x̂₀ (DPM-Solver++), the model's outputs (PNDM).
  var predictions: [Tensor] = []
  /// Calls made in this run (PNDM).
  var calls = 0
  /// The sample a step of several calls began with (PNDM).
  var firstSample: Tensor?
  /// The slopes of such a step so far, weighed (PNDM).
  var mean: Tensor?
  /// Set between the two calls of a step (Heun).
  var halfStep: HalfStep?

  struct HalfStep: Sendable {
    var sample: Tensor
    var derivative: Tensor
    var sigmaChange: Float
  }

  public init() {}
}

/// One run of a sampler, step by step.
public struct SamplerRun: Sendable {
  public let sampler: any Sampler
  public let plan: SamplingPlan
  /// The call to come, an index into `plan.timesteps`.
  public private(set) var call: Int
  private var memory = SamplerMemory()

  public init(_ sampler: any Sampler, _ plan: SamplingPlan) {
    self.sampler = sampler
    self.plan = plan
    call = plan.begin
  }

  public var isFinished: Bool { call == plan.timesteps.count }
  /// t for the model; the run must not be finished.
  public var timestep: Float { plan.timesteps[call] }
  /// σ of the sample; 0 or σ₀ once finished.
  public var sigma: Float { plan.sigmas[call] }

  /// What the model is given for `sample`.
  public func modelInput(_ sample: Tensor) -> Tensor { sampler.modelInput(sample, at: call, of: plan) }

  /// Takes the next step; see `Sampler.step`.
  public mutating func step(_ output: Tensor, sample: Tensor, noise: NoiseSource) -> SamplerStep {
    precondition(!isFinished, "the run of \(plan.timesteps.count) calls is over")
    precondition(output.shape == sample.shape, "model output \(output.shape) for a sample \(sample.shape)")
    let result = sampler.step(output, sample: sample, at: call, of: plan, memory: &memory, noise: noise)
    call += 1
    return result
  }
}

/// Everything about one step of a run, for those who watch.
public struct SamplingEvent: Sendable {
  /// The index of the call in the plan.
  public let call: Int
  public let timestep: Float
  public let sigma: Float
  /// x_t, before the step.
  public let sample: Tensor
  /// The model's prediction.
  public let modelOutput: Tensor
  /// x̂₀.
  public let predictedOriginal: Tensor
  /// The sample after the step.
  public let previousSample: Tensor
}

extension Sampler {
  /// The whole loop: asks the model at every call of the plan and returns the final sample.
  ///
  /// - Parameters:
  ///   - model: predicts what `settings.predictionType` says.
  ///   - sample: the first x_t, [N, …]: N(0, 1) times `plan.initNoiseSigma`, or `addNoise` at `plan.begin`.
  ///   - plan: from `plan(numInferenceSteps:)`.
  ///   - noise: for the samplers that add noise.
  ///   - onStep: called after every step; what it throws ends the run.
  ///   - adjust: changes the sample after every step, told the run as it stands then; inpainting puts back what is kept.
  /// Throws what the model or `onStep` throws.
  public func run(
    _ model: some Denoiser, from sample: Tensor, plan: SamplingPlan, noise: NoiseSource,
    onStep: (SamplingEvent) throws -> Void = { _ in },
    adjust: (_ sample: Tensor, _ run: SamplerRun) -> Tensor = { sample, _ in sample }
  ) throws -> Tensor {
    var run = SamplerRun(self, plan)
    var sample = sample
    while !run.isFinished {
      let (call, timestep, sigma) = (run.call, run.timestep, run.sigma)
      let output = try model.predict(run.modelInput(sample), timestep: timestep)
      let step = run.step(output, sample: sample, noise: noise)
      let next = adjust(step.previousSample, run)
      try onStep(
        SamplingEvent(
          call: call, timestep: timestep, sigma: sigma, sample: sample, modelOutput: output,
          predictedOriginal: step.predictedOriginal, previousSample: next))
      sample = next
    }
    return sample
  }
}
