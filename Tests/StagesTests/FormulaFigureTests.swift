import Diffusion
import Drawing
import Foundation
import Models
import Stages
import Tensors
import TestSupport
import Testing

/// The stages whose figures teach a formula: their numbers, and how the figures are set.
@Suite struct FormulaFigureTests {
  private func run(_ name: String, _ setting: [String: String] = [:], seed: UInt64 = 0) throws -> StageResult {
    let stage = try StageCatalogue.stage(named: name)
    let home = try Home.find(workingDirectory: #filePath)
    return try stage.run(StageContext(defaultsOf: stage, setting: setting, seed: seed, home: home))
  }

  private func numbers(_ result: StageResult, _ name: String) -> [Double] {
    if case .numbers(let values)? = result.fact(named: name) { values } else { [] }
  }

  static let stages = [
    "posterior-weights", "solver-step", "guidance-geometry", "attention-scale", "gaussian-divergence",
  ]

  @Test(arguments: stages) func nothingOverlapsOrIsCut(_ name: String) throws {
    let result = try run(name)
    let stage = try StageCatalogue.stage(named: name)
    #expect(result.figures.map(\.name) == stage.figures.map(\.name))
    #expect(Set(result.facts.map(\.name)) == Set(stage.facts.map(\.name)))
    for (figure, declaration) in zip(result.figures, stage.figures) {
      var drawn = try figure.draw()
      #expect(drawn.name == figure.name && !declaration.formulas.isEmpty)
      (drawn.equation, drawn.equationNumber) = (declaration.equation, declaration.equationNumber)
      for theme in Theme.all {
        for size in [FigureSize.slide, .column, .millimetres(160, 120)] {
          let log = DrawingLog(try drawn.page(theme: theme, size: size))
          let pairs = log.overlappingTexts().map { "\($0.0.text.markup) | \($0.1.text.markup)" }
          #expect(pairs.isEmpty, "\(drawn.name), \(theme.name), \(size): \(pairs)")
          #expect(log.clippedParts().isEmpty, "\(drawn.name), \(theme.name), \(size): \(log.clippedParts())")
        }
      }
    }
  }

  @Test func everyFormulaFigureIsFoundByItsFormula() {
    for (formula, figure) in [
      ("posterior.variance", "posterior-weights"), ("sampler.heun", "solver-step"),
      ("guidance.cfg", "guidance-geometry"),
      ("attention.weights", "attention-scale"), ("text.softmax_temperature", "softmax-temperature"),
      ("loss.kl_gaussian", "gaussian-divergence"), ("schedule.snr", "noise-schedules"),
    ] { #expect(StageCatalogue.figures(of: formula).map(\.name).contains(figure), "\(formula)") }
  }

  // MARK: Numbers

  @Test func weightsAreThoseOfThePosterior() throws {
    let result = try run("posterior-weights", ["timestep": "1"])
    // β₀ = 1e-4, β₁ = 1e-4 + 0.0199/999; the weights by DDPM (7) in double precision.
    let (b0, b1) = (1e-4, 1e-4 + 0.0199 / 999)
    let (a0, a1) = (1 - b0, (1 - b0) * (1 - b1))
    #expect(abs(result.number("original_weight") - a0.squareRoot() * b1 / (1 - a1)) < 1e-3)
    #expect(abs(result.number("sample_weight") - (1 - b1).squareRoot() * (1 - a0) / (1 - a1)) < 1e-3)
    #expect(abs(result.number("variance") / ((1 - a0) / (1 - a1) * b1) - 1) < 2e-3)
    #expect(result.number("crossing") == 2)
    let variances = try #require(result.tensor("variances"))
    #expect(variances[0, 1] == 0 && variances.shape == [1000, 2])
  }

  @Test func heunIsNearerThanEuler() throws {
    let result = try run("solver-step")
    #expect(result.number("heun_error") < 0.5 * result.number("euler_error"))
    #expect(result.number("euler_error") < result.number("step_length"))
    #expect(result.number("sigma_from") > result.number("sigma_to"))
    #expect(sentence { _ = try run("solver-step", ["step": "6"]) }.contains("those from 0 to 5 can be drawn"))
  }

  @Test func guidanceExtrapolatesAndGathers() throws {
    let result = try run("guidance-geometry", ["samples": "200"])
    let (spreads, shifts) = (numbers(result, "spreads"), numbers(result, "shifts"))
    // w = 1 gives the class itself: deviation 0.5, and its mean to within three standard errors.
    #expect(abs(spreads[0] - 0.5) < 0.06 && shifts[0] < 3 * 0.5 / 200.0.squareRoot() + 0.03)
    #expect(spreads[0] > spreads[1] && spreads[1] > spreads[2])
    #expect(shifts[0] < shifts[1] && shifts[1] < shifts[2])
    let densities = numbers(result, "densities")
    #expect(abs(densities[0] - 1) < 0.2 && densities[2] < densities[0])
  }

  @Test func scoresSpreadWithTheRootOfTheLength() throws {
    let result = try run("attention-scale", ["keys": "64"])
    for (deviation, d) in zip(numbers(result, "deviations"), [2, 4, 8, 16, 32, 64, 128, 256, 512]) {
      // 64 keys: the squared length of a key has the relative deviation √(2/d), its mean an eighth of that.
      #expect(
        abs(deviation / Double(d).squareRoot() - 1) < 0.25 / Double(d).squareRoot() + 0.03, "d = \(d): \(deviation)")
    }
    let (free, scaled) = (numbers(result, "largest_unscaled"), numbers(result, "largest_scaled"))
    #expect(free[8] > 0.8 && scaled[8] < 0.3)
    let byTemperature = numbers(result, "largest_by_temperature")
    #expect(byTemperature == byTemperature.sorted(by: >) && byTemperature[2] == scaled[5])
  }

  @Test(arguments: [("1", "2"), ("0", "0.5"), ("-2", "1"), ("3", "3")])
  func divergenceIsTheIntegral(_ mean: String, _ deviation: String) throws {
    let result = try run("gaussian-divergence", ["mean": mean, "deviation": deviation])
    let (m, s) = (Double(mean) ?? .nan, Double(deviation) ?? .nan)
    let closed = log(s) + (1 + m * m) / (2 * s * s) - 0.5
    #expect(abs(result.number("forward") - closed) < 1e-12)
    #expect(abs(result.number("forward_integral") - closed) < 1e-6)
    #expect(abs(result.number("backward_integral") - result.number("backward")) < 1e-6)
    #expect(result.number("narrow") > result.number("wide"))
  }
}
