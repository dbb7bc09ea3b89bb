import Datasets
import Diffusion
import Foundation
import Gradients
import Layers
import Tensors

/// The three methods on the same data: what each made at some moments of its training, and how it got there.
public enum MixtureComparison {
  /// Updates of a training; each sees 256 fresh points.
  public static let updates = 4_000
  public static let batchSize = 256
  /// Points made at the end and counted.
  public static let samples = 2_000

  /// What a method made when a share of its training was over.
  public struct Moment: Sendable {
    /// Updates, or iterations of EM, done.
    public let step: Int
    /// [N, 2].
    public let points: Tensor
  }

  /// A training that is over.
  public struct Trained: Sendable {
    /// In the order of training; the last has `samples` points.
    public let moments: [Moment]
    /// Loss of every update: of the denoiser, of the discriminator, of the generator (of its own updates only).
    public let losses: [[Double]]
    public let seconds: Double
    /// The denoiser's weights; empty for a GAN.
    public let weights: [String: Tensor]
    public let parameterCount: Int

    public func count(of data: GaussianMixture2D) -> ModeCount {
      ModeCount(moments[moments.count - 1].points, of: data)
    }
  }

  /// Whether what was made after `step` updates is kept.
  private static func isMoment(_ step: Int, of updates: Int, _ shares: [Double]) -> Bool {
    step == updates || shares.contains { Int(($0 * Double(updates)).rounded()) == step }
  }

  /// Random numbers for samples, the same at every moment.
  private static func samplingRandom(_ seed: UInt64) -> RandomSource { RandomSource(seed: seed ^ 0x5a17) }

  /// Trains the denoiser.
  ///
  /// - Parameters:
  ///   - shares: of the training after which samples are made; the end is always one.
  ///   - progress: told the updates done.
  public static func diffusion(
    _ data: GaussianMixture2D, updates: Int = updates, seed: UInt64,
    learningRate: Float = MixtureDDPM.standardRate, momentsAt shares: [Double] = [], progress: (Int) -> Void = { _ in }
  ) throws(UserError) -> Trained {
    let clock = ContinuousClock()
    let start = clock.now
    let recipe = try MixtureDDPM(data, updates: updates, seed: seed, learningRate: learningRate)
    var random = RandomSource(seed: seed)
    recipe.network.initialize(&random)
    let update = TrainingUpdate(recipe)
    var (moments, losses) = ([Moment](), [Double]())
    for step in 1...updates {
      losses.append(try update.run().loss)
      progress(step)
      guard isMoment(step, of: updates, shares) else { continue }
      var random = samplingRandom(seed)
      let denoiser = MixtureDenoiser(weights: update.averages, schedule: recipe.schedule)
      moments.append(Moment(step: step, points: try denoiser.sample(samples, using: &random)))
    }
    return Trained(
      moments: moments, losses: [losses], seconds: seconds(clock.now - start), weights: update.averages,
      parameterCount: recipe.network.parameterCount)
  }

  /// Trains the GAN; see `diffusion`.
  public static func gan(
    _ data: GaussianMixture2D, _ settings: MixtureGAN.Settings = .standard, updates: Int = updates, seed: UInt64,
    momentsAt shares: [Double] = [], progress: (Int) -> Void = { _ in }
  ) -> Trained {
    let clock = ContinuousClock()
    let start = clock.now
    let gan = MixtureGAN(data, settings, updates: updates, seed: seed)
    var moments: [Moment] = []
    var (judged, pleased) = ([Double](), [Double]())
    for step in 1...updates {
      let losses = gan.update()
      judged.append(losses.discriminator)
      if let loss = losses.generator { pleased.append(loss) }
      progress(step)
      guard isMoment(step, of: updates, shares) else { continue }
      var random = samplingRandom(seed)
      moments.append(Moment(step: step, points: gan.sample(samples, using: &random)))
    }
    return Trained(
      moments: moments, losses: [judged, pleased], seconds: seconds(clock.now - start), weights: [:],
      parameterCount: gan.generator.parameterCount)
  }
}
