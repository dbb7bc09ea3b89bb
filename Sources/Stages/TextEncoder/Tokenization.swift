import Drawing
import Models
import Tensors

/// A prompt becomes tokens: every merge of every word, one after another.
struct Tokenization: Stage {
  let name = "tokenization"
  let summary = "Merges the bytes of a prompt's words into tokens, step by step"
  let models = [ContrastiveModel.name]

  let parameters: [StageParameter] = [ContrastiveModel.promptParameter()]

  let facts = [
    FactDeclaration("characters", "bytes of the prompt's words, spaces left out"),
    FactDeclaration("words", "words of the prompt"),
    FactDeclaration("tokens", "tokens of the prompt, without start and end"),
    FactDeclaration("pieces", "the tokens as the reader should see them"),
    FactDeclaration("longest_word", "the word with the most merges"),
    FactDeclaration("longest_merges", "its number of merges"),
    FactDeclaration("longest_characters", "its number of bytes"),
    FactDeclaration("padding", "places that are filled up"),
    FactDeclaration("context_length", "ids a prompt becomes, whatever its length"),
    FactDeclaration("vocabulary", "tokens there are"),
    FactDeclaration("merge_count", "merges that were learned"),
    FactDeclaration("half_merges", "how many of the first merges give at most half as many tokens as bytes"),
    FactDeclaration("dropped", "words that did not fit, or \"none\""),
  ]

  let figures = [
    FigureDeclaration("byte-pair-merges", "Each word's bytes and how they are merged into tokens"),
    FigureDeclaration("tokens-by-merges", "How many tokens the prompt has when only the first merges are known"),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try ContrastiveModel(context.home)
    let tokenizer = model.tokenizer
    let text = context.text("prompt")
    let words = tokenizer.merging(of: text)
    guard !words.isEmpty else { throw UserError("the prompt '\(text)' has no words", code: .usage) }
    let prompt = TokenizedPrompt(text, tokenizer)
    var result = StageResult()
    addFacts(to: &result, words, prompt, tokenizer)
    result.table(Self.tokenTable(prompt, tokenizer))
    result.table(Self.mergeTable(words, tokenizer))
    result.tensor("input_ids", Tensor(prompt.ids.map(Float.init), shape: [1, prompt.ids.count]))
    let provenance = model.provenance()
    result.figure("byte-pair-merges") { () throws(UserError) in
      MergeFigure(words: words, prompt: text).figure(provenance)
    }
    result.figure("tokens-by-merges") { () throws(UserError) in
      Self.countFigure(words, prompt: text, mergeCount: tokenizer.merges.count, provenance)
    }
    return result
  }

  private func addFacts(
    to result: inout StageResult, _ words: [CLIPTokenizer.WordMerging], _ prompt: TokenizedPrompt,
    _ tokenizer: CLIPTokenizer
  ) {
    let bytes = words.reduce(0) { $0 + $1.characters.count }
    let longest = words.dropFirst().reduce(words[0]) { $1.steps.count > $0.steps.count ? $1 : $0 }
    result.fact("characters", bytes)
    result.fact("words", words.count)
    result.fact("tokens", words.reduce(0) { $0 + $1.parts.count })
    result.fact("pieces", prompt.names[1..<(prompt.length - 1)].joined(separator: " "))
    result.fact("longest_word", longest.word)
    result.fact("longest_merges", longest.steps.count)
    result.fact("longest_characters", longest.characters.count)
    result.fact("padding", prompt.ids.count - prompt.length)
    result.fact("context_length", tokenizer.contextLength)
    result.fact("vocabulary", tokenizer.vocabularyCount)
    result.fact("merge_count", tokenizer.merges.count)
    let counts = Self.counts(words, mergeCount: tokenizer.merges.count)
    result.fact("half_merges", counts.first { 2 * $0.tokens <= bytes }?.merges ?? tokenizer.merges.count)
    result.fact("dropped", prompt.dropped ?? "none")
  }

