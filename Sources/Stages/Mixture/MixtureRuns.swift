import Datasets
import Drawing
import Foundation
import Synchronization
import Tensors
import Training

/// The trainings that several stages of one lesson look at: made once, kept while the program runs.
enum MixtureRuns {
  struct Key: Hashable {
    let data: String
    let updates: Int
    let seed: UInt64
  }

  struct Both: Sendable {
    let gan: MixtureComparison.Trained
    let diffusion: MixtureComparison.Trained
  }

  /// The shares of the training after which samples are drawn.
  static let moments = [0.02, 0.05, 0.1, 0.25, 0.5]

  private static let kept = Mutex<[Key: Both]>([:])

  static let parameters: [StageParameter] = [
    .choice(
      "data", GaussianMixture2D.all.map(\.name), default: "8gaussians", help: "what the points are drawn from"),
    .integer(
      "updates", 200...50_000, default: MixtureComparison.updates,
      help: "updates of discriminator and denoiser, 256 points each"),
  ]

  static func data(_ context: StageContext) -> GaussianMixture2D {
    GaussianMixture2D.all.first { $0.name == context.text("data") } ?? .eightGaussians
  }

  /// The points that expectation-maximisation is given with a seed.
  static func fittedPoints(_ data: GaussianMixture2D, seed: UInt64) -> Tensor {
    var random = RandomSource(seed: seed)
    return data.sample(MixtureEvaluation.fittedPoints, using: &random).points
  }

  /// The mean of log p(x) of these points under the density they were drawn from.
  static func trueLogLikelihood(_ data: GaussianMixture2D, seed: UInt64) -> Double {
    let (given, exact) = (fittedPoints(data, seed: seed), data.exact)
    return (0..<given.shape[0]).map { exact.logDensity(given[index: $0].scalars.map(Double.init)) }.mean
  }

  /// GAN and denoiser of the context's data, updates and seed, trained side by side on two threads.
  static func both(_ context: StageContext) throws(UserError) -> Both {
    let (data, updates, seed) = (data(context), context.integer("updates"), context.seed)
    let key = Key(data: data.name, updates: updates, seed: seed)
    if let known = kept.withLock({ $0[key] }) { return known }
    let trained = try train(data, updates, seed) { done in
      context.report(done, of: updates, "updates of GAN and denoiser")
    }
    kept.withLock { $0[key] = trained }
    return trained
  }

  @inline(never)
  private static func train(
    _ data: GaussianMixture2D, _ updates: Int, _ seed: UInt64, _ report: (Int) -> Void
  ) throws(UserError) -> Both {
    var gan: MixtureComparison.Trained?
    var diffusion: Result<MixtureComparison.Trained, UserError>?
    Parallel.forEach(2) { task in
      // The GAN takes longer, so its count is reported, from its thread alone.
      if task == 0 {
        gan = MixtureComparison.gan(data, updates: updates, seed: seed, momentsAt: moments) {
          if $0 % 50 == 0 { report($0) }
        }
      } else {
        diffusion = denoiser(data, updates, seed)
      }
    }
    guard let gan, let diffusion else { preconditionFailure("a training of \(data.name) did not run") }
    return Both(gan: gan, diffusion: try diffusion.get())
  }

  private static func denoiser(
    _ data: GaussianMixture2D, _ updates: Int, _ seed: UInt64
  ) -> Result<MixtureComparison.Trained, UserError> {
    do throws(UserError) {
      return .success(
        try MixtureComparison.diffusion(data, updates: updates, seed: seed, momentsAt: moments))
    } catch {
      return .failure(error)
    }
  }
}

/// Charts of points in the plane.
enum PlaneChart {
  /// Points [N, 2] over points of the data in grey; the plane has no scale, since only places beside each other count.
  static func chart(
    _ title: RichText, data: Tensor, points: Tensor? = nil, color: ColorRole = .palette(0),
    layers: [any ChartLayer] = [], radius: Double = 0.8
  ) -> Chart {
    var all: [any ChartLayer] = [scatter(data, .muted, radius: 0.75 * radius, opacity: points == nil ? 0.8 : 0.3)]
    if let points { all.append(scatter(points, color, radius: radius, opacity: 0.7)) }
    let axis = Axis("", range: -2.5...2.5, ticks: [])
    return Chart(title: title, x: axis, y: axis, layers: all + layers, showsX: false, showsY: false, aspect: 1)
  }

  static func scatter(_ points: Tensor, _ color: ColorRole, radius: Double, opacity: Double) -> Scatter {
    let (x, y) = (points.sliced(0..<1, along: 1).scalars, points.sliced(1..<2, along: 1).scalars)
    return Scatter(x: x.map(Double.init), y: y.map(Double.init), color: color, radius: radius, opacity: opacity)
  }
}

extension ModeCount {
  /// Covered modes, strays and imbalance as a row of a table.
  var cells: [String] {
    [
      "\(covered) of \(counts.count)", NumberText.fixed(100 * strays, decimals: 1) + " %",
      NumberText.fixed(100 * imbalance, decimals: 1) + " %",
    ]
  }
}
