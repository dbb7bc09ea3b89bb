import Datasets
import Diffusion
import Gradients
import Layers
import Models
import Tensors

/// What the networks of the mixtures have in common.
public enum MixtureNetwork {
  /// Numbers that go into a network: noise for the generator, a point and its timestep for the denoiser.
  public static let inputs = 32
  public static let widths = [inputs, 64, 64, 64, 2]

  /// Steps, batch and average of both trainings; only the rate differs.
  static func training(updates: Int, seed: UInt64) -> TrainingSettings {
    var settings = TrainingSettings(
      totalSteps: updates, batchSize: MixtureComparison.batchSize, learningRate: 1e-3, warmupSteps: 100, weightDecay: 0,
      emaDecay: 0.998)
    settings.seed = seed
    return settings
  }
}

/// `mixture`: a denoiser for points of the plane, trained in seconds (Ho et al. 2020, algorithm 1).
public final class MixtureDDPM: Recipe {
  public let name = "mixture"
  public let settings: TrainingSettings
  public let data: GaussianMixture2D
  public let network = Perceptron(MixtureNetwork.widths)
  public let schedule: NoiseSchedule
  public static let standardRate: Float = 3e-3

  public init(
    _ data: GaussianMixture2D = .eightGaussians, updates: Int = MixtureComparison.updates, seed: UInt64 = 0,
    learningRate: Float = standardRate
  ) throws(UserError) {
    self.data = data
    var settings = MixtureNetwork.training(updates: updates, seed: seed)
    settings.learningRate = learningRate
    self.settings = settings
    schedule = try NoiseSchedule()
  }

  public var module: any Module { network }

  public var parts: [ModelPart] {
    [ModelPart(network, ["_class_name": "Perceptron", "widths": network.widths, "data": data.name])]
  }

  public var dataDescription: String {
    "A denoiser for points of the plane: a perceptron that is given x_t and sines and cosines of t, and predicts ε. Data: fresh "
      + "points of `\(data.name)` for every step. Noise schedule: linear, β 1e-4…0.02, T = 1000."
  }

  public func loss(step: Int, _ random: inout RandomSource) throws(UserError) -> Variable {
    let points = data.sample(settings.batchSize, using: &random).points
    let timesteps = random.integers(below: schedule.numTrainTimesteps, count: settings.batchSize)
    let noise = random.normal(points.shape)
    let noisy = try schedule.addNoise(points, noise: noise, timesteps: timesteps)
    let predicted = network(Variable(MixtureDenoiser.inputs(noisy, timesteps: timesteps.map(Float.init))))
    return Loss.meanSquaredError(predicted, Variable(noise))
  }

  /// What a run of the whole training left, measured on 2,000 points.
  public func finalMetrics() throws(UserError) -> [(name: String, value: Double)] {
    var random = settings.measuringRandom
    let weights = Dictionary(uniqueKeysWithValues: network.namedParameters().map { ($0.name, $0.parameter.value) })
    let denoiser = MixtureDenoiser(weights: weights, schedule: schedule)
    let points = try denoiser.sample(2_000, using: &random)
    let count = ModeCount(points, of: data)
    return [
      ("modes covered", Double(count.covered)), ("modes there are", Double(count.counts.count)),
      ("share of strays", count.strays), ("imbalance", count.imbalance),
    ]
  }
}

/// A trained denoiser of `MixtureDDPM`.
public struct MixtureDenoiser: Denoiser, Sendable {
  /// By the names of the network's parameters.
  public let weights: [String: Tensor]
  public let schedule: NoiseSchedule

  public init(weights: [String: Tensor], schedule: NoiseSchedule) {
    self.weights = weights
    self.schedule = schedule
  }

  /// DDIM steps of a sample.
  public static let steps = 50

  /// What the network is given: 18 numbers of x_t, 14 of the timestep; [N, 2] → [N, 32].
  ///
  /// t is divided by 100 first: the fastest sine then goes round about one and a half times from t = 0 to 999. Faster ones
  /// would look like noise to a network that has seconds to learn.
  static func inputs(_ noisy: Tensor, timesteps: [Float]) -> Tensor {
    let embedding = Timesteps(MixtureNetwork.inputs - PlaneFeatures.count)(timesteps.map { $0 / 100 })
    return Tensor.concatenated([PlaneFeatures.features(Variable(noisy)).value, embedding], along: 1)
  }

  /// ε̂ of points [N, 2].
  public func predict(_ sample: Tensor, timestep: Float) -> Tensor {
    let timesteps = [Float](repeating: timestep, count: sample.shape[0])
    return Perceptron(MixtureNetwork.widths, weights: weights)(Variable(Self.inputs(sample, timesteps: timesteps)))
      .value
  }

  /// Points [count, 2] by DDIM from noise; `onStep` sees its steps.
  public func sample(
    _ count: Int, using random: inout RandomSource, onStep: (SamplingEvent) -> Void = { _ in }
  ) throws(UserError) -> Tensor {
    try sampled(self, count, schedule: schedule, using: &random, onStep: onStep)
  }
}

/// Points of any denoiser in the plane, by DDIM with the steps of `MixtureDenoiser`, [count, 2].
public func sampled(
  _ denoiser: some Denoiser, _ count: Int, schedule: NoiseSchedule, using random: inout RandomSource,
  onStep: (SamplingEvent) -> Void = { _ in }
) throws(UserError) -> Tensor {
  var settings = SamplerSettings(.ddim)
  settings.schedule = schedule.settings
  settings.timestepSpacing = .trailing
  settings.clipSample = false
  let sampler = try settings.makeSampler()
  let plan = try sampler.plan(numInferenceSteps: MixtureDenoiser.steps)
  do {
    return try sampler.run(
      denoiser, from: random.normal([count, 2]) * plan.initNoiseSigma, plan: plan, noise: { Tensor.zeros($0) },
      onStep: onStep)
  } catch {
    preconditionFailure("a denoiser of the plane threw \(error)")
  }
}
