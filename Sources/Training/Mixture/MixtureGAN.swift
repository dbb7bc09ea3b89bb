import Datasets
import Gradients
import Layers
import Tensors

/// A generative adversarial network for points of the plane (Goodfellow et al. 2014), with the non-saturating loss.
///
/// The generator is the network of `MixtureDDPM`, number for number; only its 32 inputs are noise. The discriminator has
/// one output, the logit of "this point is real".
public final class MixtureGAN {
  /// What is to be chosen when a GAN is trained; the standard is the best of the grid in `MixtureEvaluation`.
  public struct Settings: Sendable, Hashable {
    /// The generator's peak rate.
    public var learningRate: Float
    /// The discriminator's rate over the generator's.
    public var discriminatorFactor: Float
    /// Updates of the discriminator for one of the generator.
    public var discriminatorSteps: Int
    /// Deviation of the noise on all points the discriminator sees; it falls to 0 over the run (Sønderby et al. 2017).
    public var inputNoise: Float
    /// Whether the discriminator sees sines and cosines of a point beside its coordinates, as the denoiser does.
    public var seesWaves: Bool

    public init(
      learningRate: Float, discriminatorFactor: Float, discriminatorSteps: Int, inputNoise: Float, seesWaves: Bool
    ) {
      (self.learningRate, self.discriminatorFactor) = (learningRate, discriminatorFactor)
      self.discriminatorSteps = discriminatorSteps
      (self.inputNoise, self.seesWaves) = (inputNoise, seesWaves)
    }

    public static let standard = Settings(
      learningRate: 3e-3, discriminatorFactor: 4, discriminatorSteps: 1, inputNoise: 0.5, seesWaves: true)

    /// Adam's β₁ of both networks; Radford et al. 2016, section 4, found the usual 0.9 to oscillate.
    static let beta1: Float = 0.5
  }

  public let settings: Settings
  public let data: GaussianMixture2D
  public let generator = Perceptron(MixtureNetwork.widths)
  public let discriminator: Perceptron
  private let generatorOptimizer: AdamW
  private let discriminatorOptimizer: AdamW
  private let average: ExponentialMovingAverage
  private let numbers: TrainingSettings
  /// Updates of the discriminator done.
  public private(set) var step = 0

  /// - Parameter updates: of the discriminator, each with a batch of real points.
  public init(_ data: GaussianMixture2D, _ settings: Settings = .standard, updates: Int, seed: UInt64) {
    self.data = data
    self.settings = settings
    var numbers = MixtureNetwork.training(updates: updates, seed: seed)
    numbers.learningRate = settings.learningRate
    self.numbers = numbers
    discriminator = Perceptron(
      [settings.seesWaves ? PlaneFeatures.count : 2] + MixtureNetwork.widths.dropFirst().dropLast() + [1])
    var random = RandomSource(seed: seed)
    generator.initialize(&random)
    discriminator.initialize(&random)
    let optimizer = { (network: Perceptron) in
      AdamW(network.namedParameters(), betas: (Settings.beta1, 0.999), weightDecay: 0)
    }
    generatorOptimizer = optimizer(generator)
    discriminatorOptimizer = optimizer(discriminator)
    average = ExponentialMovingAverage(generator.namedParameters(), decay: numbers.emaDecay ?? 0)
  }

  /// One update of the discriminator, and at every `discriminatorSteps`-th one of the generator.
  ///
  /// Returns both losses; the generator's is nil when it did not learn.
  @discardableResult
  public func update() -> (discriminator: Double, generator: Double?) {
    let rate = CosineSchedule(
      peak: numbers.learningRate, warmupSteps: numbers.warmupSteps, totalSteps: numbers.totalSteps
    ).learningRate(step: step)
    var random = numbers.random(step: step)
    let real = data.sample(numbers.batchSize, using: &random).points
    let judged = learnToJudge(real, rate: rate * settings.discriminatorFactor, &random)
    step += 1
    guard step % settings.discriminatorSteps == 0 else { return (judged, nil) }
    return (judged, learnToPlease(rate: rate, &random))
  }

  private func learnToJudge(_ real: Tensor, rate: Float, _ random: inout RandomSource) -> Double {
    generator.requireGradients(false)
    discriminator.requireGradients(true)
    let fake = generator(Variable(random.normal([numbers.batchSize, MixtureNetwork.inputs])))
    let loss = Loss.logisticDiscriminator(real: judge(Variable(real), &random), fake: judge(fake, &random))
    return Self.learn(loss, discriminatorOptimizer, rate: rate)
  }

  private func learnToPlease(rate: Float, _ random: inout RandomSource) -> Double {
    generator.requireGradients(true)
    discriminator.requireGradients(false)
    let fake = generator(Variable(random.normal([numbers.batchSize, MixtureNetwork.inputs])))
    let loss = Self.learn(Loss.logisticGenerator(fake: judge(fake, &random)), generatorOptimizer, rate: rate)
    average.update()
    return loss
  }

  /// The logits of points with the noise of this moment of the run.
  private func judge(_ points: Variable, _ random: inout RandomSource) -> Variable {
    let deviation = settings.inputNoise * (1 - Float(step) / Float(numbers.totalSteps))
    let seen = deviation > 0 ? points + Variable(random.normal(points.shape) * deviation) : points
    return discriminator(settings.seesWaves ? PlaneFeatures.features(seen) : seen)
  }

  private static func learn(_ loss: Variable, _ optimizer: AdamW, rate: Float) -> Double {
    loss.backward()
    optimizer.learningRate = rate
    optimizer.update()
    optimizer.clearGradients()
    return Double(loss.value.scalar)
  }

  /// Points of the generator, its weights averaged over the last updates; [count, 2].
  public func sample(_ count: Int, using random: inout RandomSource) -> Tensor {
    let kept = Perceptron(generator.widths, weights: average.averages)
    return kept(Variable(random.normal([count, MixtureNetwork.inputs]))).value
  }
}
