import Foundation
import Gradients
import Layers
import Models
import TestSupport
import Tensors
import Testing
import Training

/// Fits y = 2 x₁ − x₂ + 0.5 with a linear layer: a run of a few milliseconds that uses everything a long one does.
private final class LineRecipe: Recipe {
  let name = "line"
  var settings = TrainingSettings(
    totalSteps: 120, batchSize: 16, learningRate: 0.05, warmupSteps: 5, emaDecay: 0.9)
  let layer = Linear(2, 1)
  var parts: [ModelPart] { [ModelPart(layer, ["_class_name": "Linear"])] }
  let dataDescription = "Points on a plane."
  var breaksAt: Int?

  var module: any Module { layer }

  func loss(step: Int, _ random: inout RandomSource) throws(UserError) -> Variable {
    let x = random.normal([settings.batchSize, 2])
    let y = x.matmul(Tensor([2, -1], shape: [2, 1])) + 0.5
    let scale: Float = step == breaksAt ? .nan : 1
    return Loss.meanSquaredError(layer(Variable(x)), Variable(y)) * scale
  }
}

@Suite("Training loop")
struct TrainerTests {
  private func weights(_ recipe: LineRecipe) -> [Float] {
    recipe.module.namedParameters().flatMap(\.parameter.value.scalars)
  }

  @Test func aRunLearnsAndWritesEverything() throws {
    try withTemporaryFolder { folder in
      let recipe = LineRecipe()
      let trainer = try Trainer(recipe, folder: TrainingFolder(folder))
      #expect(try trainer.run() == .finished)
      let learned = weights(recipe)
      #expect(abs(learned[0] - 2) < 0.05 && abs(learned[1] + 1) < 0.05 && abs(learned[2] - 0.5) < 0.05)
      let log = try TrainingLog.read(folder + "/training.csv")
      #expect(log.map(\.step) == [50, 100, 120])
      #expect(log.last.map { $0.loss < log[0].loss } == true)
      let card = try String(contentsOfFile: folder + "/README.md", encoding: .utf8)
      let hash = try sha256(ofFile: ModelFolder(folder).weightsPath())
      #expect(card.contains("diffuse train line") && card.contains(hash))
      #expect(!TrainingFolder(folder).hasCheckpoint)
    }
  }

  @Test func theLearningRateStartsAnewAtARestart() {
    var settings = TrainingSettings(totalSteps: 50, batchSize: 1, learningRate: 2, warmupSteps: 4)
    let plain = (0..<20).map { step in
      TrainingSettings(totalSteps: 20, batchSize: 1, learningRate: 2, warmupSteps: 4).learningRate(step: step)
    }
    settings.restarts = [20]
    // The first round is that of a run which ends at the restart; the second has a warm-up of its own and ends at 0.
    #expect((0..<20).map { settings.learningRate(step: $0) } == plain)
    #expect(settings.learningRate(step: 20) == 0 && settings.learningRate(step: 22) == 1)
    #expect(settings.learningRate(step: 24) == 2 && abs(settings.learningRate(step: 37) - 1) < 1e-6)
    #expect((24..<49).allSatisfy { settings.learningRate(step: $0) > settings.learningRate(step: $0 + 1) })
    // A round can have a peak of its own.
    settings.restarts = [20, .init(35, peak: 0.5)]
    #expect((0..<20).map { settings.learningRate(step: $0) } == plain)
    #expect(settings.learningRate(step: 24) == 2 && settings.learningRate(step: 39) == 0.5)
    #expect([0, 20, 34, 35, 49].map { settings.round(step: $0) } == [0..<20, 20..<35, 20..<35, 35..<50, 35..<50])
  }

