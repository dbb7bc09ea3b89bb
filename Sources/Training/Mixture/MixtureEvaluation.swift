import Datasets
import Diffusion
import Foundation
import Tensors

/// `diffuse evaluate mixture`: how many modes each method covers over ten seeds, and how much its settings matter.
public enum MixtureEvaluation {
  /// One training, or some points of the data, counted.
  public struct Row: Sendable, Equatable {
    public let data: String
    /// "data", "em", "gan" or "diffusion".
    public let method: String
    /// EM: Gaussians fitted, and starts of which the most likely is kept; else 0.
    public var components = 0
    public var starts = 0
    public let seed: UInt64
    public let count: ModeCount
  }

  public static let seeds: [UInt64] = Array(0..<10)
  /// Seeds that choose settings; no other number is measured with them.
  public static let choosingSeeds: [UInt64] = [100, 101]
  /// Points that EM is given.
  public static let fittedPoints = 1_000
  /// EM as it is measured: Gaussians and starts.
  public static let fits: [(components: Int, starts: Int)] = [(8, 1), (8, 5), (4, 5)]

  /// Runs of EM, of the GAN and of the denoiser, ten each for every data set.
  public static func modes(
    data: [GaussianMixture2D] = GaussianMixture2D.all, seeds: [UInt64] = seeds,
    updates: Int = MixtureComparison.updates, progress: (Int, Int) -> Void
  ) throws(UserError) -> [Row] {
    let kinds = [RowJob.Kind.data] + fits.map { .em($0.components, $0.starts) } + [.gan, .diffusion]
    let jobs = data.flatMap { data in
      kinds.flatMap { kind in seeds.map { RowJob(data: data, kind: kind, seed: $0, updates: updates) } }
    }
    return try inParallel(jobs, progress: progress)
  }

  /// A mixture fitted to points of the data, and points drawn from it.
  public static func expectationMaximisation(
    _ data: GaussianMixture2D, _ fit: (components: Int, starts: Int), seed: UInt64
  ) -> (fit: MixtureFit, points: Tensor) {
    var random = RandomSource(seed: seed)
    let given = data.sample(fittedPoints, using: &random).points
    let found = MixtureFit.best(of: fit.starts, to: given, components: fit.components, using: &random)
    return (found, found.mixture.sample(MixtureComparison.samples, using: &random))
  }

  /// What one setting gave on the eight Gaussians, a count for each of `choosingSeeds`.
  public struct Trial: Sendable, Equatable {
    /// nil for the denoiser.
    public let gan: MixtureGAN.Settings?
    public let learningRate: Float
    public let counts: [ModeCount]
  }

  /// The GAN's settings that are tried.
  public static let grid: [MixtureGAN.Settings] = {
    var grid: [MixtureGAN.Settings] = []
    for rate: Float in [3e-4, 1e-3, 3e-3] {
      for factor: Float in [1, 4] {
        for steps in [1, 3] {
          for noise: Float in [0, 0.5] {
            for waves in [false, true] {
              grid.append(
                MixtureGAN.Settings(
                  learningRate: rate, discriminatorFactor: factor, discriminatorSteps: steps, inputNoise: noise,
                  seesWaves: waves))
            }
          }
        }
      }
    }
    return grid
  }()

  /// The denoiser's rates that are tried.
  public static let rates: [Float] = [3e-4, 1e-3, 3e-3, 1e-2]

  /// Every setting of the grid, then the denoiser's rates, on the eight Gaussians.
  public static func trials(
    grid: [MixtureGAN.Settings] = grid, rates: [Float] = rates, updates: Int = MixtureComparison.updates,
    progress: (Int, Int) -> Void
  ) throws(UserError) -> [Trial] {
    let jobs =
      grid.map { TrialJob(gan: $0, learningRate: $0.learningRate, updates: updates) }
      + rates.map { TrialJob(gan: nil, learningRate: $0, updates: updates) }
    return try inParallel(jobs, progress: progress)
  }

