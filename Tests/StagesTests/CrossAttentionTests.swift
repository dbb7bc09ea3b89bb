import Drawing
import Foundation
import Models
import Pipelines
import Stages
import Tensors
import TestSupport
import Testing

/// The stages of lesson 08 on a small untrained pipeline.
@Suite struct CrossAttentionTests {
  private func run(
    _ name: String, _ folder: String, _ setting: [String: String] = [:], seed: UInt64 = 0
  ) throws -> StageResult {
    let stage = try StageCatalogue.stage(named: name)
    let home = try Home.find(workingDirectory: #filePath)
    let settings = ["model": folder].merging(setting) { $1 }
    return try stage.run(StageContext(defaultsOf: stage, setting: settings, seed: seed, home: home))
  }

  // MARK: The run

  @Test(arguments: ["1", "3"])
  func mapsAreThoseOfTheRunThatMadeThePicture(guidance: String) throws {
    try withTinyPipeline { folder in
      let setting = ["num_inference_steps": "4", "guidance_scale": guidance]
      let result = try run("cross-attention", folder, setting, seed: 3)
      var request = TextToImageRequest(prompt: "pizza left of red heart")
      (request.numInferenceSteps, request.seed) = (4, 3)
      request.guidanceScale = try #require(Float(guidance))
      let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      let recorder = Recorder { $0.hasSuffix("attn2.probabilities") }
      let pictures = try pipeline.generate(request, recorder: recorder).pictures
      #expect(result.tensor("picture") == pictures[index: 0])
      let first = recorder.entries.filter { $0.key.contains("down_blocks.0.attentions.0.") }
      let expected = first.map { $0.tensor[index: $0.tensor.shape[0] - 1].permuted([0, 2, 1]) }
      let heads = try #require(result.tensor("maps/down_blocks.0.attentions.0"))
      let sum = expected.dropFirst().reduce(expected[0], +)
      expectClose(heads.reshaped(sum.shape), sum / 4, .absolute(1e-6), "the first layer's maps")
      #expect(result.number("largest_row_deviation") < 1e-5)
      #expect(result.number("recomputed_error") < 1e-5)
      #expect(result.number("key_change") == 0 && result.number("query_change") > 0)
      #expect(result.number("maps") == 4 * result.number("heads"))
      let shares = ["start_share", "word_share", "end_share", "padding_share"].map(result.number)
      #expect(abs(shares.reduce(0, +) - 1) < 1e-5)
      #expect(result.text("half").contains(guidance == "1" ? "whole" : "conditional"))
    }
  }

  @Test func sizesAreTold() throws {
    try withTinyPipeline { folder in
      let result = try run("cross-attention", folder, ["num_inference_steps": "1"])
      let expected = [
        "word_tokens": 5.0, "padding_tokens": 13, "context_length": 20, "text_width": 8, "layers": 4, "places": 64,
        "channels": 4, "head_width": 2, "layer_heads": 2,
      ]
      for (name, value) in expected { #expect(result.number(name) == value, "\(name)") }
      let rows = try #require(result.tables.first { $0.name == "projections" }).rows
      #expect(rows.map { $0[0] } == ["down 1a", "middle", "up 2a", "up 2b"])
      #expect(rows[0][4...7] == ["64×4", "20×4", "20×4", "64×20"])
    }
  }

  @Test func aPromptWithoutARelationHasNoHalves() throws {
    try withTinyPipeline { folder in
      let setting = ["num_inference_steps": "1", "prompt": "pizza"]
      let result = try run("cross-attention", folder, setting)
      #expect(result.number("first_share").isNaN)
    }
  }

  // MARK: The sweep

  static let header =
    "pair,first,second,held_out,layer,first_share,second_share,next_share,end_share,steps,guidance_scale,seed,weights\n"

  @Test func runsOfNowFallWhereTheFileSays() throws {
    try withTinyPipeline { folder in
      let text =
        Self.header
        + "0,cat face,pizza,no,mean,0.5,0.5,0.4,0.6,2,3,7,abc\n0,cat face,pizza,no,middle,0.6,0.8,0.4,0.6,2,3,7,abc\n"
        + "1,pizza,rocket,yes,mean,0.25,0.75,0.2,0.7,2,3,8,abc\n"
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/attention.csv"))
      let result = try run("attention-halves", folder, ["pairs": "2"])
      #expect(result.number("measured") == 2 && result.number("first_share") == 0.375)
      #expect(abs(result.number("next_share") - 0.3) < 1e-9 && abs(result.number("end_share") - 0.35) < 1e-9)
      #expect(result.number("state_change") < 1e-5, "the text encoder is causal")
      #expect(result.number("held_out_share") == 0.5 && result.number("on_own_side") == 0.25)
      #expect(abs(result.number("best_share") - 0.7) < 1e-9)
      #expect(result.text("live_check").contains("other weights"))
      // What this run says, as the file: then nothing differs.
      let rows = try #require(result.tables.first { $0.name == "live-pairs" }).rows
      try #require(rows.map { $0[0] } == ["cat face left of pizza", "pizza left of rocket"])
      let hash = try PipelineFolder(folder).part("unet").weightsHash()
      let shares = rows.map { row in [row[1], row[3]].compactMap { Double($0.dropLast(2)).map { $0 / 100 } } }
      let exact =
        Self.header + "0,cat face,pizza,no,mean,\(shares[0][0]),\(shares[0][1]),0.5,0.5,2,3,7,\(hash)\n"
        + "1,pizza,rocket,no,mean,\(shares[1][0]),\(shares[1][1]),0.5,0.5,2,3,8,\(hash)\n"
      try Data(exact.utf8).write(to: URL(fileURLWithPath: folder + "/attention.csv"))
      let again = try run("attention-halves", folder, ["pairs": "2"])
      #expect(again.text("live_check").contains("The 2 pairs that were run just now differ from the file's by at most"))
      let said = try #require(again.text("live_check").split(separator: " ").last.flatMap { Double($0.dropLast()) })
      #expect(said <= 0.0006)
    }
  }

  @Test func runsWithoutAFile() throws {
    try withTinyPipeline { folder in
      let result = try run("attention-halves", folder, ["pairs": "1"])
      #expect(result.number("measured") == 1 && result.text("sweep").contains("diffuse evaluate"))
    }
  }

  static let torn: [(text: String, says: String)] = [
    ("", "attention.csv has no rows"), (header, "attention.csv has no rows"),
    ("pair,first\n0,a\n", "line 1: the columns must be pair,first,second"),
    (header + "0,a,b,no,mean,0.5,0.5,2,3,7\n", "line 2: '0,a,b,no,mean,0.5,0.5,2,3,7' has not 13 values"),
    (
      header + "0,a,b,no,mean,1.5,0.5,0.5,0.5,2,3,7,x\n",
      "line 2: first_share must be a number from 0.0 to 1.0, not '1.5'"
    ),
    (header + "0,a,b,no,mean,0.5,nan,0.5,0.5,2,3,7,x\n", "line 2: second_share"),
    (header + "0,a,b,no,mean,0.5,0.5,0.5,0.5,0,3,7,x\n", "line 2: steps must be a whole number from 1 on, not '0'"),
    (header + "0,a,b,no,mean,0.5,0.5,0.5,0.5,2,3,-7,x\n", "line 2: seed must be a seed, not '-7'"),
  ]

  @Test(arguments: torn)
  func refusesATornSweep(_ expected: (text: String, says: String)) {
    let sentence = sentence { _ = try AttentionSweep(expected.text, path: "attention.csv") }
    #expect(sentence.contains(expected.says), "\(sentence)")
  }

  // MARK: Words

  @Test func theFirstPictureIsTheOriginal() throws {
    try withTinyPipeline { folder in
      let setting = ["num_inference_steps": "3", "held_shares": "1,0"]
      let result = try run("word-edit", folder, setting, seed: 2)
      var request = TextToImageRequest(prompt: "pizza left of red heart")
      (request.numInferenceSteps, request.seed, request.guidanceScale) = (3, 2, 3)
      let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      let pictures = try #require(result.tensor("pictures"))
      let original = try pipeline.generate(request).pictures[index: 0]
      expectClose(pictures[index: 0], original, .absolute(1e-4), "original")
      request.prompts = ["pizza right of red heart"]
      let free = try pipeline.generate(request).pictures[index: 0]
      expectClose(pictures[index: 1], free, .absolute(1e-4), "none held")
      let distance = rootMeanSquare(free - original)
      #expect(abs(result.number("free_distance") - distance) < 1e-3 * max(distance, 1e-2))
      #expect(result.text("compared_part") == "the whole picture")
    }
  }

  @Test func halvesAreKnownOnlyWhereOneObjectChanges() throws {
    try withTinyPipeline { folder in
      for (edited, part) in [
        ("pizza left of rocket", "the left half, where both have the pizza,"),
        ("rocket left of red heart", "the right half, where both have the red heart,"),
        ("pizza right of red heart", "the whole picture"), ("rocket", "the whole picture"),
      ] {
        let setting = ["num_inference_steps": "1", "held_shares": "0.5", "edited_prompt": edited]
        let result = try run("word-edit", folder, setting)
        #expect(result.text("compared_part") == part)
      }
    }
  }

  // MARK: Figures

  static let figures: [(stage: String, setting: [String: String])] = [
    ("cross-attention", ["num_inference_steps": "7"]), ("cross-attention", ["num_inference_steps": "1", "prompt": ""]),
    (
      "cross-attention",
      [
        "num_inference_steps": "2", "guidance_scale": "1",
        "prompt": "cat face above soccer ball on a yellow background",
      ]
    ),
    ("attention-halves", ["pairs": "2"]), ("word-edit", ["num_inference_steps": "2"]),
    ("word-edit", ["num_inference_steps": "1", "held_shares": "0.5", "edited_prompt": "rocket"]),
  ]

  @Test(arguments: figures)
  func nothingOverlapsOrIsCut(_ expected: (stage: String, setting: [String: String])) throws {
    try withTinyPipeline { folder in
      let result = try run(expected.stage, folder, expected.setting)
      try expectSoundFigures(result, of: expected.stage)
    }
  }
}
