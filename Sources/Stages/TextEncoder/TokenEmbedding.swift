import Drawing
import Models
import Tensors

/// What the text tower's table holds: a vector for each token and one for each place.
struct TokenEmbedding: Stage {
  let name = "token-embedding"
  let summary = "Looks the prompt's tokens up in the table of vectors, and asks which vectors are neighbours"
  let models = [ContrastiveModel.name]

  let parameters: [StageParameter] = [
    ContrastiveModel.promptParameter(),
    .text(
      "words", default: "left right above below green herb broccoli shamrock red peach pizza bread egg",
      help: "words of one token each, whose vectors are compared"),
  ]

  let facts = [
    FactDeclaration("vocabulary", "rows of the table, one a token"),
    FactDeclaration("width", "numbers in a vector, D"),
    FactDeclaration("table_numbers", "numbers in the table"),
    FactDeclaration("shape", "shape of what the transformer receives"),
    FactDeclaration("typical_cosine", "mean cosine of two different words' vectors"),
    FactDeclaration("typical_deviation", "standard deviation of these cosines"),
    FactDeclaration("nearest_cosine", "largest cosine between two of the compared words"),
    FactDeclaration("nearest_pair", "those two words"),
    FactDeclaration("left_right", "cosine of \"left\" and \"right\""),
    FactDeclaration("above_below", "cosine of \"above\" and \"below\""),
    FactDeclaration("nearest_left", "the word nearest to \"left\""),
    FactDeclaration("nearest_above", "the word nearest to \"above\""),
    FactDeclaration("nearest_green", "the four words nearest to \"green\""),
  ]

  let figures = [
    FigureDeclaration("token-embeddings", "The prompt's token vectors, the vectors of its places, and their sum"),
    FigureDeclaration(
      "embedding-neighbours", "Cosines between the vectors of some words", formulas: ["text.cosine_similarity"]),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try ContrastiveModel(context.home)
    let prompt = TokenizedPrompt(context.text("prompt"), model.tokenizer)
    let table = WordVectors(model)
    let words = context.text("words").split(separator: " ").map(String.init)
    guard words.count >= 2, words.count <= 24 else {
      throw UserError("words must be 2 to 24 words, not \(words.count)", code: .usage)
    }
    var ids: [Int] = []
    for word in words { ids.append(try table.id(of: word)) }
    let cosines = table.cosines(ids, ids)
    let parts = try EmbeddingParts(prompt, model.model)
    var result = StageResult()
    addFacts(to: &result, model, parts, table, words, cosines)
    result.table(try table.neighbourTable(words))
    for (name, tensor) in [
      ("token_embedding", parts.tokens), ("position_embedding", parts.positions), ("embeddings", parts.sum),
      ("cosines", cosines),
    ] { result.tensor(name, tensor) }
    let provenance = model.provenance()
    result.figure("token-embeddings") { () throws(UserError) in parts.figure(of: prompt, provenance) }
    result.figure("embedding-neighbours") { () throws(UserError) in
      Self.figure(words, cosines, provenance)
    }
    return result
  }

  private func addFacts(
    to result: inout StageResult, _ model: ContrastiveModel, _ parts: EmbeddingParts, _ table: WordVectors,
    _ words: [String], _ cosines: Tensor
  ) {
    let shape = model.model.textTower.textModel.embeddings.tokenEmbedding.weight.shape
    result.fact("vocabulary", shape[0])
    result.fact("width", shape[1])
    result.fact("table_numbers", shape[0] * shape[1])
    result.fact("shape", "\([1, model.tokenizer.contextLength, shape[1]])")
    let typical = table.typical
    result.fact("typical_cosine", typical.mean)
    result.fact("typical_deviation", typical.deviation)
    let pairs = words.indices.flatMap { i in words.indices.filter { $0 > i }.map { (i, $0) } }
    let best = pairs.max { cosines[$0.0, $0.1] < cosines[$1.0, $1.1] } ?? (0, 1)
    result.fact("nearest_cosine", cosines[best.0, best.1])
    result.fact("nearest_pair", "“\(words[best.0])” and “\(words[best.1])”")
    result.fact("left_right", table.cosine("left", "right"))
    result.fact("above_below", table.cosine("above", "below"))
    for (fact, word, count) in [
      ("nearest_left", "left", 1), ("nearest_above", "above", 1), ("nearest_green", "green", 4),
    ] {
      result.fact(fact, table.nearest(to: word, count: count).map { "“\($0.word)”" }.joined(separator: ", "))
    }
  }

  private static func figure(_ words: [String], _ cosines: Tensor, _ provenance: Provenance) -> Figure {
    let names = words.map { RichText(verbatim: $0) }
    return Figure(
      name: "embedding-neighbours",
      title: "Words lie close when their pictures or their uses are alike",
      caption: """
        Cosines between the token vectors of emoji-clip: 1 for the same direction, 0 for unrelated ones. The table was learned \
        from captioned pictures alone; nobody told it what a word means.
        """,
      alternativeText: """
        A square table of cosines between \(words.count) words, with ones on the diagonal and a few bright cells beside it.
        """,
      provenance: provenance,
      content: HeatMap(
        cosines, .diverging(limit: 1), rowLabels: names, columnLabels: names, showsValues: true,
        colorBarLabel: "cosine"))
  }
}

/// The vectors of a prompt's tokens before the first layer, [L, D] each.
struct EmbeddingParts {
  let tokens: Tensor
  let positions: Tensor
  let sum: Tensor

  init(_ prompt: TokenizedPrompt, _ model: EmojiCLIP) throws(UserError) {
    let keys = ["token_embedding", "position_embedding", ""].map { "embeddings" + ($0.isEmpty ? "" : ".\($0)") }
    let recorder = Recorder { key in keys.contains { key.hasSuffix($0) } }
    _ = model.embed(inputIDs: [prompt.ids], recorder.recording())
    func found(_ key: String) -> Tensor {
      guard let entry = recorder.entries.first(where: { $0.key.hasSuffix(key) }) else {
        preconditionFailure("the text tower recorded no \(key)")
      }
      return entry.tensor[index: 0]
    }
    (tokens, positions, sum) = (found(keys[0]), found(keys[1]), found(keys[2]))
  }

  func figure(of prompt: TokenizedPrompt, _ provenance: Provenance) -> Figure {
    let names = prompt.names.prefix(prompt.length).map { RichText(verbatim: $0) }
    let limit = max(-sum.min, sum.max, 1e-6)
    func map(_ vectors: Tensor, _ title: RichText, isLast: Bool = false) -> HeatMap {
      HeatMap(
        vectors.sliced(0..<prompt.length), .diverging(limit: limit), title: title, rowLabels: names,
        colorBarLabel: isLast ? "value" : nil)
    }
    return Figure(
      name: "token-embeddings", title: "A token becomes \(sum.shape[1]) numbers, and those of its place are added",
      caption: """
        “\(prompt.text)” before the first layer of the text tower: every row is one token's vector. Above what stands in the \
        table for the token, in the middle what stands there for its place, below the sum that the transformer receives. The \
        padding behind the end is left out.
        """,
      alternativeText: """
        Three wide heat maps one above the other, a row for each token and a column for each of \(sum.shape[1]) elements; \
        blue and red cells without a pattern that words could name.
        """,
      provenance: provenance,
      content: Panels(
        rows: [
          [map(tokens, "the token’s vector")], [map(positions, "+ the vector of its place")],
          [map(sum, "= what the transformer receives", isLast: true)],
        ]))
  }
}
