import Drawing
import Pipelines
import Tensors

/// One word of the prompt changed, with and without the maps of the original (Hertz et al. 2023).
struct WordEdit: Stage {
  let name = "word-edit"
  let summary = "Changes a word of the prompt and holds the other run's attention maps"
  let models = [PipelineModel.defaultName]

  let parameters: [StageParameter] = [
    PipelineModel.modelParameter,
    PipelineModel.promptParameter(default: "pizza left of red heart"),
    .text("edited_prompt", default: "pizza right of red heart", help: "the prompt with a word changed"),
    .numbers(
      "held_shares", 0...1, count: 1...6, default: [0, 0.2, 0.5, 0.8, 1],
      help: "shares of the steps, from the first on, in which the original's maps are held; 0 is a run of its own"),
    .number("self_share", 0...1, default: 0.4, help: "the same for self-attention, where any map is held"),
    PipelineModel.stepsParameter(default: 25),
    PipelineModel.guidanceParameter(),
  ]

  let facts = [
    FactDeclaration("free_distance", "RMS distance of the edited picture from the original, no map held"),
    FactDeclaration("held_distance", "the same with the maps held the longest"),
    FactDeclaration("free_kept", "the same, none held, in the half of an object that both prompts name there"),
    FactDeclaration("held_kept", "the same, held the longest, in that half"),
    FactDeclaration("compared_part", "the part that was compared, in words: that half, or the whole picture"),
    FactDeclaration("longest_share", "the largest share of steps"),
    FactDeclaration("conclusion", "what holding the maps does to that part, in words"),
  ]

  let figures = [
    FigureDeclaration("word-edit", "The original, the edit with the maps held ever longer, and what changed")
  ]

  /// One edited picture.
  struct Result {
    let share: Double
    /// [3, H, W] in 0…1.
    let picture: Tensor
    /// RMS distance from the original, 0…1.
    let distance: Double
    /// The same in the half of the object that was not edited; in the whole picture where no half is known.
    let keptDistance: Double
  }

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try PipelineModel(context)
    let (request, edited) = (model.request(context), context.text("edited_prompt"))
    let shares = context.numbers("held_shares").sorted()
    let selfShare = context.number("self_share")
    let edits = shares.map { HeldAttention.Edit(share: $0, selfShare: min($0, selfShare)) }
    let pictures = try Self.pictures(model, request, edited: edited, edits: edits, context)
    let original = pictures[index: 0]
    let kept = Self.kept(request.prompts[0], edited)
    let results = shares.enumerated().map { index, share in
      let difference = pictures[index: index + 1] - original
      return Result(
        share: share, picture: pictures[index: index + 1], distance: rootMeanSquare(difference),
        keptDistance: rootMeanSquare(kept.map { difference.half($0.half) } ?? difference))
    }
    let (free, held) = (results[0], results[results.count - 1])
    var result = StageResult()
    result.fact("free_distance", free.distance)
    result.fact("held_distance", held.distance)
    result.fact("free_kept", free.keptDistance)
    result.fact("held_kept", held.keptDistance)
    result.fact(
      "compared_part",
      kept.map { "the \($0.half.rawValue) half, where both have the \($0.object)," } ?? "the whole picture")
    result.fact("longest_share", held.share)
    result.fact("conclusion", Self.conclusion(free: free.keptDistance, held: held.keptDistance))
    result.table(Self.table(results, kept?.half))
    result.tensor("pictures", pictures)
    let figure = WordEditFigure(
      original: original, results: results, prompt: request.prompts[0], edited: edited, kept: kept?.half)
    let provenance = model.provenance(context)
    result.figure("word-edit") { () throws(UserError) in figure.figure(provenance) }
    return result
  }

  private static func pictures(
    _ model: PipelineModel, _ request: TextToImageRequest, edited: String, edits: [HeldAttention.Edit],
    _ context: StageContext
  ) throws(UserError) -> Tensor {
    let calls = try model.pipeline.plan(request).calls
    return try PipelineModel.sampling {
      try model.pipeline.generate(request, edited: edited, edits: edits) { event in
        context.report(event.call - calls.lowerBound + 1, of: calls.count, "denoising steps")
      }
    }
  }

  /// The object both prompts have in the same place; nil when they differ in more than one, or name no relation.
  static func kept(_ prompt: String, _ edited: String) -> (object: String, half: PictureHalf)? {
    guard let a = RelationPrompt(prompt), let b = RelationPrompt(edited), a.half == b.half else { return nil }
    if a.second == b.second, a.first != b.first { return (a.second, a.half.opposite) }
    if a.first == b.first, a.second != b.second { return (a.first, a.half) }
    return nil
  }

  private static func conclusion(free: Double, held: Double) -> String {
    switch held {
    case ..<(0.1 * free): "but for traces, that is the original again"
    case ..<(0.95 * free): "the maps pull it back towards the original"
    case ...(1.05 * free): "there holding the maps changes little"
    default: "there holding the maps leads further away"
    }
  }

  private static func table(_ results: [Result], _ kept: PictureHalf?) -> StageTable {
    let part = kept.map { ["\($0.rawValue) half"] } ?? []
    return StageTable(
      name: "edits", title: "RMS distance from the original picture (black is 0, white is 1)",
      columns: [.init("maps held for"), .init("whole picture")] + part.map { .init($0) },
      rows: results.map { result in
        [
          NumberText.fixed(100 * result.share, decimals: 0) + " % of the steps",
          NumberText.fixed(result.distance, decimals: 3),
        ] + part.map { _ in NumberText.fixed(result.keptDistance, decimals: 3) }
      })
  }
}