  // MARK: Tables

  private static func tokenTable(_ prompt: TokenizedPrompt, _ tokenizer: CLIPTokenizer) -> StageTable {
    var rows = (0..<prompt.length).map { place in
      ["\(place)", prompt.names[place], "\(prompt.ids[place])"]
    }
    if prompt.length < prompt.ids.count {
      let places = prompt.length == prompt.ids.count - 1 ? "" : "–\(prompt.ids.count - 1)"
      rows.append(["\(prompt.length)\(places)", "padding", "\(tokenizer.paddingID)"])
    }
    return StageTable(
      name: "tokens", title: "What the text tower receives",
      columns: [.init("place"), .init("token", numeric: false), .init("id")], rows: rows)
  }

  /// The first merges that were learned.
  private static func mergeTable(_ words: [CLIPTokenizer.WordMerging], _ tokenizer: CLIPTokenizer) -> StageTable {
    StageTable(
      name: "first-merges", title: "The first merges that were learned (‹ ends a word)",
      columns: [
        .init("merge"), .init("left", numeric: false), .init("right", numeric: false), .init("makes", numeric: false),
      ],
      rows: tokenizer.merges.prefix(10).enumerated().map { rank, pair in
        ["\(rank + 1)"] + [pair.left, pair.right, pair.left + pair.right].map(MergeFigure.shown)
      })
  }

  // MARK: Tokens by merges

  /// How many tokens there are when the first so many merges are known, at every number where that changes.
  ///
  /// A word's merges have rising ranks, so whoever knows fewer merges stops earlier on the same way.
  static func counts(_ words: [CLIPTokenizer.WordMerging], mergeCount: Int) -> [(merges: Int, tokens: Int)] {
    let start = words.reduce(0) { $0 + $1.characters.count }
    let ranks = words.flatMap { $0.steps.map(\.rank) }.sorted()
    var counts = [(merges: 0, tokens: start)]
    for (done, rank) in ranks.enumerated() { counts.append((rank + 1, start - done - 1)) }
    return counts + [(mergeCount, start - ranks.count)]
  }

  private static func countFigure(
    _ words: [CLIPTokenizer.WordMerging], prompt: String, mergeCount: Int, _ provenance: Provenance
  ) -> Figure {
    let counts = counts(words, mergeCount: mergeCount)
    // A staircase: each number of tokens holds until the next merge of the prompt is known.
    var (x, y) = ([Double](), [Double]())
    for (index, count) in counts.enumerated() {
      if index > 0 {
        x.append(Double(count.merges))
        y.append(Double(counts[index - 1].tokens))
      }
      x.append(Double(count.merges))
      y.append(Double(count.tokens))
    }
    let (start, end) = (counts[0].tokens, counts[counts.count - 1].tokens)
    let chart = Chart(
      x: Axis("merges known, in the order they were learned", range: 0...Double(mergeCount)),
      y: Axis("tokens", range: 0...(1.1 * Double(start))),
      layers: [
        Line("", x: x, y: y, color: .palette(0)),
        ReferenceLine(y: Double(words.count), label: "one token a word"),
        Annotation("every byte a token: \(start)", x: 0, y: Double(start), side: .right),
        Annotation("all merges: \(end)", x: Double(mergeCount), y: Double(end), side: .aboveLeft),
      ])
    return Figure(
      name: "tokens-by-merges", title: "The more merges are known, the fewer tokens a text needs",
      caption: """
        Tokens of “\(prompt)” when only the first merges of emoji-clip's vocabulary are used. At the left every byte is a token, \
        at the right all \(mergeCount) merges are known.
        """,
      alternativeText: "A falling staircase from \(start) tokens without merges to \(end) with all of them.",
      provenance: provenance, content: chart)
  }
}

extension CLIPTokenizer.WordMerging {
  /// The word as it was written.
  var word: String { characters.map(MergeFigure.shown).joined().replacing("‹", with: "") }
}
