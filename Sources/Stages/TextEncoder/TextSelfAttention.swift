import Drawing
import Models
import Tensors

/// What each token of a prompt looks at, in every layer and head, and what it cannot see.
struct TextSelfAttention: Stage {
  let name = "text-self-attention"
  let summary = "Records the attention maps of the text tower, and changes one word to see what it reaches"
  let models = [ContrastiveModel.name]

  let parameters: [StageParameter] = [
    ContrastiveModel.promptParameter(),
    .text("changed", default: "red heart left of penguin", help: "the same prompt with another word"),
  ]

  let facts = [
    FactDeclaration("layers", "layers of the transformer"),
    FactDeclaration("heads", "heads of a layer"),
    FactDeclaration("head_width", "numbers of a query or key, d"),
    FactDeclaration("map_shape", "shape of a layer's maps"),
    FactDeclaration("row_sum_error", "largest distance of a row's sum from 1"),
    FactDeclaration("ahead", "largest weight on a later token"),
    FactDeclaration("self_head", "the head in which tokens look at themselves most"),
    FactDeclaration("self_share", "mean weight of a token on itself in that head, the start token left out"),
    FactDeclaration("word_head", "the head in which the end token looks most at a single word"),
    FactDeclaration("word_seen", "that word"),
    FactDeclaration("word_weight", "its weight"),
    FactDeclaration("changed_place", "the first place at which the two prompts differ"),
    FactDeclaration("change_before", "largest change of a vector before that place"),
    FactDeclaration("change_after", "relative change of the end token's vector after the last layer"),
    FactDeclaration("swapped", "the prompt with the words on the two sides of its relation exchanged"),
    FactDeclaration("swapped_cosine", "cosine between the embeddings of prompt and swapped prompt"),
    FactDeclaration("changed_cosine", "cosine between the embeddings of prompt and changed prompt"),
    FactDeclaration("sum_change", "largest change of the summed token vectors when words are only exchanged"),
  ]

  let figures = [
    FigureDeclaration(
      "text-self-attention", "Every attention map of the text tower for one prompt", formulas: ["attention.causal"]),
    FigureDeclaration("changed-word", "How far the change of one word reaches, layer by layer"),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try ContrastiveModel(context.home)
    let prompt = TextRun(TokenizedPrompt(context.text("prompt"), model.tokenizer), model.model)
    let changed = TextRun(TokenizedPrompt(context.text("changed"), model.tokenizer), model.model)
    guard let place = prompt.firstDifference(from: changed) else {
      throw UserError("'prompt' and 'changed' are the same tokens; change one word", code: .usage)
    }
    let change = prompt.change(to: changed)
    var result = StageResult()
    addAttentionFacts(to: &result, prompt, model)
    result.fact("changed_place", place)
    result.fact("change_before", place == 0 ? 0 : change.sliced(0..<place, along: 1).max)
    result.fact("change_after", change[change.shape[0] - 1, prompt.prompt.length - 1])
    let swapped = SwappedPrompt(prompt.prompt.text)
    result.fact("swapped", swapped.text)
    let embedded = model.embed([prompt.prompt.text, swapped.text, changed.prompt.text])
    let cosines = embedded.matmul(embedded, transposeB: true)
    result.fact("swapped_cosine", cosines[0, 1])
    result.fact("changed_cosine", cosines[0, 2])
    result.fact("sum_change", swapped.changeOfSum(model))
    for (layer, map) in prompt.maps.enumerated() { result.tensor("layers.\(layer).probabilities", map) }
    for (layer, states) in prompt.states.enumerated() { result.tensor("hidden_states.\(layer)", states) }
    let provenance = model.provenance()
    result.figure("text-self-attention") { () throws(UserError) in prompt.figure(provenance) }
    result.figure("changed-word") { () throws(UserError) in
      Self.figure(prompt, changed, place, change, provenance)
    }
    return result
  }

  private func addAttentionFacts(to result: inout StageResult, _ run: TextRun, _ model: ContrastiveModel) {
    let (maps, length) = (run.maps, run.prompt.length)
    result.fact("layers", maps.count)
    result.fact("heads", maps.first?.shape[1] ?? 0)
    result.fact("head_width", model.model.configuration.text.headDim)
    result.fact("map_shape", "\(maps.first?.shape ?? [])")
    let all = Tensor.concatenated(maps)
    result.fact("row_sum_error", (all.sum(along: 3) - 1).map(abs).max)
    let size = all.shape[3]
    var ahead: Float = 0
    for row in 0..<(size - 1) {
      ahead = max(ahead, all.sliced(row..<(row + 1), along: 2).sliced((row + 1)..<size, along: 3).max)
    }
    result.fact("ahead", ahead)
    var (selfish, word) = ((name: "", share: -1.0), (name: "", place: 0, weight: -1.0))
    for (layer, map) in maps.enumerated() {
      for head in 0..<map.shape[1] {
        let name = "head \(head + 1) of layer \(layer + 1)"
        let share = (1..<length).reduce(0) { $0 + Double(map[0, head, $1, $1]) } / Double(length - 1)
        if share > selfish.share { selfish = (name, share) }
        for place in 1..<(length - 1) where Double(map[0, head, length - 1, place]) > word.weight {
          word = (name, place, Double(map[0, head, length - 1, place]))
        }
      }
    }
    result.fact("self_head", selfish.name)
    result.fact("self_share", selfish.share)
    result.fact("word_head", word.name)
    result.fact("word_seen", run.prompt.names[word.place])
    result.fact("word_weight", max(word.weight, 0))
  }