  @Test(arguments: [1, 37, 119])
  func anInterruptedRunEndsWithTheSameBits(_ stop: Int) throws {
    try withTemporaryFolder { folder in
      let whole = LineRecipe()
      _ = try Trainer(whole, folder: TrainingFolder(folder + "/whole")).run()
      var steps = 0
      let first = try Trainer(LineRecipe(), folder: TrainingFolder(folder + "/cut"))
      let outcome = try first.run(shouldStop: { steps == stop }, progress: { _ in steps += 1 })
      #expect(outcome == .interrupted(step: stop))
      let resumed = LineRecipe()
      _ = try Trainer(resumed, folder: TrainingFolder(folder + "/cut"), start: .atCheckpoint).run()
      #expect(weights(resumed) == weights(whole))
      let cut = try bytes(ofFile: folder + "/cut/diffusion_pytorch_model.safetensors")
      #expect(try cut == bytes(ofFile: folder + "/whole/diffusion_pytorch_model.safetensors"))
      let steps1 = try TrainingLog.read(folder + "/cut/training.csv").map(\.step)
      #expect(steps1 == [50, 100, 120])
    }
  }

  /// Without an average the weights at the cut are those that are kept, but for half precision.
  @Test func aRoundNeedsNothingOfTheOneBeforeButItsWeights() throws {
    try withTemporaryFolder { folder in
      func recipe(totalSteps: Int) -> LineRecipe {
        let recipe = LineRecipe()
        // Far from converged, so that moments kept from the first round would show in the second.
        recipe.settings.learningRate = 0.005
        (recipe.settings.totalSteps, recipe.settings.restarts, recipe.settings.emaDecay) = (totalSteps, [60], nil)
        return recipe
      }
      let whole = recipe(totalSteps: 120)
      _ = try Trainer(whole, folder: TrainingFolder(folder + "/whole")).run()
      let before = TrainingFolder(folder + "/before")
      let half = recipe(totalSteps: 60)
      _ = try Trainer(half, folder: before).run()
      let further = recipe(totalSteps: 120)
      let trainer = try Trainer(further, folder: TrainingFolder(folder + "/further"), start: .atRound(after: before))
      #expect(try trainer.run() == .finished)
      for (a, b) in zip(weights(further), weights(whole)) { #expect(abs(a - b) < 1e-3) }
      #expect(weights(further) != weights(half))
      let log = try TrainingLog.read(folder + "/further/training.csv")
      #expect(log.map(\.step) == [50, 60, 100, 120])
      #expect(zip(log, log.dropFirst()).allSatisfy { $0.seconds <= $1.seconds })
      // 120 is no beginning of a round, and a folder without a log ends nowhere.
      let error = #expect(throws: UserError.self) {
        try Trainer(
          recipe(totalSteps: 180), folder: TrainingFolder(folder + "/none"),
          start: .atRound(after: TrainingFolder(folder + "/further")))
      }
      #expect(error?.sentence.contains("ends at step 120, where no round of line begins") == true)
      #expect(throws: UserError.self) {
        try Trainer(recipe(totalSteps: 120), folder: before, start: .atRound(after: TrainingFolder(folder + "/none")))
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/none"))
    }
  }

  /// With no way at all the round before is kept; half the way is the mean of both ends.
  @Test(arguments: [nil, 0.9] as [Float?])
  func aRoundMayGoAPartOfTheWay(_ decay: Float?) throws {
    try withTemporaryFolder { folder in
      func run(
        _ name: String, totalSteps: Int, slowStep: Float, start: Trainer.Start = .fromNothing
      ) throws -> [Float] {
        let recipe = LineRecipe()
        (recipe.settings.totalSteps, recipe.settings.emaDecay) = (totalSteps, decay)
        recipe.settings.restarts = [.init(60, slowStep: slowStep)]
        _ = try Trainer(recipe, folder: TrainingFolder("\(folder)/\(name)"), start: start).run()
        return weights(recipe)
      }
      let before = try run("before", totalSteps: 60, slowStep: 0.5)
      let after = Trainer.Start.atRound(after: TrainingFolder(folder + "/before"))
      let kept = try run("kept", totalSteps: 90, slowStep: 0, start: after)
      let half = try run("half", totalSteps: 90, slowStep: 0.5, start: after)
      let all = try run("all", totalSteps: 90, slowStep: 1, start: after)
      #expect(all != kept)
      for index in before.indices {
        // What is gone on from is in half precision.
        #expect(abs(kept[index] - before[index]) < 1e-3)
        #expect(abs(half[index] - (kept[index] + all[index]) / 2) < 1e-6)
      }
      let card = try String(contentsOfFile: folder + "/half/README.md", encoding: .utf8)
      #expect(card.contains("anew from step 60 and 0.5 of the way from where it began"))
    }
  }