  /// Results in the order of the jobs; each job runs on one thread.
  private static func inParallel<Job: MixtureJob>(
    _ jobs: [Job], progress: (Int, Int) -> Void
  ) throws(UserError) -> [Job.Output] {
    var results = [Result<Job.Output, UserError>?](repeating: nil, count: jobs.count)
    let lock = NSLock()
    var done = 0
    results.withUnsafeMutableBufferPointer { results in
      Parallel.forEach(jobs.count) { index in
        let result = jobs[index].result
        lock.withLock {
          results[index] = result
          done += 1
          progress(done, jobs.count)
        }
      }
    }
    var values: [Job.Output] = []
    for case let result? in results { values.append(try result.get()) }
    return values
  }
}

/// One thing to measure.
private protocol MixtureJob {
  associatedtype Output
  func run() throws(UserError) -> Output
}

extension MixtureJob {
  var result: Result<Output, UserError> {
    do throws(UserError) { return .success(try run()) } catch { return .failure(error) }
  }
}

private struct RowJob: MixtureJob {
  enum Kind {
    case data, gan, diffusion
    /// Gaussians and starts.
    case em(Int, Int)
  }

  let data: GaussianMixture2D
  let kind: Kind
  let seed: UInt64
  let updates: Int

  func run() throws(UserError) -> MixtureEvaluation.Row {
    switch kind {
    case .data:
      var random = RandomSource(seed: seed)
      return row("data", ModeCount(data.sample(MixtureComparison.samples, using: &random).points, of: data))
    case .em(let components, let starts):
      let points = MixtureEvaluation.expectationMaximisation(data, (components, starts), seed: seed).points
      var row = row("em", ModeCount(points, of: data))
      (row.components, row.starts) = (components, starts)
      return row
    case .gan: return row("gan", MixtureComparison.gan(data, updates: updates, seed: seed).count(of: data))
    case .diffusion:
      return row("diffusion", try MixtureComparison.diffusion(data, updates: updates, seed: seed).count(of: data))
    }
  }

  private func row(_ method: String, _ count: ModeCount) -> MixtureEvaluation.Row {
    MixtureEvaluation.Row(data: data.name, method: method, seed: seed, count: count)
  }
}

private struct TrialJob: MixtureJob {
  let gan: MixtureGAN.Settings?
  let learningRate: Float
  let updates: Int

  func run() throws(UserError) -> MixtureEvaluation.Trial {
    let data = GaussianMixture2D.eightGaussians
    var counts: [ModeCount] = []
    for seed in MixtureEvaluation.choosingSeeds {
      let trained =
        if let gan { MixtureComparison.gan(data, gan, updates: updates, seed: seed) } else {
          try MixtureComparison.diffusion(data, updates: updates, seed: seed, learningRate: learningRate)
        }
      counts.append(trained.count(of: data))
    }
    return MixtureEvaluation.Trial(gan: gan, learningRate: learningRate, counts: counts)
  }
}

extension MixtureEvaluation {
  /// `modes.csv`
  public static func csv(_ rows: [Row], updates: Int = MixtureComparison.updates) -> String {
    "data,method,components,starts,seed,updates,covered,modes,strays,imbalance\n"
      + rows.map { row in
        let learns = row.method == "gan" || row.method == "diffusion"
        let numbers = String(format: "%.4f,%.4f", row.count.strays, row.count.imbalance)
        return "\(row.data),\(row.method),\(row.components),\(row.starts),\(row.seed),\(learns ? updates : 0),"
          + "\(row.count.covered),\(row.count.counts.count),\(numbers)\n"
      }.joined()
  }

  /// `settings.csv`; means over the seeds.
  public static func csv(_ trials: [Trial], updates: Int = MixtureComparison.updates) -> String {
    "method,learning_rate,discriminator_factor,discriminator_steps,input_noise,sees_waves,seeds,updates,covered,"
      + "strays,imbalance\n"
      + trials.map { trial in
        let count = Double(trial.counts.count)
        let numbers = String(
          format: "%.2f,%.4f,%.4f", Double(trial.counts.reduce(0) { $0 + $1.covered }) / count,
          trial.counts.reduce(0) { $0 + $1.strays } / count, trial.counts.reduce(0) { $0 + $1.imbalance } / count)
        let choice =
          trial.gan.map {
            "gan,\($0.learningRate),\($0.discriminatorFactor),\($0.discriminatorSteps),\($0.inputNoise),"
              + "\($0.seesWaves ? 1 : 0)"
          } ?? "diffusion,\(trial.learningRate),0,0,0,1"
        return "\(choice),\(trial.counts.count),\(updates),\(numbers)\n"
      }.joined()
  }
}
