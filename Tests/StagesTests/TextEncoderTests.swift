import Drawing
import Foundation
import Models
import Stages
import Tensors
import TestSupport
import Testing

/// The package's own home, whose models are those that ship.
func shippedHome() throws -> Home { try Home.find(workingDirectory: #filePath) }

/// What a stage finds with the shipped models.
func runShipped(
  _ name: String, _ setting: [String: String] = [:], seed: UInt64 = 0, image: String? = nil
) throws -> StageResult {
  let stage = try StageCatalogue.stage(named: name)
  return try stage.run(
    StageContext(defaultsOf: stage, setting: setting, seed: seed, imageFile: image, home: try shippedHome()))
}

/// Draws every figure of a stage in both themes and three sizes.
func expectSoundFigures(_ result: StageResult, of name: String) throws {
  let stage = try StageCatalogue.stage(named: name)
  #expect(result.figures.map(\.name) == stage.figures.map(\.name))
  #expect(Set(result.facts.map(\.name)) == Set(stage.facts.map(\.name)))
  for figure in result.figures {
    let drawn = try figure.draw()
    #expect(drawn.name == figure.name && !drawn.alternativeText.isEmpty)
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

@Suite struct TokenizationTests {
  /// Merging step by step ends where the tokenizer ends, and every step joins two neighbours.
  @Test(arguments: ["red heart left of pizza", "unbelievable sauropods, don't!", "café 3 Übung", "a"])
  func stepsEndInTheTokens(_ text: String) throws {
    let tokenizer = try CLIPTokenizer(folder: try shippedHome().model("emoji-clip"))
    let words = tokenizer.merging(of: text)
    #expect(words.flatMap(\.parts) == tokenizer.tokens(of: text).map(\.piece))
    for word in words {
      var before = word.characters
      for step in word.steps {
        #expect(step.parts.joined() == before.joined() && step.parts.count == before.count - 1)
        let pair = tokenizer.merges[step.rank]
        #expect(step.parts.contains(pair.left + pair.right))
        before = step.parts
      }
      #expect(word.steps.map(\.rank) == word.steps.map(\.rank).sorted())
    }
  }

  @Test func factsCountWhatTheTablesShow() throws {
    let result = try runShipped("tokenization", ["prompt": "penguin left of unbelievable pizza"])
    let rows = try #require(result.tables.first { $0.name == "tokens" }).rows
    #expect(result.number("tokens") == Double(rows.count - 3) && result.number("words") == 5)
    #expect(result.number("characters") == 30)
    #expect(result.number("padding") == result.number("context_length") - result.number("tokens") - 2)
    #expect(result.text("dropped") == "none")
    let long = try runShipped("tokenization", ["prompt": Array(repeating: "pizza", count: 30).joined(separator: " ")])
    #expect(long.number("padding") == 0 && long.text("dropped").hasPrefix("pizza pizza"))
    #expect(sentence { _ = try runShipped("tokenization", ["prompt": "  "]) }.contains("no words"))
  }
}

@Suite struct TextTowerTests {
  @Test func theSumIsTokenPlusPlace() throws {
    let result = try runShipped("token-embedding")
    let sum = try #require(result.tensor("token_embedding")) + (try #require(result.tensor("position_embedding")))
    expectClose(try #require(result.tensor("embeddings")), sum, .absolute(1e-6))
    #expect(result.number("table_numbers") == result.number("vocabulary") * result.number("width"))
    // What lesson 07 says of the neighbours of left and right, above and below.
    #expect(result.number("left_right") > 0.7 && result.number("above_below") > 0.7)
    #expect(result.text("nearest_left") == "“right”" && result.text("nearest_above") == "“below”")
    #expect(sentence { _ = try runShipped("token-embedding", ["words": "red unbelievable"]) }.contains("tokens"))
    #expect(sentence { _ = try runShipped("token-embedding", ["words": "red"]) }.contains("2 to 24"))
  }

  @Test func attentionLooksBackOnly() throws {
    let result = try runShipped("text-self-attention", ["changed": "red heart above pizza"])
    #expect(result.number("row_sum_error") < 1e-5 && result.number("ahead") < 1e-30)
    let map = try #require(result.tensor("layers.1.probabilities"))
    #expect(map.shape == [1, 4, 20, 20])
    expectClose(map.sum(along: 3), Tensor.ones([1, 4, 20]), .absolute(1e-5))
    // The two prompts differ from the third word on.
    #expect(result.number("changed_place") == 3 && result.number("change_before") == 0)
    #expect(result.number("change_after") > 0.01)
    let first = try runShipped("text-self-attention", ["changed": "green heart left of pizza"])
    #expect(first.number("changed_place") == 1)
    #expect(
      sentence { _ = try runShipped("text-self-attention", ["changed": "Red heart left of pizza"]) }.contains("same"))
  }

  /// Lesson 07 says that the order of a caption counts for less than its words.
  @Test func orderCountsForLessThanWords() throws {
    let result = try runShipped("text-self-attention")
    #expect(result.text("swapped") == "pizza left of red heart" && result.number("sum_change") == 0)
    #expect(result.number("swapped_cosine") > 0.95 && result.number("changed_cosine") < 0.9)
    let longer = try runShipped(
      "text-self-attention", ["prompt": "cat face above soccer ball on a blue background", "changed": "pizza"])
    #expect(longer.text("swapped") == "soccer ball above cat face on a blue background")
  }
}

@Suite struct CaptionTests {
  @Test func factsOfTheTableAreThoseOfItsNumbers() throws {
    let result = try runShipped("caption-matching")
    let cosines = try #require(result.tensor("similarities"))
    #expect(cosines.shape == [16, 16] && cosines.max <= 1.0001)
    let hits = (0..<16).count { row in (0..<16).allSatisfy { cosines[row, $0] <= cosines[row, row] } }
    #expect(result.number("hits") == Double(hits) && hits >= 15)
    let own = (0..<16).reduce(0) { $0 + Double(cosines[$1, $1]) } / 16
    #expect(abs(result.number("own") - own) < 1e-6)
    // The loss by its definition, row by row and column by column.
    let scale = 1 / result.number("temperature")
    var loss = 0.0
    for i in 0..<16 {
      let rows = (0..<16).reduce(0) { $0 + exp(scale * Double(cosines[i, $1] - cosines[i, i])) }
      let columns = (0..<16).reduce(0) { $0 + exp(scale * Double(cosines[$1, i] - cosines[i, i])) }
      loss += (log(rows) + log(columns)) / 32
    }
    #expect(abs(result.number("loss") - loss) < 1e-4)
    #expect(abs(result.number("guessing") - log(16)) < 1e-9 && result.number("loss_at_one") > 1)
    #expect(result.number("untrained_hits") < 6 && result.number("own_share") > result.number("own_share_at_one"))
  }

  @Test func captionsAreRankedByTheirCosines() throws {
    let result = try runShipped("caption-ranking")
    let rows = try #require(result.tables.first).rows
    let cosines = rows.compactMap { Double($0[1].replacing("−", with: "-")) }
    #expect(cosines.count == 9 && cosines == cosines.sorted(by: >))
    // What lesson 07 says of the captions that tie: the right things on the right axis.
    let tied = rows.prefix(Int(result.number("tied"))).map { $0[0] }
    #expect(tied.count > 1 && tied.contains("red heart left of pizza"))
    #expect(tied.allSatisfy { $0.contains("red heart") && $0.contains("pizza") && $0.contains(/left|right/) })
    #expect(result.text("last") == "“rocket”")
    #expect(sentence { _ = try runShipped("caption-ranking", ["captions": "one; "]) }.contains("2 to 12"))
  }

  @Test func anyPictureCanBeRanked() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/mine.png"
      try ImageFile.writePNG(Tensor(repeating: 0.4, shape: [3, 30, 50]), to: path)
      let result = try runShipped("caption-ranking", image: path)
      #expect(result.text("picture").contains("resized to 64×64") && result.number("own_gap") == 0)
      #expect(result.tensor("picture")?.shape == [1, 3, 64, 64])
    }
  }

  @Test func theCurveEndsWhereTheLogEnds() throws {
    let result = try runShipped("contrastive-training")
    #expect(result.number("images") == result.number("steps") * result.number("batch_size"))
    #expect(abs(result.number("guessing") - log(result.number("batch_size"))) < 1e-9)
    #expect(result.number("first_loss") < result.number("guessing"))
    #expect(result.number("last_loss") < result.number("tenth_loss"))
  }
}

@Suite struct LessonSevenFigures {
  static let stages = [
    "tokenization", "token-embedding", "text-self-attention", "caption-matching", "caption-ranking",
    "contrastive-training",
  ]

  @Test(arguments: stages)
  func nothingOverlapsOrIsCut(_ name: String) throws { try expectSoundFigures(try runShipped(name), of: name) }

  @Test func unevenPromptsAreDrawnToo() throws {
    let prompt = "penguin right of an unbelievable sauropod and ice cream on a green background"
    try expectSoundFigures(try runShipped("tokenization", ["prompt": prompt]), of: "tokenization")
    try expectSoundFigures(
      try runShipped("text-self-attention", ["prompt": prompt, "changed": "pizza"]), of: "text-self-attention")
  }
}
