import Datasets
import Foundation
import Models
import Pipelines
import Stages
import Tensors
import TestSupport
import Testing
import Training

/// What `diffuse evaluate emoji-ldm` writes beside a model, and what stages read there.
@Suite struct EmojiSweepTests {
  /// A small untrained pipeline with an untrained judge, three steps a run; it knows the first `worldLimit` emoji, nil for all.
  private func withEvaluation(
    latentSide: Int = 8, worldLimit: Int? = nil, strength: Double? = nil,
    _ body: (EmojiEvaluation, EvaluationReport, PipelineFolder) throws -> Void
  ) throws {
    try withTinyPipeline { path in
      let file = path + "/unet/config.json"
      let original = try String(contentsOfFile: file, encoding: .utf8)
      let changed = original.replacingOccurrences(of: "\"sample_size\": 8", with: "\"sample_size\": \(latentSide)")
      try changed.write(toFile: file, atomically: true, encoding: .utf8)
      var configuration = ImageClassifier.Configuration()
      (configuration.inChannels, configuration.channels, configuration.featureWidth) = (3, [8, 8], 8)
      configuration.numClasses = try CaptionedEmoji().names.count
      let judge = ImageClassifier(configuration)
      var random = RandomSource(seed: 1)
      judge.initialize(&random)
      let judgeFolder = ModelFolder(path + "/judge")
      try judgeFolder.write(judge, configuration.jsonObject)
      try CaptionVocabulary(CaptionedEmoji(worldLimit: worldLimit)).write(to: path)
      var settings = EvaluationSettings(sampleCount: 100, guidanceScale: 3)
      (settings.numInferenceSteps, settings.seed, settings.strength) = (3, 4, strength)
      let folder = PipelineFolder(path)
      let evaluation = try EmojiEvaluation(settings, model: folder, judge: judgeFolder) { _, _, _ in }
      let report = EvaluationReport(model: path, weights: folder.part("unet"), out: path, settings: settings)
      try body(evaluation, report, folder)
    }
  }

