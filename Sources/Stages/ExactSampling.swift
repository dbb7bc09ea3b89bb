import Datasets
import Diffusion
import Drawing
import Foundation
import Tensors

/// Samplers with the exact denoiser of a Gaussian mixture in the plane: whatever error is left is the sampler's.
struct ExactSampling: Stage {
  let name = "exact-sampling"
  let summary = "Follows points of the plane to a mixture whose best denoiser is known in closed form"

  let parameters: [StageParameter] = [
    .integers(
      "step_counts", 1...1000, count: 2...4, default: [1, 4, 50], help: "numbers of steps whose paths are drawn"),
    .number("spread", 0.05...0.5, default: 0.2, help: "standard deviation of each of the eight Gaussians"),
    .integer("points", 3...40, default: 12, help: "points whose paths are drawn"),
  ]

  let facts = [
    FactDeclaration("jump_radius", "mean distance from the centre after one jump"),
    FactDeclaration("data_radius", "distance of the Gaussians from the centre"),
    FactDeclaration("path_steps", "the most steps drawn"),
    FactDeclaration("path_radius", "mean distance from the centre after the most steps drawn"),
    FactDeclaration("jump_density_ratio", "density of the data at its mean over that at a Gaussian's centre"),
    FactDeclaration("euler_error_50", "mean distance of Euler's end points from the exact ones, 50 steps"),
    FactDeclaration("euler_error_100", "the same, 100 steps"),
    FactDeclaration("euler_ratio", "how much smaller the error gets from 50 to 100 steps, Euler"),
    FactDeclaration("euler_error_200", "the same, 200 steps"),
    FactDeclaration("dpm_error_100", "mean distance of DPM-Solver++, 100 steps"),
    FactDeclaration("jump_lands", "where one jump lands"),
    FactDeclaration("euler_order", "order of Euler between 50 and 200 steps: error ∝ n^(−order)"),
    FactDeclaration("heun_order", "the same for Heun"),
    FactDeclaration("dpm_order", "the same for DPM-Solver++"),
  ]

  let figures = [
    FigureDeclaration(
      "exact-paths", "Paths of points from noise to an eight-fold mixture in 1, 4 and 50 steps",
      formulas: ["mixture.denoiser", "sampler.euler_step"]),
    FigureDeclaration(
      "convergence-order", "Error of deterministic samplers against the number of steps",
      formulas: ["sampler.euler_step", "sampler.heun"]),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let experiment = try MixtureExperiment(spread: context.number("spread"), seed: context.seed)
    var paths: [MixtureExperiment.Paths] = []
    for steps in Set(context.integers("step_counts")).sorted() {
      paths.append(try experiment.paths(points: context.integer("points"), steps: steps))
    }
    let errors = try experiment.errors { context.report($0, of: $1, "runs in the plane") }
    var result = StageResult()
    result.fact("jump_radius", try experiment.meanRadius(steps: 1))
    result.fact("data_radius", experiment.radius)
    result.fact("path_steps", paths[paths.count - 1].steps)
    result.fact("path_radius", try experiment.meanRadius(steps: paths[paths.count - 1].steps))
    result.fact("jump_density_ratio", experiment.centreDensityRatio)
    result.fact("euler_error_50", errors.error(.euler, 50))
    result.fact("euler_error_100", errors.error(.euler, 100))
    result.fact("euler_ratio", errors.error(.euler, 50) / errors.error(.euler, 100))
    result.fact("euler_error_200", errors.error(.euler, 200))
    result.fact("jump_lands", try experiment.landing)
    result.fact("dpm_error_100", errors.error(.dpmSolver, 100))
    result.fact("euler_order", errors.order(.euler))
    result.fact("heun_order", errors.order(.heun))
    result.fact("dpm_order", errors.order(.dpmSolver))
    result.table(errors.table)
    for path in paths { result.tensor("paths.\(path.steps)", path.points) }
    let provenance = Provenance(command: "", seed: context.seed)
    result.figure("exact-paths") { () throws(UserError) in
      ExactPathsFigure(experiment: experiment, paths: paths).figure(provenance)
    }
    result.figure("convergence-order") { () throws(UserError) in
      ConvergenceFigure(errors: errors).figure(provenance)
    }
    return result
  }
}
