import Diffusion
import Drawing
import Foundation
import Models
import Pipelines
import Stages
import Tensors
import TestSupport
import Testing

/// The stages of lesson 09 on a small untrained pipeline and on made-up logs.
@Suite struct ConditionalDiffusionTests {
  private func run(
    _ name: String, _ folder: String, _ setting: [String: String] = [:], seed: UInt64 = 0
  ) throws -> StageResult {
    let stage = try StageCatalogue.stage(named: name)
    let home = try Home.find(workingDirectory: #filePath)
    let settings = ["model": folder].merging(setting) { $1 }
    return try stage.run(StageContext(defaultsOf: stage, setting: settings, seed: seed, home: home))
  }

  // MARK: One step

  /// Guiding what the network predicts and guiding ε̂ are the same, whatever it predicts.
  @Test(arguments: PredictionType.allCases)
  func orderOfGuidingAndConvertingDoesNotMatter(_ type: PredictionType) throws {
    try withTinyPipeline { folder in
      let path = folder + "/scheduler/scheduler_config.json"
      let data = try #require(FileManager.default.contents(atPath: path))
      var scheduler = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      scheduler["prediction_type"] = type.rawValue
      try JSONSerialization.data(withJSONObject: scheduler).write(to: URL(fileURLWithPath: path))
      let result = try run("guided-step", folder, ["num_inference_steps": "4", "timestep": "500"], seed: 1)
      #expect(result.number("order_error") < 2e-4)
      #expect(
        result.text("network_predicts")
          == ["ε", "x₀", "v"][["epsilon", "sample", "v_prediction"].firstIndex(of: type.rawValue) ?? 0])
      #expect(result.number("calls") == 4)
      let ratio = result.number("guided_difference") / result.number("difference_size")
      #expect(abs(ratio - 3) < 1e-3, "guidance goes three times as far")
      let names = ["unconditional", "conditional", "guided"]
      let parts = try names.map { try #require(result.tensor("epsilon/" + $0)) }
      expectClose(parts[2], parts[0] + 3 * (parts[1] - parts[0]), .absolute(1e-4), "guided")
    }
  }

  @Test func predictionsAreThoseOfTwoRunsOfTheNetwork() throws {
    try withTinyPipeline { folder in
      let result = try run(
        "guided-step", folder, ["num_inference_steps": "1", "prompt": "pizza", "guidance_scale": "2"], seed: 6)
      let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      let sample = try #require(result.tensor("z_t"))
      var random = RandomSource(seed: 6)
      #expect(sample == random.normal([1, 4, 8, 8]))
      let t = Float(result.number("step_timestep"))
      for (name, prompt) in [("unconditional", ""), ("conditional", "pizza")] {
        let denoiser = TextConditionalDenoiser(
          unet: pipeline.unet, condition: pipeline.encode(prompts: [prompt]).states)
        // The small pipeline predicts ε.
        let alone = try denoiser.predict(sample, timestep: t)
        expectClose(try #require(result.tensor("epsilon/" + name)), alone, .absolute(1e-4), name)
      }
    }
  }

  @Test func theNearestStepIsTaken() throws {
    try withTinyPipeline { folder in
      let wanted = ["num_inference_steps": "5", "timestep": "999"]
      let late = try run("guided-step", folder, wanted).number("step_timestep")
      let early = try run("guided-step", folder, wanted.merging(["timestep": "0"]) { $1 }).number("step_timestep")
      #expect(late > 700 && early < 250)
    }
  }

  // MARK: Scales

  static let header =
    "guidance_scale,prompt,emoji,top1,top5,diversity,saturation,pictures,steps,seed,weights\n"

  @Test func firstRowHasNoPromptAndTheSecondNoGuidance() throws {
    try withTinyPipeline { folder in
      let setting = [
        "num_inference_steps": "2", "pictures": "2", "guidance_scales": "4,1", "prompt": "pizza",
      ]
      let result = try run("guidance-scale", folder, setting, seed: 5)
      var request = TextToImageRequest(prompt: "pizza")
      (request.numInferenceSteps, request.numImagesPerPrompt, request.seed) = (2, 2, 5)
      let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      for scale in [Float(1), 4] {
        request.guidanceScale = scale
        #expect(result.tensor("pictures.\(Int(scale))") == (try pipeline.generate(request).pictures))
      }
      #expect(result.text("live_check").contains("nothing to compare"))
    }
  }

  @Test func meansOfTheSweep() throws {
    let sweep = try GuidanceSweep(
      Self.header + "real,a,3,1,1,4,0.2,6,25,0,abc\nreal,b,5,0.5,1,6,0.4,6,25,0,abc\n"
        + "7.5,a,3,1,1,2,0.5,6,25,0,abc\n7.5,b,5,1,1,1,0.7,6,25,0,abc\n1.0,a,3,0.5,1,3,0.3,6,25,0,abc\n",
      path: "guidance.csv")
    #expect(sweep.scales == [1, 7.5])
    let last = sweep.points[1]
    #expect(last.top1 == 1 && last.diversity == 1.5 && abs(last.saturation - 0.6) < 1e-9)
    #expect(sweep.real?.diversity == 5 && sweep.real?.top1 == 0.75)
    #expect(sweep.row("a", scale: 7.5)?.emoji == 3 && sweep.row("b", scale: 1) == nil)
    #expect(sweep.emoji(of: "b") == 5 && sweep.emoji(of: "c") == nil)
  }

  @Test func comparesOnlyWhatIsAlike() throws {
    try withTinyPipeline { folder in
      func write(_ prompt: String, seed: Int, weights: String) throws {
        let text =
          Self.header
          + "1.0,\(prompt),3,0.5,1,3,0.3,2,2,\(seed),\(weights)\n4.0,\(prompt),3,1,1,2,0.3,2,2,\(seed),\(weights)\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/guidance.csv"))
      }
      let setting = ["num_inference_steps": "2", "pictures": "2", "guidance_scales": "1,4", "prompt": "pizza"]
      func check() throws -> String { try run("guidance-scale", folder, setting).text("live_check") }
      try write("rocket", seed: 0, weights: "abc")
      #expect(try check().contains("no rows of “pizza”"))
      try write("pizza", seed: 1, weights: "abc")
      #expect(try check().contains("another seed"))
      try write("pizza", seed: 0, weights: "abc")
      #expect(try check().contains("other weights"))
      try write("pizza", seed: 0, weights: PipelineFolder(folder).part("unet").weightsHash())
      #expect(try check().contains("The 2 rows of “pizza” that were run again"))
      let result = try run("guidance-scale", folder, setting)
      #expect(result.number("lowest_diversity") == 3 && result.text("diversity_changes") == "falls")
      #expect(abs(result.number("diversity_kept_percent") - 200.0 / 3) < 1e-9)
      try expectSoundFigures(result, of: "guidance-scale")
    }
  }