  private static func figure(
    _ prompt: TextRun, _ changed: TextRun, _ place: Int, _ change: Tensor, _ provenance: Provenance
  ) -> Figure {
    let length = min(max(prompt.prompt.length, changed.prompt.length), change.shape[1])
    let names = (0..<length).map { column -> RichText in
      let (before, after) = (prompt.prompt.names[column], changed.prompt.names[column])
      return RichText(verbatim: before == after ? before : "\(before) → \(after)")
    }
    let layers = ["before the first layer"] + (1..<change.shape[0]).map { "after layer \($0)" }
    return Figure(
      name: "changed-word", title: "A changed word reaches what stands behind it, and nothing before it",
      caption: """
        “\(prompt.prompt.text)” against “\(changed.prompt.text)”: how much each token's vector differs, as a share of its \
        length. Before the changed word the difference is exactly 0 in every layer, since no token looks ahead.
        """,
      alternativeText: """
        A table with a row for each layer and a column for each token. All cells left of the changed word are 0, and from \
        layer to layer the cells right of it grow.
        """,
      provenance: provenance,
      content: HeatMap(
        change.sliced(0..<length, along: 1), .sequential(0...max(change.max, 0.1)),
        rowLabels: layers.map { RichText(verbatim: $0) }, columnLabels: names, showsValues: true,
        colorBarLabel: "‖h′ − h‖/‖h‖"))
  }
}

/// One prompt in the text tower, with everything that was recorded on the way.
struct TextRun {
  let prompt: TokenizedPrompt
  /// For each layer [1, heads, L, L].
  let maps: [Tensor]
  /// The tokens' vectors before the first layer and after each, [L, D].
  let states: [Tensor]

  init(_ prompt: TokenizedPrompt, _ model: EmojiCLIP) {
    self.prompt = prompt
    let layers = model.textTower.textModel.encoder.layers.count
    let recorder = Recorder { key in
      key.hasSuffix("self_attn.probabilities") || key.hasSuffix("text_model.embeddings")
        || (0..<layers).contains { key.hasSuffix("encoder.layers.\($0)") }
    }
    _ = model.embed(inputIDs: [prompt.ids], recorder.recording())
    maps = recorder.entries.filter { $0.key.hasSuffix("probabilities") }.map(\.tensor)
    states = recorder.entries.filter { !$0.key.hasSuffix("probabilities") }.map { $0.tensor[index: 0] }
  }

  /// The first place with another token; nil when all are the same.
  func firstDifference(from other: TextRun) -> Int? {
    prompt.ids.indices.first { prompt.ids[$0] != other.prompt.ids[$0] }
  }

  /// ‖h′ − h‖/‖h‖ of every token after every layer: [layers + 1, L].
  func change(to other: TextRun) -> Tensor {
    Tensor.stacked(
      zip(states, other.states).map { mine, theirs in
        let difference = theirs - mine
        return ((difference * difference).sum(along: 1) / (mine * mine).sum(along: 1)).squareRoot()
      })
  }

  func figure(_ provenance: Provenance) -> Figure {
    let length = prompt.length
    let grid = maps.map { map in
      (0..<map.shape[1]).map { head in
        map[index: 0][index: head].sliced(0..<length).sliced(0..<length, along: 1)
      }
    }
    let heads = grid.first?.count ?? 0
    return Figure(
      name: "text-self-attention", title: "Every token looks at itself and those before it",
      caption: """
        The attention maps of “\(prompt.text)” in emoji-clip, one for each layer and head. A row is the token that looks, a \
        column the one looked at; a row adds up to 1, and everything right of the diagonal is 0. Padding is left out.
        """,
      alternativeText: """
        A grid of \(maps.count) by \(heads) square maps. Each is dark above its diagonal; below it bright columns and cells \
        differ from head to head.
        """,
      provenance: provenance,
      content: MapGrid(
        maps: grid, mapping: .sequential(0...1), names: prompt.names.prefix(length).map { RichText(verbatim: $0) },
        rowTitles: maps.indices.map { "layer \($0 + 1)" }, columnTitles: (0..<heads).map { "head \($0 + 1)" },
        measure: "attention weight"))
  }
}

/// "pizza left of red heart" for "red heart left of pizza": the same words, another meaning.
struct SwappedPrompt {
  let original: String
  /// The same as the original when it names no relation.
  let text: String

  init(_ prompt: String) {
    original = prompt
    for relation in [" left of ", " right of ", " above ", " below "] {
      guard let range = prompt.range(of: relation) else { continue }
      let background = prompt.range(of: " on a")
      let end = background.map { $0.lowerBound > range.upperBound ? $0.lowerBound : prompt.endIndex } ?? prompt.endIndex
      text = prompt[range.upperBound..<end] + relation + prompt[..<range.lowerBound] + prompt[end...]
      return
    }
    text = prompt
  }

  /// Largest change of Σ token vectors between the two, which a model that only counts words would see.
  func changeOfSum(_ model: ContrastiveModel) -> Double {
    let table = model.model.textTower.textModel.embeddings.tokenEmbedding.weight.variable.value
    func sum(_ text: String) -> Tensor {
      let ids = model.tokenizer.encode(text).ids.sorted()
      return ids.dropFirst().reduce(table[index: ids[0]]) { $0 + table[index: $1] }
    }
    return Double((sum(text) - sum(original)).map(abs).max)
  }
}