/// The original, then the edits in a row, and under each what changed.
struct WordEditFigure {
  let original: Tensor
  let results: [WordEdit.Result]
  let prompt: String
  let edited: String
  let kept: PictureHalf?

  private func distance(_ result: WordEdit.Result?) -> String {
    NumberText.fixed(result?.keptDistance ?? .nan, decimals: 3)
  }

  func figure(_ provenance: Provenance) -> Figure {
    let largest = results.map { $0.picture.channelDistance(from: original).max }.max() ?? 1
    let mapping = PixelMapping.sequential(0...max(largest, 1e-3))
    let side = kept.map { "\($0.rawValue) half" } ?? "whole picture"
    let changes = results.map { result -> ImageCell? in
      ImageCell(
        result.picture.channelDistance(from: original), mapping,
        caption: RichText("\(side): \(NumberText.fixed(result.keptDistance, decimals: 3))"))
    }
    return Figure(
      name: "word-edit",
      title: RichText(
        "With the maps held the \(side) moves by \(distance(results.last)), without by \(distance(results.first))"),
      caption: """
        Framed: “\(prompt)”. The others: “\(edited)”, from the same noise. In the first share of the steps, given above each \
        column, the attention maps of the framed run are put in the place of the edit's own: words that did not change keep \
        theirs, a new word gets that of the word it replaces. Below: how far each pixel is from the framed picture, and the \
        RMS distance of the \(side). All pictures are one batch.
        """,
      alternativeText: """
        A framed picture and beside it several pictures of the edited prompt; the longer the maps are held, the more they \
        have the layout of the framed one. Under each a map of the difference from it.
        """,
      provenance: provenance,
      content: ImageGrid(
        rows: [
          [ImageCell(original, .unit, frame: .palette(2))] + results.map { ImageCell($0.picture, .unit) },
          [nil] + changes,
        ],
        rowLabels: ["picture", "change"],
        columnLabels: ["original"]
          + results.map { $0.share == 0 ? "none held" : "held for \(NumberText.short(100 * $0.share)) %" },
        colorBar: ColorBar(mapping, label: "distance from the original")))
  }
}

extension Tensor {
  /// √(mean over the channels of the squared difference) of pictures [C, H, W], [H, W].
  func channelDistance(from other: Tensor) -> Tensor {
    let difference = self - other
    return (difference * difference).mean(along: 0).squareRoot()
  }
}