  /// The rounds are alike when the optimiser, too, starts anew: an interruption inside the second changes nothing.
  @Test(arguments: [59, 60, 61])
  func anInterruptionBesideARestartChangesNothing(_ stop: Int) throws {
    try withTemporaryFolder { folder in
      func recipe() -> LineRecipe {
        let recipe = LineRecipe()
        recipe.settings.restarts = [.init(40, slowStep: 0.5), .init(60, slowStep: 0.3)]
        return recipe
      }
      let whole = recipe()
      _ = try Trainer(whole, folder: TrainingFolder(folder + "/whole")).run()
      var steps = 0
      let cut = TrainingFolder(folder + "/cut")
      _ = try Trainer(recipe(), folder: cut).run(shouldStop: { steps == stop }, progress: { _ in steps += 1 })
      let resumed = recipe()
      _ = try Trainer(resumed, folder: cut, start: .atCheckpoint).run()
      #expect(weights(resumed) == weights(whole))
    }
  }

  @Test func resumingNeedsACheckpointOfTheSameRun() throws {
    try withTemporaryFolder { folder in
      #expect(throws: UserError.self) {
        try Trainer(LineRecipe(), folder: TrainingFolder(folder), start: .atCheckpoint)
      }
      var steps = 0
      _ = try Trainer(LineRecipe(), folder: TrainingFolder(folder))
        .run(shouldStop: { steps == 3 }, progress: { _ in steps += 1 })
      let other = LineRecipe()
      other.settings.learningRate = 0.01
      let error = #expect(throws: UserError.self) {
        try Trainer(other, folder: TrainingFolder(folder), start: .atCheckpoint)
      }
      #expect(error?.sentence.contains("other training settings") == true)
    }
  }

  @Test func aLossThatIsNoNumberEndsTheRun() throws {
    try withTemporaryFolder { folder in
      let recipe = LineRecipe()
      recipe.breaksAt = 7
      let trainer = try Trainer(recipe, folder: TrainingFolder(folder))
      let error = #expect(throws: UserError.self) { try trainer.run() }
      #expect(error?.sentence.contains("step 8") == true)
      #expect(!FileManager.default.fileExists(atPath: folder + "/diffusion_pytorch_model.safetensors"))
    }
  }

  @Test func aTornLogNamesItsLine() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/training.csv"
      try FileOutput.write(TrainingLog.header + "\n50,800,0.1,0.5,0.01,1\n100,16", to: path)
      let error = #expect(throws: UserError.self) { try TrainingLog.read(path) }
      #expect(error?.sentence.contains("line 3") == true)
    }
  }

  @Test func aFolderThatCannotBeMadeIsNamed() {
    let error = #expect(throws: UserError.self) {
      try Trainer(LineRecipe(), folder: TrainingFolder("/dev/null/run"))
    }
    #expect(error?.code == .cannotCreate)
  }
}

@Suite("Model folders")
struct ModelFolderTests {
  private func write(_ tensors: [(String, Tensor)], _ config: String, to folder: String) throws {
    try FileOutput.write(config, to: folder + "/config.json")
    try SafetensorsFile.write(tensors, to: folder + "/diffusion_pytorch_model.safetensors")
  }

  private let config = """
    {"_class_name": "ImageClassifier", "block_out_channels": [8], "norm_num_groups": 2, "feature_width": 3, "num_classes": 2}
    """

  private func parameters() throws -> [(String, Tensor)] {
    let classifier = try ImageClassifier(
      ImageClassifier.Configuration(
        ConfigurationObject(
          ["block_out_channels": [8], "norm_num_groups": 2, "feature_width": 3, "num_classes": 2], path: "test")))
    return classifier.namedParameters().map { ($0.name, $0.parameter.value) }
  }

  @Test func whatIsWrittenOpensAgain() throws {
    try withTemporaryFolder { folder in
      try write(parameters(), config, to: folder)
      let model = try ModelFolder(folder).imageClassifier()
      #expect(model(Variable(.zeros([1, 1, 4, 4]))).logits.shape == [1, 2])
    }
  }

