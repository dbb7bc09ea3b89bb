import Foundation
import Models
import Stages
import TestSupport
import Tensors
import Testing
import Training

/// The stages of lesson 01.
@Suite struct MixtureStageTests {
  private func run(
    _ name: String, _ setting: [String: String] = [:], seed: UInt64 = 0
  ) throws -> StageResult {
    let stage = try StageCatalogue.stage(named: name)
    let home = try Home.find(workingDirectory: #filePath)
    return try stage.run(StageContext(defaultsOf: stage, setting: setting, seed: seed, home: home))
  }

  private func tables() throws -> MixtureTables {
    try MixtureTables(folder: Home.find(workingDirectory: #filePath).model("mixture"))
  }

  @Test func theGANOfTheLessonIsTheBestOfItsGrid() throws {
    let (tables, standard) = (try tables(), MixtureGAN.Settings.standard)
    let best = tables.bestGAN.settings
    #expect(best["learning_rate"].map { Float($0) } == standard.learningRate)
    #expect(best["discriminator_factor"].map { Float($0) } == standard.discriminatorFactor)
    #expect(best["discriminator_steps"].map { Int($0) } == standard.discriminatorSteps)
    #expect(best["input_noise"].map { Float($0) } == standard.inputNoise)
    #expect(best["sees_waves"].map { $0 == 1 } == standard.seesWaves)
    #expect(tables.trials.count == MixtureEvaluation.grid.count + MixtureEvaluation.rates.count)
    #expect(tables.runs.count == 3 * 6 * MixtureEvaluation.seeds.count)
  }

  /// The lesson's live run of a seed that is in the file: modes as there, shares near those there on any processor.
  @Test func theLiveRunIsWhereTheFileSays() throws {
    let live = try run("mixture-training")
    let runs = try tables().runs.filter { $0.data == "8gaussians" && $0.seed == 0 }
    for method in ["gan", "diffusion"] {
      let row = try #require(runs.first { $0.method == method })
      #expect(abs(live.number("\(method)_covered") - Double(row.covered)) <= 1)
      #expect(abs(live.number("\(method)_strays") - row.strays) < 0.1)
      #expect(abs(live.number("\(method)_imbalance") - row.imbalance) < 0.15)
    }
    #expect(live.number("parameters") == live.number("denoiser_parameters"))
  }

  /// What lesson 01 says of its numbers in words.
  @Test func theLessonsWordsHold() throws {
    let em = try run("likelihood-mixture")
    #expect(em.number("covered") == em.number("modes") && em.number("few_strays") > 0.2)
    #expect(em.number("ring_strays") > 0.03 && em.number("spiral_strays") > 0.1)
    let cover = try run("mode-coverage")
    #expect(cover.number("diffusion_full") == cover.number("seeds"))
    #expect(cover.number("rates_full") == cover.number("rates_size"))
    #expect(cover.number("grid_near") < cover.number("grid_size") / 8)
    let exact = try run("learned-denoiser")
    #expect(exact.number("learned_loss") < 1.1 * exact.number("exact_loss"))
    #expect(exact.number("exact_strays") < exact.number("learned_strays"))
    #expect(exact.number("worst_timestep") <= 50)
  }

  @Test func aRunOfOtherUpdatesIsNotCompared() throws {
    let result = try run("mode-coverage", ["updates": "200"])
    #expect(result.text("live_check").contains("is not compared"))
  }

  static let torn: [(modes: String?, settings: String?, says: String)] = [
    (nil, "", "modes.csv is missing or cannot be read; 'diffuse evaluate mixture' writes it"),
    ("data,method\nring,gan\n", "", "modes.csv, line 1: the columns must be data,method,components"),
    ("", "", "modes.csv has no rows"),
  ]

  @Test(arguments: torn)
  func tornTablesAreRefused(_ expected: (modes: String?, settings: String?, says: String)) throws {
    try withTemporaryFolder { folder in
      if let modes = expected.modes { try FileOutput.write(modes, to: folder + "/modes.csv") }
      if let settings = expected.settings { try FileOutput.write(settings + "x\n1\n", to: folder + "/settings.csv") }
      let sentence = sentence { _ = try MixtureTables(folder: folder) }
      #expect(sentence.contains(expected.says), "\(sentence)")
    }
  }

  @Test func aTornRowIsNamedByItsLine() throws {
    try withTemporaryFolder { folder in
      let header = "data,method,components,starts,seed,updates,covered,modes,strays,imbalance\n"
      try FileOutput.write(header + "ring,gan,0,0,0,9,5,8,0.1,x\n", to: folder + "/modes.csv")
      let settings =
        "method,learning_rate,discriminator_factor,discriminator_steps,input_noise,sees_waves,seeds,updates,covered,"
        + "strays,imbalance\n"
      try FileOutput.write(settings + "gan,1,1,1,0,1,2,9,8,0,0\n", to: folder + "/settings.csv")
      #expect(sentence { _ = try MixtureTables(folder: folder) }.contains("modes.csv, line 2"))
    }
  }
}