  static let torn: [(text: String, says: String)] = [
    (header, "guidance.csv has no rows"), ("a,b\n1,2\n", "line 1: the columns must be guidance_scale,prompt"),
    (header + "x,a,3,1,1,4,0.2,6,25,0,abc\n", "line 2: guidance_scale must be a number"),
    (header + "1,a,3,1.2,1,4,0.2,6,25,0,abc\n", "line 2: top1 must be a number from 0.0 to 1.0, not '1.2'"),
    (header + "1,a,3,1,1,4,0.2,1,25,0,abc\n", "line 2: pictures must be a whole number from 2 on, not '1'"),
  ]

  @Test(arguments: torn)
  func refusesATornSweep(_ expected: (text: String, says: String)) {
    let sentence = sentence { _ = try GuidanceSweep(expected.text, path: "guidance.csv") }
    #expect(sentence.contains(expected.says), "\(sentence)")
  }

  // MARK: Losses

  private func log(_ losses: [Double], secondsPerStep: Double) -> String {
    "step,images,seconds,loss,learning_rate,gradient_norm\n"
      + losses.enumerated().map { i, loss in
        "\(50 * (i + 1)),\(1600 * (i + 1)),\(Double(50 * (i + 1)) * secondsPerStep),\(loss),0.001,1\n"
      }.joined()
  }