  @Test func aMissingTensorIsNamed() throws {
    try withTemporaryFolder { folder in
      try write(Array(parameters().dropLast()), config, to: folder)
      let error = #expect(throws: UserError.self) { try ModelFolder(folder).imageClassifier() }
      #expect(error?.sentence.contains("classifier.bias") == true)
      #expect(error?.code == .config)
    }
  }

  @Test func aTensorTooManyAndAWrongShapeAreNamed() throws {
    try withTemporaryFolder { folder in
      try write(parameters() + [("stray", Tensor(1))], config, to: folder)
      #expect(
        #expect(throws: UserError.self) { try ModelFolder(folder).imageClassifier() }?.sentence.contains("'stray'")
          == true)
      try write(
        parameters(), config.replacingOccurrences(of: "\"num_classes\": 2", with: "\"num_classes\": 5"), to: folder)
      #expect(
        #expect(throws: UserError.self) { try ModelFolder(folder).imageClassifier() }?.sentence.contains("[5, 3]")
          == true)
    }
  }

  @Test(arguments: [
    "", "[1]", "{\"block_out_channels\": [8, 0]}", "{\"block_out_channels\": [7]}", "{\"block_out_channels\": true}",
  ])
  func aWrongConfigurationIsOneSentence(_ text: String) throws {
    try withTemporaryFolder { folder in
      try write(parameters(), text, to: folder)
      let error = #expect(throws: UserError.self) { try ModelFolder(folder).imageClassifier() }
      #expect(error?.sentence.contains("config.json") == true)
    }
  }

  @Test func aFolderWithoutPartsSaysWhatIsMissing() throws {
    try withTemporaryFolder { folder in
      #expect(throws: UserError.self) { try ModelFolder(folder + "/none").unet2D() }
      try FileOutput.write(config, to: folder + "/config.json")
      let error = #expect(throws: UserError.self) { try ModelFolder(folder).imageClassifier() }
      #expect(error?.sentence.contains("no weights") == true)
    }
  }

  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func hashesOfTheStandard(_ text: String, _ expected: String) throws {
    try withTemporaryFolder { folder in
      try FileOutput.write(text, to: folder + "/file")
      #expect(try sha256(ofFile: folder + "/file") == expected)
    }
  }
}

@Suite("Fréchet distance")
struct FrechetDistanceTests {
  @Test func equalSetsHaveNone() {
    var random = RandomSource(seed: 1)
    let features = FeatureStatistics(random.normal([200, 5]))
    #expect(abs(frechetDistance(features, features)) < 1e-9)
  }

  /// For diagonal covariances: Σ (μ₁ − μ₂)² + Σ (σ₁ − σ₂)².
  @Test func axisAlignedSetsFollowTheClosedForm() {
    let base: [Float] = [-1, -1, -1, 1, 1, -1, 1, 1]
    let a = FeatureStatistics(Tensor(base, shape: [4, 2]))
    let scaled = base.enumerated().map { $0.offset % 2 == 0 ? 3 * $0.element + 2 : 0.5 * $0.element - 1 }
    let b = FeatureStatistics(Tensor(scaled, shape: [4, 2]))
    let sigma = (4.0 / 3).squareRoot()
    let expected = 4 + 1 + pow(2 * sigma, 2) + pow(0.5 * sigma, 2)
    #expect(abs(frechetDistance(a, b) - expected) < 1e-9)
    #expect(abs(frechetDistance(b, a) - expected) < 1e-9)
  }

  /// The distance does not depend on the axes: both sets turned by the same angle.
  @Test func turningBothSetsChangesNothing() {
    var random = RandomSource(seed: 2)
    let x = random.normal([300, 2]) * Tensor([1, 4], shape: [1, 2])
    let y = random.normal([300, 2]) * Tensor([3, 0.2], shape: [1, 2]) + 1
    let (c, s) = (Float(0.6), Float(0.8))
    let turn = Tensor([c, -s, s, c], shape: [2, 2])
    let plain = frechetDistance(FeatureStatistics(x), FeatureStatistics(y))
    let turned = frechetDistance(FeatureStatistics(x.matmul(turn)), FeatureStatistics(y.matmul(turn)))
    #expect(abs(plain - turned) < 1e-4 * plain)
  }
}
