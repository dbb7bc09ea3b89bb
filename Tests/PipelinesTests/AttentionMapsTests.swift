import Pipelines
import Tensors
import TestSupport
import Testing

/// Cross-attention maps gathered during a run.
@Suite struct AttentionMapsTests {
  private func request(guidance: Float) -> TextToImageRequest {
    var request = TextToImageRequest(prompt: "red heart left of pizza")
    (request.numInferenceSteps, request.guidanceScale, request.seed) = (3, guidance, 5)
    return request
  }

  private func isMap(_ key: String) -> Bool { key.hasSuffix("attn2.probabilities") }

  @Test(arguments: [Float(1), 4])
  func averagesAreThoseOfTheRunsOwnMaps(guidance: Float) throws {
    try withTinyPipeline { folder in
      let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      let maps = AttentionMaps(height: 8, width: 8) { $0 == 1 }
      let recorder = maps.recorder(where: isMap)
      _ = try pipeline.generate(request(guidance: guidance), recorder: recorder)
      let all = recorder.entries.map(\.tensor)
      let layers = maps.layers.count
      #expect(layers == 4 && maps.steps == 3 && all.count == 3 * layers)
      #expect(maps.count == 3 * maps.layers.map(\.heads).reduce(0, +))
      #expect(maps.largestRowDeviation < 1e-6)
      #expect(maps.layers[0].name == "down_blocks.0.attentions.0" && maps.layers[1].name == "mid_block.attentions.0")
      #expect((maps.layers[0].height, maps.layers[1].height) == (8, 4))
      // By hand: of the last picture of the batch, every element, every layer's places enlarged.
      var expected = Tensor.zeros([20, 8, 8])
      var second = Tensor.zeros([20, 8, 8])
      for (index, tensor) in all.enumerated() {
        #expect(tensor.shape[0] == (guidance > 1 ? 2 : 1))
        let (heads, side) = (tensor.shape[1], tensor.shape[2] == 64 ? 8 : 4)
        let picture = tensor[index: tensor.shape[0] - 1]
        for head in 0..<heads {
          let map = Tensor(
            (0..<20 * 64).map { i in
              let (token, y, x) = (i / 64, i % 64 / 8 * side / 8, i % 8 * side / 8)
              return picture[head, y * side + x, token] / Float(heads * layers)
            }, shape: [20, 8, 8])
          expected = expected + map / 3
          if index / layers == 1 { second = second + map }
        }
      }
      expectClose(maps.mean, expected, .absolute(1e-6), "mean")
      expectClose(maps.mean(atStep: 1), second, .absolute(1e-6), "step 1")
      expectClose(maps.mean.sum(along: 0), Tensor.ones([8, 8]), .absolute(1e-5), "the tokens' shares")
      let kept = try #require(maps.heads(ofLayer: 0, atStep: 1))
      let own = all[layers]
      expectClose(
        kept.reshaped([own.shape[1], 20, 64]), own[index: own.shape[0] - 1].permuted([0, 2, 1]), .absolute(0), "kept")
      #expect(maps.heads(ofLayer: 0, atStep: 0) == nil)
    }
  }

  @Test func listeningChangesNothing() throws {
    try withTinyPipeline { folder in
      let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      let maps = AttentionMaps(height: 8, width: 8)
      let heard = try pipeline.generate(request(guidance: 4), recorder: maps.recorder()).latents
      #expect(try pipeline.generate(request(guidance: 4)).latents == heard)
    }
  }

  // MARK: Where a map lies

  @Test func massInHalves() {
    let even = Tensor.ones([4, 6])
    for half in PictureHalf.allCases { #expect(even.massShare(in: half) == 0.5) }
    // Columns 0, 1, 2: 3 of 12 to the left, 9 to the right of the middle.
    let odd = Tensor([3, 5, 9], shape: [1, 3])
    #expect(odd.massShare(in: .left) == 0.25 && odd.massShare(in: .right) == 0.75)
    let tall = Tensor([1, 2, 3, 10], shape: [4, 1])
    #expect(tall.massShare(in: .upper) == 3.0 / 16 && tall.massShare(in: .lower) == 13.0 / 16)
  }

  static let relations: [(prompt: String, first: String, second: String, half: PictureHalf)] = [
    ("pizza left of red heart", "pizza", "red heart", .left),
    ("red heart right of pizza on a blue background", "red heart", "pizza", .right),
    ("cat face above soccer ball on an orange background", "cat face", "soccer ball", .upper),
    ("butterfly below cherry blossom", "butterfly", "cherry blossom", .lower),
  ]

  @Test(arguments: relations)
  func relationsAreRead(_ expected: (prompt: String, first: String, second: String, half: PictureHalf)) throws {
    let relation = try #require(RelationPrompt(expected.prompt))
    #expect(relation.first == expected.first && relation.second == expected.second && relation.half == expected.half)
  }

  @Test func promptsWithoutARelation() { #expect(RelationPrompt("red heart on a blue background") == nil) }

  @Test func sharesOfNamesOfSeveralTokens() throws {
    try withTinyPipeline { folder in
      let tokenizer = try StableDiffusionPipeline(folder: PipelineFolder(folder)).tokenizer
      let prompt = "red heart left of pizza"
      let tokens = PromptTokens(prompt, tokenizer)
      #expect(tokens.tokens.map(\.text).prefix(7) == ["start", "red", "heart", "left", "of", "pizza", "end"])
      #expect(tokens.places(of: .word) == Array(1...5) && tokens.places(of: .padding) == Array(7..<20))
      var maps = [Float](repeating: 0, count: 20 * 2)
      // red: 3 left, 1 right; heart: 2 left, 2 right; pizza: 1 left, 4 right.
      (maps[2], maps[3], maps[4], maps[5], maps[10], maps[11]) = (3, 1, 2, 2, 1, 4)
      // left: 1, 0; of: 0, 3; end: 9, 1.
      (maps[6], maps[9], maps[12], maps[13]) = (1, 3, 9, 1)
      let shares = try #require(
        RelationPrompt(prompt)?.shares(in: Tensor(maps, shape: [20, 1, 2]), tokens, tokenizer))
      #expect(abs(shares.first - 5.0 / 8) < 1e-9 && abs(shares.second - 4.0 / 5) < 1e-9)
      #expect(abs(shares.next - 1) < 1e-9 && abs(shares.end - 0.9) < 1e-9)
    }
  }

  @Test func placesOfPhrases() throws {
    try withTinyPipeline { folder in
      let tokenizer = try StableDiffusionPipeline(folder: PipelineFolder(folder)).tokenizer
      let tokens = PromptTokens("pizza left of red pizza", tokenizer)
      #expect(tokens.places(of: "pizza", tokenizer) == [1])
      #expect(tokens.places(of: "pizza", tokenizer, from: 2) == [5])
      #expect(tokens.places(of: "red pizza", tokenizer) == [4, 5])
      #expect(tokens.places(of: "heart", tokenizer) == nil && tokens.places(of: "", tokenizer) == nil)
      let long = PromptTokens(String(repeating: "pizza ", count: 30), tokenizer)
      #expect(long.places(of: .padding) == [] && long.places(of: .end) == [19] && long.dropped != nil)
    }
  }
}
