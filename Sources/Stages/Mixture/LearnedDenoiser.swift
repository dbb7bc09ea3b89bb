import Datasets
import Diffusion
import Drawing
import Foundation
import Tensors
import Training

/// The trained denoiser beside the exact one: how much of its loss is its own fault, and where its samples go astray.
struct LearnedDenoiser: Stage {
  let name = "learned-denoiser"
  let summary = "Compares the trained denoiser of points with the exact one, timestep by timestep"
  let parameters: [StageParameter] = MixtureRuns.parameters

  let facts = [
    FactDeclaration("exact_loss", "loss of the exact denoiser, mean over t: what no network can go below"),
    FactDeclaration("learned_loss", "loss of the trained denoiser on the same points and noise"),
    FactDeclaration("excess", "mean squared distance of the two predictions: what training could still remove"),
    FactDeclaration("excess_share", "the excess over the exact loss"),
    FactDeclaration("worst_timestep", "t at which the predictions differ most"),
    FactDeclaration("best_timestep", "t at which they differ least"),
    FactDeclaration("worst_excess", "mean squared distance there"),
    FactDeclaration("exact_strays", "share of strays among samples with the exact denoiser"),
    FactDeclaration("learned_strays", "share of strays among samples with the trained one, from the same noise"),
    FactDeclaration("data_strays", "share of strays in the data itself"),
    FactDeclaration("end_distance", "mean distance of the end points of the two from the same noise"),
  ]

  let figures = [
    FigureDeclaration(
      "learned-vs-exact", "Loss of the trained and of the exact denoiser by timestep",
      formulas: ["mixture.denoiser", "loss.simple"]),
    FigureDeclaration(
      "reverse-flow", "Points on their way from noise to data, with the trained and with the exact denoiser",
      formulas: ["sampler.ddim_step"]),
  ]

  static let timesteps = [0, 5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 400, 500, 600, 700, 800, 900, 999]

  /// Errors at one timestep, means over points and coordinates.
  struct Point: Sendable {
    let timestep: Int
    let exact: Double
    let learned: Double
    let excess: Double
  }

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let data = MixtureRuns.data(context)
    let trained = try MixtureRuns.both(context).diffusion
    let schedule = try NoiseSchedule()
    let learned = MixtureDenoiser(weights: trained.weights, schedule: schedule)
    let exact = GaussianMixtureDenoiser(data.exact, schedule: schedule)
    var random = RandomSource(seed: context.seed)
    var points: [Point] = []
    for (index, t) in Self.timesteps.enumerated() {
      points.append(try Self.point(t, data, learned, exact, &random))
      context.report(index + 1, of: Self.timesteps.count + 2, "timesteps")
    }
    let flows = (
      learned: try Flow(learned, schedule, seed: context.seed), exact: try Flow(exact, schedule, seed: context.seed)
    )
    var result = StageResult()
    addLosses(points, to: &result)
    let real = data.sample(MixtureComparison.samples, using: &random).points
    result.fact("exact_strays", ModeCount(flows.exact.end, of: data).strays)
    result.fact("learned_strays", ModeCount(flows.learned.end, of: data).strays)
    result.fact("data_strays", ModeCount(real, of: data).strays)
    let difference = flows.learned.end - flows.exact.end
    result.fact("end_distance", Double((difference * difference).sum(along: 1).squareRoot().mean))
    result.table(Self.table(points))
    result.tensor("learned", flows.learned.end)
    result.tensor("exact", flows.exact.end)
    let provenance = Provenance(command: "", seed: context.seed)
    result.figure("learned-vs-exact") { () throws(UserError) in
      LearnedDenoiserFigure(points: points).figure(provenance)
    }
    result.figure("reverse-flow") { () throws(UserError) in
      ReverseFlowFigure(data: real, learned: flows.learned, exact: flows.exact).figure(provenance)
    }
    return result
  }

  /// 500 noisy points of one timestep, seen by both denoisers.
  private static func point(
    _ t: Int, _ data: GaussianMixture2D, _ learned: MixtureDenoiser, _ exact: GaussianMixtureDenoiser,
    _ random: inout RandomSource
  ) throws(UserError) -> Point {
    let count = 500
    let clean = data.sample(count, using: &random).points
    let noise = random.normal(clean.shape)
    let noisy = try learned.schedule.addNoise(clean, noise: noise, timesteps: [Int](repeating: t, count: count))
    let (ours, best) = (
      learned.predict(noisy, timestep: Float(t)), exact.predict(noisy, timestep: Float(t))
    )
    func error(_ a: Tensor, _ b: Tensor) -> Double { (a - b).squaredNorm / Double(a.count) }
    return Point(timestep: t, exact: error(best, noise), learned: error(ours, noise), excess: error(ours, best))
  }

  /// Means over t, by the trapezoid rule between the timesteps that were measured.
  private func addLosses(_ points: [Point], to result: inout StageResult) {
    func mean(_ value: (Point) -> Double) -> Double {
      let span = Double(points[points.count - 1].timestep - points[0].timestep)
      return zip(points, points.dropFirst()).reduce(0) { sum, pair in
        sum + Double(pair.1.timestep - pair.0.timestep) * (value(pair.0) + value(pair.1)) / 2
      } / span
    }
    let worst = points.max { $0.excess < $1.excess } ?? points[0]
    let best = points.min { $0.excess < $1.excess } ?? points[0]
    result.fact("exact_loss", mean(\.exact))
    result.fact("learned_loss", mean(\.learned))
    result.fact("excess", mean(\.excess))
    result.fact("excess_share", mean(\.excess) / mean(\.exact))
    result.fact("worst_timestep", worst.timestep)
    result.fact("best_timestep", best.timestep)
    result.fact("worst_excess", worst.excess)
  }

  private static func table(_ points: [Point]) -> StageTable {
    StageTable(
      name: "by-timestep", title: "Mean squared errors by timestep",
      columns: ["t", "exact denoiser", "trained", "between them"].map { .init($0) },
      rows: points.filter { [0, 10, 50, 100, 200, 500, 999].contains($0.timestep) }.map { point in
        ["\(point.timestep)"] + [point.exact, point.learned, point.excess].map { NumberText.fixed($0, decimals: 4) }
      })
  }
}

/// Where points are at every step of DDIM.
struct Flow: Sendable {
  /// x_t before each step and at the end, [points, 2] each.
  let states: [Tensor]
  let timesteps: [Int]

  var end: Tensor { states[states.count - 1] }

  init(_ denoiser: some Denoiser, _ schedule: NoiseSchedule, seed: UInt64) throws(UserError) {
    var random = RandomSource(seed: seed)
    var (states, timesteps) = ([Tensor](), [Int]())
    let end = try sampled(denoiser, MixtureComparison.samples, schedule: schedule, using: &random) { event in
      states.append(event.sample)
      timesteps.append(Int(event.timestep))
    }
    self.states = states + [end]
    self.timesteps = timesteps
  }
}
