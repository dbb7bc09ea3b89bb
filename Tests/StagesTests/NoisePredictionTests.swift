import Diffusion
import Drawing
import Gradients
import Models
import Stages
import Tensors
import TestSupport
import Testing

@Suite struct NoisePredictionTests {
  @Test func batchEqualsOneCallForEachTimestep() throws {
    try SmallHome.with { small in
      let result = try small.run("noise-prediction", ["timesteps": "3,400,990"], seed: 5)
      let noisy = try #require(result.tensor("x_t"))
      let predicted = try #require(result.tensor("eps_hat"))
      for (n, t) in [3, 400, 990].enumerated() {
        let one = small.unet(Variable(noisy.sliced(n..<(n + 1))), timesteps: [Float(t)], classLabels: [7]).value
        expectClose(predicted.sliced(n..<(n + 1)), one, .scaled(1e-5), "t = \(t)")
      }
    }
  }

  @Test func lossesAreMeansOverThePixels() throws {
    try SmallHome.with { small in
      let result = try small.run("noise-prediction", ["timesteps": "10,700"])
      let (noise, predicted) = (try #require(result.tensor("eps")), try #require(result.tensor("eps_hat")))
      for n in 0..<2 {
        let pairs = zip(noise.scalars, predicted[index: n].scalars)
        let expected = pairs.reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) } / 1024
        #expect(abs(try result.column("network")[n] - expected) < 2e-5)
      }
      let zero = noise.scalars.reduce(0.0) { $0 + Double($1 * $1) } / 1024
      #expect(try result.column("ε̂ = 0").allSatisfy { abs($0 - zero) < 1e-3 })
    }
  }

  /// x_t = √ᾱ_t x̂₀ + √(1 − ᾱ_t) ε̂, whatever the network answers.
  @Test func restoredGarmentAndNoiseMixToWhatWasSeen() throws {
    try SmallHome.with { small in
      let result = try small.run("noise-prediction", ["timesteps": "20,500", "image": "bag"])
      let schedule = try NoiseSchedule()
      let mixed = try schedule.addNoise(
        try #require(result.tensor("x0_hat")), noise: try #require(result.tensor("eps_hat")), timesteps: [20, 500])
      expectClose(mixed, try #require(result.tensor("x_t")), .absolute(1e-4))
      #expect(result.text("class_name") == "bag")
    }
  }

  @Test func toldTheTruthItAnswersAsBefore() throws {
    try SmallHome.with { small in
      let asked = try small.run("noise-prediction", ["timesteps": "250"], seed: 3)
      let told = try small.run("told-timestep", ["timestep": "250", "told": "250,900"], seed: 3)
      #expect(abs(told.number("true_loss") - asked.number("first_loss")) < 1e-5)
      #expect(abs(told.number("first_factor") - 1) < 1e-4)
      #expect(abs(told.number("last_factor") - 1) > 1e-3)
      #expect(told.text("weights_unchanged") == "yes")
      #expect(abs(told.number("copies_gigabytes") - Double(small.unet.parameterCount) * 4e-6) < 1e-9)
    }
  }

  @Test func otherSeedsGiveOtherNoise() throws {
    try SmallHome.with { small in
      let results = try [0, 0, 1].map { try small.run("noise-prediction", ["timesteps": "250"], seed: $0) }
      #expect(results[0].tensor("eps") == results[1].tensor("eps"))
      #expect(results[0].tensor("eps") != results[2].tensor("eps"))
    }
  }
}

@Suite struct UNetAnatomyTests {
  /// The channels said to come into each block of the way up are those its first convolution takes.
  @Test func inputsAreThoseOfTheModules() throws {
    try SmallHome.with { small in
      let result = try small.run("unet-anatomy")
      let table = try #require(result.tables.first)
      let modules = Dictionary(uniqueKeysWithValues: small.unet.namedModules().map { ($0.name, $0.module) })
      var checked = 0
      for row in table.rows {
        let residual = row[0].replacing("attentions", with: "resnets")
        guard let block = modules[residual] as? ResnetBlock2D else { continue }
        let sum = row[2].split(separator: "+").compactMap { Int($0.filter(\.isNumber)) }.reduce(0, +)
        #expect(sum == block.conv1.weight.shape[1], "\(row)")
        checked += 1
      }
      #expect(checked == Int(result.number("residual_blocks")))
      // Every level has two blocks on the way up and one down; the middle has two.
      #expect(checked == 3 * 2 + 3 + 2)
      #expect(Int(result.number("skips")) == 6)
    }
  }

  @Test func parametersOfTheLayersAreThoseOfTheTree() throws {
    try SmallHome.with { small in
      let result = try small.run("unet-anatomy")
      let rows = try #require(result.tables.first).rows
      let listed = rows.compactMap { Int($0[4].filter(\.isNumber)) }.reduce(0, +)
      let others = ["time_embedding", "class_embedding", "conv_norm_out"]
      let rest = small.unet.children.filter { others.contains($0.name) }.reduce(0) { $0 + $1.module.parameterCount }
      #expect(listed + rest == small.unet.parameterCount)
    }
  }
}

@Suite struct LessonThreeFigures {
  static let stages = ["unet-anatomy", "noise-prediction", "told-timestep", "loss-by-timestep", "training-curve"]

  @Test(arguments: stages)
  func nothingOverlapsOrIsCut(_ name: String) throws {
    try SmallHome.with { small in
      try small.write(LossByTimestepTests.log, as: "training.csv")
      try small.write(LossByTimestepTests.sweep, as: "loss-by-timestep.csv")
      let result = try small.run(name, name == "loss-by-timestep" ? ["draws": "1"] : [:])
      let stage = try StageCatalogue.stage(named: name)
      #expect(result.figures.map(\.name) == stage.figures.map(\.name))
      #expect(Set(result.facts.map(\.name)) == Set(stage.facts.map(\.name)))
      for figure in result.figures {
        let drawn = try figure.draw()
        #expect(drawn.name == figure.name)
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
  }

  /// One picture for every layer but the upsamplings, the input, and two strips for t.
  @Test func anatomyShowsEveryLayer() throws {
    try SmallHome.with { small in
      let result = try small.run("unet-anatomy")
      let rows = try #require(result.tables.first).rows
      let log = DrawingLog(try #require(result.figure(named: "unet-anatomy")).draw().page(theme: .light))
      #expect(log.images.count == rows.count { $0[1] != "doubles the size" } + 1 + 2)
      let marks = log.texts.count { $0.text.markup == "t" }
      #expect(marks == Int(result.number("residual_blocks")) + 1)
    }
  }
}
