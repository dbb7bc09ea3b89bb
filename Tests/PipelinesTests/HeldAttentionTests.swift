import Models
import Pipelines
import Tensors
import TestSupport
import Testing

/// Maps of one run held in another.
@Suite struct HeldAttentionTests {
  private func withPipeline(_ body: (StableDiffusionPipeline) throws -> Void) throws {
    try withTinyPipeline { try body(StableDiffusionPipeline(folder: PipelineFolder($0))) }
  }

  private func held(
    _ original: String, _ edited: String, _ pipeline: StableDiffusionPipeline, _ edits: [HeldAttention.Edit] = []
  ) -> HeldAttention {
    HeldAttention(
      original: PromptTokens(original, pipeline.tokenizer), edited: PromptTokens(edited, pipeline.tokenizer),
      edits: edits,
      calls: 4)
  }

  // MARK: Alignment

  /// Which tokens of the edited prompt each of the original's first tokens goes to; by hand.
  static let alignments: [(original: String, edited: String, targets: [[Int]])] = [
    ("pizza left of red heart", "pizza left of red heart", [[0], [1], [2], [3], [4], [5], [6], [7]]),
    ("pizza left of red heart", "cookie left of red heart", [[0], [1], [2], [3], [4], [5], [6], [7]]),
    // One word for two: both go to it.
    ("red heart above pizza", "cookie above pizza", [[0], [1], [1], [2], [3], [4]]),
    // Two for one: it is shared by both.
    ("cookie above pizza", "red heart above pizza", [[0], [1, 2], [3], [4], [5]]),
    // One left out: it goes to the word after it.
    ("red heart above pizza", "heart above pizza", [[0], [1], [1], [2], [3], [4]]),
    // One added: nothing goes to it.
    ("heart above pizza", "red heart above pizza", [[0], [2], [3], [4], [5]]),
  ]

  @Test(arguments: alignments)
  func wordsFindTheirPlaces(_ expected: (original: String, edited: String, targets: [[Int]])) throws {
    try withPipeline { pipeline in
      let alignment = held(expected.original, expected.edited, pipeline).alignment
      for (row, targets) in expected.targets.enumerated() {
        for column in 0..<20 {
          let wanted: Float = targets.contains(column) ? 1 / Float(targets.count) : 0
          #expect(alignment[row, column] == wanted, "\(row), \(column)")
        }
      }
      expectClose(alignment.sum(along: 1), Tensor.ones([20]), .absolute(1e-6), "rows")
    }
  }

  @Test func addedWordsKeepTheirOwnMaps() throws {
    try withPipeline { pipeline in
      let held = held("heart above pizza", "red heart above pizza", pipeline, [.init(share: 1)])
      #expect(held.added.scalars == (0..<20).map { $0 == 1 ? 1 : 0 })
      var random = RandomSource(seed: 3)
      let own = random.normal([4, 2, 9, 20]).softmax()
      let replacement = held.recorder
      let result = try #require(replaced(replacement, "step.000/unet.x.attn2.probabilities", own))
      expectClose(result.sum(along: 3), Tensor.ones([4, 2, 9]), .absolute(1e-6), "rows add up to 1")
      // The word that was added keeps its share, the others have the original's in proportion.
      let (edited, original) = (own[index: 3], own[index: 2])
      for place in 0..<9 {
        #expect(result[3, 1, place, 1] == edited[1, place, 1])
        let expected = original[1, place, 1] * (1 - edited[1, place, 1])
        #expect(abs(result[3, 1, place, 2] - expected) < 1e-6)
      }
      #expect(result.sliced(0..<3) == own.sliced(0..<3), "the others are left alone")
    }
  }

  /// What a recorder puts in the place of a tensor.
  private func replaced(_ recorder: Recorder, _ key: String, _ tensor: Tensor) -> Tensor? {
    let (path, name) = (key.split(separator: ".").dropLast().joined(separator: "."), "probabilities")
    return recorder.recording(path).replacement(for: tensor, as: name)
  }

  @Test func onlyTheFirstStepsAndSmallSelfAttentionAreHeld() throws {
    try withPipeline { pipeline in
      let held = held("pizza", "cookie", pipeline, [.init(share: 0.5, selfShare: 0.25)])
      var random = RandomSource(seed: 4)
      let cross = random.normal([2, 1, 4, 20]).softmax()
      let own = random.normal([2, 1, 4, 4]).softmax()
      for (call, crossHeld, selfHeld) in [(0, true, true), (1, true, false), (2, false, false), (3, false, false)] {
        let unet = "step.00\(call)/unet"
        let a = try #require(replaced(held.recorder, "\(unet).attn2.probabilities", cross))
        #expect((a[index: 1] == cross[index: 0]) == crossHeld)
        let b = try #require(replaced(held.recorder, "\(unet).attn1.probabilities", own))
        #expect((b[index: 1] == own[index: 0]) == selfHeld)
      }
      let large = Tensor.zeros([2, 1, 289, 289])
      #expect(replaced(held.recorder, "step.000/unet.attn1.probabilities", large) == nil)
      #expect(replaced(held.recorder, "text_encoder.attn2.probabilities", cross) == nil)
    }
  }

  // MARK: Runs

  @Test(arguments: [Float(1), 4])
  func aBatchHasTheRunsOfItsPrompts(guidance: Float) throws {
    try withPipeline { pipeline in
      var request = TextToImageRequest(prompt: "pizza left of red heart")
      (request.numInferenceSteps, request.guidanceScale, request.seed) = (4, guidance, 9)
      let edited = "cookie left of red heart"
      let pictures = try pipeline.generate(
        request, edited: edited, edits: [.init(share: 0), .init(share: 1, selfShare: 1)])
      #expect(pictures.shape[0] == 3)
      let original = try pipeline.generate(request).pictures
      request.prompts = [edited]
      let free = try pipeline.generate(request).pictures
      expectClose(pictures.sliced(0..<1), original, .absolute(1e-4), "the original")
      expectClose(pictures.sliced(1..<2), free, .absolute(1e-4), "the edit with no map held")
      #expect(pictures[index: 2] != pictures[index: 1])
    }
  }

  @Test func holdingTheMapsOfTheSamePromptChangesNothing() throws {
    try withPipeline { pipeline in
      var request = TextToImageRequest(prompt: "pizza")
      (request.numInferenceSteps, request.guidanceScale) = (3, 4)
      let pictures = try pipeline.generate(request, edited: "pizza", edits: [.init(share: 1, selfShare: 1)])
      expectClose(pictures[index: 1], pictures[index: 0], .absolute(1e-4), "the same prompt")
    }
  }
}