  /// The names' places are those that zero-shot classification gives, of the whole picture or of the emoji's half.
  @Test func everyEmojiIsNamed() throws {
    try withEvaluation(latentSide: 32, worldLimit: 101) { evaluation, report, folder in
      let world = try CaptionedEmoji(worldLimit: 101)
      let rows = try evaluation.recognition(
        clip: ModelFolder(Home.find(workingDirectory: #filePath).model("emoji-clip")))
      #expect(rows.filter { !$0.isInPair }.map(\.emoji) == world.names)
      #expect(Set(rows.filter(\.isInPair).map(\.emoji)) == Set(world.pairMembers.map { world.names[$0] }))
      for isInPair in [false, true] {
        let some = rows.filter { $0.isInPair == isInPair }
        #expect(some.allSatisfy { (0..<101).contains($0.rank) && (0..<101).contains($0.realRank) })
        // Real scenes are recognised, pictures of a network that learned nothing are not.
        #expect(some.count { $0.realRank == 0 } > some.count * 9 / 10)
        #expect(some.count { $0.rank == 0 } < some.count / 10)
      }
      try report.write(recognition: rows)
      let lines = try String(contentsOfFile: folder.path + "/recognition.csv", encoding: .utf8).split(separator: "\n")
      #expect(lines.count == rows.count + 1 && lines[1].hasPrefix("\(rows[0].emoji),no,\(rows[0].rank),"))
    }
  }

  @Test func emojiOfAnotherSizeAreNotNamed() throws {
    try withEvaluation { evaluation, _, _ in
      let error = try #require(throws: UserError.self) {
        try evaluation.recognition(clip: ModelFolder(Home.find(workingDirectory: #filePath).model("emoji-clip")))
      }
      #expect(error.sentence.hasPrefix("pictures of 16×16; ") && error.sentence.hasSuffix("was trained with 64×64"))
    }
  }

  @Test func attentionIsReadAsItWasMeasured() throws {
    try withEvaluation { evaluation, report, folder in
      let rows = try evaluation.attentionSweep(count: 3)
      try report.write(attention: rows)
      let sweep = try #require(try AttentionSweep(folder))
      #expect(rows.count == 3 * 5 && sweep.rows.count == rows.count && sweep.pairs.count == 3)
      #expect(sweep.steps == 3 && sweep.guidanceScale == 3)
      for (read, row) in zip(sweep.rows, rows) {
        #expect(read.prompt == "\(row.first) left of \(row.second)" && read.layer == row.layer && read.seed == row.seed)
        #expect(abs(read.shares.first - row.shares.first) < 1e-6 && abs(read.shares.end - row.shares.end) < 1e-6)
      }
      #expect(sweep.pairs.map(\.seed) == [4, 5, 6])
      // The stage runs the same pairs and finds the same.
      let stage = try StageCatalogue.stage(named: "attention-halves")
      let home = try Home.find(workingDirectory: #filePath)
      let result = try stage.run(
        StageContext(defaultsOf: stage, setting: ["model": folder.path, "pairs": "3"], home: home))
      let said = result.text("live_check")
      #expect(said.contains("The 3 pairs that were run just now"))
      // "0.00001." or, below what the file's digits can tell, "3·10⁻⁷."
      let largest = try #require(said.split(separator: " ").last).dropLast()
      #expect(largest.contains("·10⁻") || Double(largest).map { $0 <= 1e-4 } == true, "\(said)")
    }
  }

  @Test func evaluationIsReadAsItWasMeasured() throws {
    try withEvaluation { evaluation, report, folder in
      let metrics = try evaluation.run()
      try report.write(metrics, judge: "judge", updatingCard: true)
      let table = try #require(try EvaluationTable(folder))
      #expect(table.rows.count == metrics.count && table.samples == 100 && table.steps == 3)
      for (read, metric) in zip(table.rows, metrics) {
        #expect("\(read.kind): \(read.measure)" == metric.name)
        #expect(read.generated == metric.generated && read.decoded == metric.decoded && read.real == metric.real)
      }
      #expect(table.named.map(\.kind) == ["single", "background", "held-out background", "pair", "held-out pair"])
      // The scenes are right; an untrained autoencoder leaves little of them.
      let background = try #require(table.row("background", "right background"))
      #expect(background.real == 1 && background.decoded < 0.5)
      let card = try String(contentsOfFile: folder.path + "/README.md", encoding: .utf8)
      #expect(card.contains("| metric | generated | decoded | real | what |\n|---|---|---|---|---|\n"))
    }
  }

  /// Each run is image-to-image from the scene's own picture, with a seed of its own, and the report says so.
  @Test func runsMayBeginWithTheRealScenes() throws {
    try withEvaluation(latentSide: 32, strength: 0.4) { evaluation, report, folder in
      let world = try CaptionedEmoji()
      var random = RandomSource(seed: 9)
      let scenes = [3, 5].map { world.singleScene(of: $0, background: nil, &random) }
      let real = world.pictures(of: scenes)
      let pictures = try evaluation.pictures(of: scenes, begunWith: real, strength: 0.4, label: "two")
      #expect(pictures.shape == [2, 3, 64, 64])
      var request = TextToImageRequest(prompt: scenes[1].caption)
      (request.sampler, request.numInferenceSteps, request.guidanceScale, request.seed) = (.ddim, 3, 3, 5)
      let picture = real.sliced(1..<2).reshaped([3, 64, 64]).affine(scale: 0.5, shift: 0.5)
      request.start = .picture(picture, strength: 0.4)
      let second = try StableDiffusionPipeline(folder: folder).generate(request).pictures
      #expect(pictures.sliced(1..<2).scalars == second.affine(scale: 2, shift: -1).scalars)

      try report.write([], judge: "judge", updatingCard: false)
      let csv = try String(contentsOfFile: folder.path + "/evaluation.csv", encoding: .utf8)
      #expect(csv.hasSuffix(",seed,strength,weights\n"))
      #expect(report.table([]).contains("begun with the real scenes at strength 0.4"))
    }
  }

  @Test func guidanceIsReadAsItWasMeasured() throws {
    try withEvaluation { evaluation, report, folder in
      let rows = try evaluation.guidanceSweep(prompts: 2, count: 2, scales: [1, 4])
      try report.write(guidance: rows)
      let sweep = try #require(try GuidanceSweep(folder))
      #expect(sweep.rows.count == 6 && sweep.scales == [1, 4] && sweep.real != nil)
      #expect(sweep.steps == EmojiEvaluation.guidanceSteps && sweep.seed == 4 && sweep.pictures == 2)
      for (read, row) in zip(sweep.rows, rows) {
        #expect(read.prompt == row.prompt && read.scale == row.guidanceScale.map(Double.init))
        #expect(abs(read.diversity - row.quality.diversity) < 1e-6)
      }
      // One of the rows again, by hand.
      var request = TextToImageRequest(prompt: "penguin")
      (request.numInferenceSteps, request.guidanceScale, request.seed) = (EmojiEvaluation.guidanceSteps, 4, 4)
      request.numImagesPerPrompt = 2
      let pictures = try StableDiffusionPipeline(folder: folder).generate(request).pictures
      let row = try #require(sweep.row("penguin", scale: 4))
      #expect(abs(row.saturation - meanSaturation(pictures)) < 1e-6)
    }
  }

  // MARK: Measures

  @Test func saturationOfKnownColours() {
    let pure = Tensor([1, 0, 0], shape: [1, 3, 1, 1])
    let grey = Tensor([0.4, 0.4, 0.4], shape: [1, 3, 1, 1])
    let pale = Tensor([0.5, 0.75, 0.6], shape: [1, 3, 1, 1])
    #expect(meanSaturation(pure) == 1 && meanSaturation(grey) == 0 && meanSaturation(pale) == 0.25)
    #expect(meanSaturation(Tensor.concatenated([pure, pale], along: 3)) == 0.625)
    #expect(meanSaturation(Tensor.concatenated([pure, pale])) == 0.625)
  }

  @Test func distanceOfPairs() {
    let features = Tensor([0, 0, 3, 4, 0, 8], shape: [3, 2])
    // 5, 8 and 5.
    #expect(meanPairwiseDistance(features) == 6)
    #expect(meanPairwiseDistance(features, rows: [0, 2]) == 8)
  }
}
