import Datasets
import Foundation
import Models
import Pipelines
import Stages
import TestSupport
import Tensors
import Testing
import Training

@Suite("Pictures before the judge") struct JudgedPicturesTests {
  private static let header = "metric,generated,decoded,real,samples,steps,guidance_scale,seed,weights\n"

  @Test func thePicturesAreThePipelines() throws {
    try TinyStages.with { tiny in
      let result = try tiny.run("judged-pictures", ["scenes": "2", "num_inference_steps": "2"], seed: 5)
      let samples = try EmojiSample.all(tiny.home)
      let (first, last) = (try #require(samples.first), try #require(samples.last))
      var request = TextToImageRequest(prompt: last.caption)
      (request.numInferenceSteps, request.guidanceScale, request.seed) = (2, 3, 6)
      let made = try tiny.pipeline.generate(request).pictures[index: 0]
      #expect(try result.known("generated/\(last.name)") == made.affine(scale: 2, shift: -1))
      let picture = try first.picture(tiny.home)
      #expect(try result.known("real/\(first.name)") == picture)
      var random = RandomSource(seed: 5)
      let latents = tiny.pipeline.encode(
        pictures: picture.affine(scale: 0.5, shift: 0.5).reshaped([1, 3, 64, 64]), &random)
      let decoded = tiny.pipeline.decode(latents: latents)[index: 0].affine(scale: 2, shift: -1)
      #expect(try result.known("decoded/\(first.name)") == decoded)
      // Nothing says which emoji the model knows, and nothing was measured.
      #expect(result.number("live_scenes") == 2 && result.number("live_generated") == 0)
      #expect(result.text("measurement").contains("has no evaluation.csv"))
      try expectSoundFigures(result, of: "judged-pictures")
    }
  }

  /// The shipped judge names everything in every bundled scene, and says nothing of emoji it is not told of.
  @Test func theJudgeKnowsTheScenes() throws {
    let home = try Home.find(workingDirectory: #filePath)
    let judge = try #require(try EmojiJudge.shipped(home))
    let names = try CaptionVocabulary(folder: home.model("emoji-ldm")).emoji
    for sample in try EmojiSample.all(home) {
      #expect(judge.names(sample, among: names, in: try sample.picture(home)) == true, "\(sample.caption)")
      #expect(judge.names(sample, among: ["pizza hut"], in: try sample.picture(home)) == nil)
    }
  }

  @Test func whatTheAutoencoderLoses() throws {
    try TinyStages.with { tiny in
      let text =
        Self.header + "single: top-1,0.9,1,1,500,50,3.0,0,abc\npair: both top-1,0.8,0.95,1,500,50,3.0,0,abc\n"
        + "pair: both top-5,0.9,0.99,1,500,50,3.0,0,abc\npair: relation obeyed,0.99,1,1,500,50,3.0,0,abc\n"
      try Data(text.utf8).write(to: URL(fileURLWithPath: tiny.folder + "/evaluation.csv"))
      let result = try tiny.run("judged-pictures", ["scenes": "2", "num_inference_steps": "1"])
      #expect(abs(result.number("decoder_share_percent") - 25) < 1e-9 && result.number("relation_obeyed") == 0.99)
      #expect(result.text("measurement").contains("500 pictures of each kind, 50 steps, guidance 3, weights abc."))
      #expect(result.text("measurement").contains("The weights have changed since"))
      #expect(try result.rows("by-kind").map { $0[1] } == ["top-1", "both top-1", "relation obeyed"])
      #expect(try result.rows("by-kind")[1] == ["pair", "both top-1", "80.0 %", "95.0 %", "100.0 %"])
      try expectSoundFigures(result, of: "judged-pictures")
    }
  }

  private static let torn: [(text: String, says: String)] = [
    ("metric,generated,real\n", "line 1: the columns must be metric,generated,decoded"),
    (header + "pair,0.8,0.95,1,500,50,3.0,0,abc\n", "line 2: metric must be a kind of prompt, a colon"),
    (header + "pair: top-1,0.8,1.5,1,500,50,3.0,0,abc\n", "line 2: decoded must be a number from 0.0 to 1.0"),
  ]

  @Test(arguments: torn)
  func refusesATornTable(_ expected: (text: String, says: String)) {
    let sentence = sentence { _ = try EvaluationTable(expected.text, path: "evaluation.csv") }
    #expect(sentence.contains(expected.says), "\(sentence)")
  }
}
