import Datasets
import Diffusion
import Models
import Tensors

/// The same noise taken away in one jump and in more and more steps, with a judge who names the results.
struct JumpOrSteps: Stage {
  let name = "jump-or-steps"
  let summary = "Removes the noise at once and in many steps, from the same start"
  let models = [GarmentSampler.modelName, GarmentJudge.modelName]

  let parameters: [StageParameter] = [
    .integers(
      "step_counts", 1...1000, count: 2...8, default: [1, 2, 5, 10, 20, 50],
      help: "numbers of steps to compare, each from the same noise"),
    GarmentSampler.samplerParameter(default: .ddim),
    GarmentSampler.guidanceParameter,
    GarmentSampler.etaParameter,
    .integer("samples", 10...200, default: 20, help: "garments for each number of steps; the ten classes in turn"),
  ]

  let facts = [
    FactDeclaration("fewest", "the smallest number of steps compared"),
    FactDeclaration("most", "the largest number of steps compared"),
    FactDeclaration("named_fewest", "share of garments the judge names as wanted, fewest steps"),
    FactDeclaration("named_most", "the same, most steps"),
    FactDeclaration("grain_fewest", "mean difference of neighbouring pixels, fewest steps"),
    FactDeclaration("grain_most", "the same, most steps"),
    FactDeclaration("grain_mean_jump", "the same for the mean of many single jumps"),
    FactDeclaration("amplification", "1/√ᾱ at the first timestep: what one jump multiplies errors of ε̂ by"),
    FactDeclaration("one_percent_error", "RMS error of x̂₀ in one jump when ε̂ is off by 0.01"),
    FactDeclaration("error_percent", "RMS error of this network's ε̂ at the first timestep, in percent"),
    FactDeclaration("jump_error", "what that makes of x̂₀ in one jump, RMS; black is −1, white 1"),
    FactDeclaration("jumps", "single jumps averaged for each class"),
  ]

  let figures = [
    FigureDeclaration(
      "steps-grid", "One jump against 2, 5, 10, … steps from the same noise", formulas: ["prediction.x0_from_epsilon"])
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let sampler = try GarmentSampler(context.home)
    let judge = try GarmentJudge(context.home)
    let comparison = try StepComparison(context, sampler: sampler, judge: judge)
    let jump = try MeanJump(sampler, seed: context.seed, guidanceScale: context.number("guidance_scale")) {
      context.report($0, of: $1, "single jumps")
    }
    var result = StageResult()
    addMeasures(of: comparison, jump, to: &result)
    result.table(comparison.table)
    for row in comparison.rows { result.tensor("steps.\(row.steps)/x0", row.garments) }
    result.tensor("mean_jump/x0_hat", jump.means)
    result.figure("steps-grid") { () throws(UserError) in
      StepsGridFigure(comparison: comparison, jump: jump).figure(sampler.provenance(context))
    }
    return result
  }

  private func addMeasures(of comparison: StepComparison, _ jump: MeanJump, to result: inout StageResult) {
    let (first, last) = (comparison.rows[0], comparison.rows[comparison.rows.count - 1])
    result.fact("fewest", first.steps)
    result.fact("most", last.steps)
    result.fact("named_fewest", first.namedShare)
    result.fact("named_most", last.namedShare)
    result.fact("grain_fewest", first.grain)
    result.fact("grain_most", last.grain)
    result.fact("grain_mean_jump", grain(of: jump.means.clamped(to: -1...1)))
    result.fact("amplification", jump.amplification)
    result.fact("one_percent_error", 0.01 * jump.amplification)
    result.fact("error_percent", 100 * jump.error)
    result.fact("jump_error", jump.amplification * jump.error)
    result.fact("jumps", MeanJump.count)
  }
}