  private func losses(_ logs: [String: String]) throws -> StageResult {
    try withTemporaryFolder { root in
      let manager = FileManager.default
      for folder in ["/Lessons", "/Models"] + logs.keys.map({ "/Models/" + $0 }) {
        try manager.createDirectory(atPath: root + folder, withIntermediateDirectories: true)
      }
      try Data("---\n".utf8).write(to: URL(fileURLWithPath: root + "/Lessons/01-test.md"))
      for (name, text) in logs {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(root)/Models/\(name)/training.csv"))
      }
      let stage = try StageCatalogue.stage(named: "three-losses")
      return try stage.run(StageContext(defaultsOf: stage, home: Home.find(option: root)))
    }
  }

  @Test func lossesAreComparedWhereAllHaveBeen() throws {
    let result = try losses([
      "emoji-pixel": log(Array(repeating: 0.5, count: 20), secondsPerStep: 2),
      "emoji-ldm-unconditional": log((0..<40).map { $0 == 39 ? 0.2 : 0.4 }, secondsPerStep: 0.5),
      "emoji-ldm": log((0..<60).map { $0 < 40 ? 0.3 : 0.1 }, secondsPerStep: 0.5),
    ])
    #expect(result.number("logs") == 3 && result.number("common_images") == 32_000)
    #expect(abs(result.number("latent_speedup") - 4) < 1e-9)
    // Up to 64,000 pictures: the lines above 57,600, which are 37 to 40.
    #expect(abs(result.number("gain") - 100 * (1 - 0.3 / 0.35)) < 1e-6)
    #expect(
      result.number("unconditional_loss") == (0.4 + 0.2) / 2 && abs(result.number("conditional_loss") - 0.1) < 1e-9)
    #expect(
      result.text("comparison").contains("14.3 % smaller") && result.text("comparison").contains("4 times as many"))
    let figure = try #require(result.figures.first).draw()
    // 40 lines of 1,600 pictures; 2,000 steps of half a second.
    #expect(
      figure.alternativeText.contains(
        "(2) latents ends after 64 000 pictures and 17 minutes at a loss of 0.3000."))
    try expectSoundFigures(result, of: "three-losses")
  }

  /// After step 26,000 the loss of (3) is weighted otherwise.
  @Test func lossesAreReadAsLongAsTheyAreWeightedAlike() throws {
    let result = try losses(["emoji-ldm": log((0..<700).map { $0 < 520 ? 0.25 : 0.5 }, secondsPerStep: 1)])
    #expect(result.number("last_step") == 26_000 && result.number("common_images") == 832_000)
    #expect(result.number("conditional_loss") == 0.25)
  }

  @Test func oneLogIsEnough() throws {
    let result = try losses(["emoji-ldm": log([0.5, 0.4, 0.3], secondsPerStep: 1)])
    #expect(result.number("logs") == 1 && result.text("present") == "(3) emoji-ldm")
    #expect(result.number("pixel_loss").isNaN && result.text("comparison").contains("only one log"))
    try expectSoundFigures(result, of: "three-losses")
  }

  @Test func saysWhichLogsAreMissingOrTorn() {
    #expect(sentence { _ = try losses([:]) }.contains("emoji-pixel, emoji-ldm-unconditional, emoji-ldm"))
    #expect(sentence { _ = try losses(["emoji-ldm": "step\n1\n"]) }.contains("line 2: six numbers expected"))
    #expect(
      sentence { _ = try losses(["emoji-ldm": log([0.5], secondsPerStep: 1)]) }.contains("fewer than two lines"))
  }

  // MARK: Figures

  static let figures: [(stage: String, setting: [String: String])] = [
    ("guided-step", ["num_inference_steps": "4"]),
    ("guided-step", ["num_inference_steps": "1", "guidance_scale": "30"]),
    ("guidance-scale", ["num_inference_steps": "1", "pictures": "2"]),
    ("guidance-scale", ["num_inference_steps": "1", "pictures": "12", "guidance_scales": "2"]),
  ]

  @Test(arguments: figures)
  func nothingOverlapsOrIsCut(_ expected: (stage: String, setting: [String: String])) throws {
    try withTinyPipeline { folder in
      try expectSoundFigures(try run(expected.stage, folder, expected.setting), of: expected.stage)
    }
  }
}
