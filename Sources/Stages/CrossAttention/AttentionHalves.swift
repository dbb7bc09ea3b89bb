import Drawing
import Models
import Pipelines
import Tensors

/// Whether an object's map lies on the object, over many prompts "A left of B".
struct AttentionHalves: Stage {
  let name = "attention-halves"
  let summary = "Measures on which side the maps of “A left of B” lie"
  let models = [PipelineModel.defaultName]

  let parameters: [StageParameter] = [
    PipelineModel.modelParameter,
    .integer("pairs", 1...20, default: 4, help: "pairs that are run now, the first ones of the sweep"),
  ]

  let facts = [
    FactDeclaration("sweep", "where the measurements come from"),
    FactDeclaration("measured", "pairs measured"),
    FactDeclaration("first_share", "mean share of A's map in the left half"),
    FactDeclaration("second_share", "mean share of B's map in the right half"),
    FactDeclaration("mean_share", "mean of both"),
    FactDeclaration("on_own_side", "share of the maps that lie with more than half of their mass on their own side"),
    FactDeclaration("next_share", "mean share of the map of “left”, the token after A, in the left half"),
    FactDeclaration("end_share", "mean share of the map of the end token, the one after B, in the right half"),
    FactDeclaration("after_on_own_side", "share of these maps with more than half of their mass on that side"),
    FactDeclaration(
      "state_change", "largest change of the text encoder's states of A when the words after it are left out"),
    FactDeclaration("held_out_share", "mean share of the pairs that were never in training"),
    FactDeclaration("seen_share", "mean share of the others"),
    FactDeclaration("best_layer", "the layer whose maps lie best"),
    FactDeclaration("best_share", "its mean share"),
    FactDeclaration("worst_layer", "the layer whose maps lie worst"),
    FactDeclaration("worst_share", "its mean share"),
    FactDeclaration("live_check", "how the runs of now compare with the file"),
  ]

  let figures = [
    FigureDeclaration("attention-halves", "The share of every map on its own side, and the mean of every layer")
  ]

  /// What is run where there is no sweep.
  private static let usual = [
    ("pizza", "red heart"), ("cat face", "soccer ball"), ("penguin", "ice cream"), ("butterfly", "cherry blossom"),
    ("hamburger", "banana"), ("red heart", "pizza"),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try PipelineModel(context)
    let sweep = try AttentionSweep(model.folder)
    let live = try Self.runs(context.integer("pairs"), model, sweep, context)
    let measured = sweep?.rows ?? live
    let pairs = measured.filter { $0.layer == "mean" }
    let shares = pairs.flatMap { [$0.shares.first, $0.shares.second] }
    let layers = AttentionSweep.layers(of: measured).map {
      (title: AttentionMaps.Layer.title(ofName: $0.name), share: $0.share)
    }
    let (best, worst) = (layers.max { $0.share < $1.share }, layers.min { $0.share < $1.share })
    var result = StageResult()
    result.fact("sweep", sweep?.story(currentWeights: model.hash) ?? Self.missing(model))
    result.fact("measured", pairs.count)
    result.fact("first_share", pairs.map(\.shares.first).mean)
    result.fact("second_share", pairs.map(\.shares.second).mean)
    result.fact("mean_share", shares.mean)
    result.fact("on_own_side", Double(shares.count { $0 > 0.5 }) / Double(shares.count))
    let after = pairs.flatMap { [$0.shares.next, 1 - $0.shares.end] }
    result.fact("next_share", pairs.map(\.shares.next).mean)
    result.fact("end_share", 1 - pairs.map(\.shares.end).mean)
    result.fact("after_on_own_side", Double(after.count { $0 > 0.5 }) / Double(after.count))
    result.fact("state_change", Self.stateChange(live[0], model))
    result.fact("held_out_share", AttentionSweep.meanShare(pairs.filter(\.isHeldOut)))
    result.fact("seen_share", AttentionSweep.meanShare(pairs.filter { !$0.isHeldOut }))
    result.fact("best_layer", best?.title ?? "none")
    result.fact("best_share", best?.share ?? .nan)
    result.fact("worst_layer", worst?.title ?? "none")
    result.fact("worst_share", worst?.share ?? .nan)
    result.fact("live_check", Self.check(live, sweep, currentWeights: model.hash))
    result.table(Self.partTable(pairs))
    result.table(Self.table(live, sweep))
    let figure = AttentionHalvesFigure(pairs: pairs, live: live.filter { $0.layer == "mean" }, layers: layers)
    let source = sweep?.story(currentWeights: model.hash) ?? Self.missing(model)
    let provenance = model.provenance(context)
    result.figure("attention-halves") { () throws(UserError) in figure.figure(source: source, provenance) }
    return result
  }

  // MARK: Live

  /// The first pairs of the sweep once more, each with the seed it had; or the usual pairs where there is no sweep.
  private static func runs(
    _ count: Int, _ model: PipelineModel, _ sweep: AttentionSweep?, _ context: StageContext
  ) throws(UserError) -> [AttentionSweep.Row] {
    let wanted =
      sweep.map { Array($0.pairs.prefix(count)) }
      ?? usual.prefix(count).enumerated().map { index, names in
        AttentionSweep.Row(
          pair: index, first: names.0, second: names.1, isHeldOut: false, layer: "mean",
          shares: RelationPrompt.Shares(first: .nan, second: .nan, next: .nan, end: .nan),
          seed: context.seed &+ UInt64(index))
      }
    var rows: [AttentionSweep.Row] = []
    for (index, row) in wanted.enumerated() {
      context.report(index, of: wanted.count, "pairs")
      var request = TextToImageRequest(prompt: row.prompt)
      request.numInferenceSteps = sweep?.steps ?? 50
      request.guidanceScale = Float(sweep?.guidanceScale ?? 3)
      request.seed = row.seed
      let (height, width) = try model.pipeline.size(request)
      let factor = model.pipeline.sizeFactor
      let maps = AttentionMaps(height: height / factor, width: width / factor)
      _ = try model.generate(request, recorder: maps.recorder())
      rows += RelationPrompt.shares(in: maps, prompt: row.prompt, model.pipeline.tokenizer).map { layer, shares in
        AttentionSweep.Row(
          pair: row.pair, first: row.first, second: row.second, isHeldOut: row.isHeldOut, layer: layer, shares: shares,
          seed: row.seed)
      }
    }
    return rows
  }

  /// How much the states of A's tokens depend on what comes after them.
  private static func stateChange(_ row: AttentionSweep.Row, _ model: PipelineModel) -> Float {
    let states = model.pipeline.encode(prompts: [row.prompt, row.first]).states
    let count = model.pipeline.tokenizer.tokens(of: row.first).count
    let (whole, alone) = (states[index: 0].sliced(0..<count + 1), states[index: 1].sliced(0..<count + 1))
    return (whole - alone).map(abs).max
  }

  // MARK: Words

  private static func missing(_ model: PipelineModel) -> String {
    "The model \(model.name) has no attention.csv: `diffuse evaluate` measures it. These are the pairs of this run alone."
  }

  /// One sentence: whether the runs of now give what the file says.
  private static func check(
    _ live: [AttentionSweep.Row], _ sweep: AttentionSweep?, currentWeights: String
  ) -> String {
    guard let sweep else { return "There is nothing to compare this run with." }
    let mean = live.filter { $0.layer == "mean" }
    let differences = mean.flatMap { row -> [Double] in
      guard let stored = sweep.pairs.first(where: { $0.pair == row.pair }) else { return [] }
      return [abs(row.shares.first - stored.shares.first), abs(row.shares.second - stored.shares.second)]
    }
    let largest = NumberText.short(differences.max() ?? .nan, significant: 1)
    guard sweep.weights == currentWeights else {
      return "The file is of other weights, so its numbers are not those of now; they differ by up to \(largest)."
    }
    return "The \(mean.count) pairs that were run just now differ from the file's by at most \(largest)."
  }

  private static func partTable(_ pairs: [AttentionSweep.Row]) -> StageTable {
    let parts: [(String, Double)] = [
      ("A", pairs.map(\.shares.first).mean), ("left, the token after A", pairs.map(\.shares.next).mean),
      ("B", 1 - pairs.map(\.shares.second).mean), ("end, the token after B", pairs.map(\.shares.end).mean),
    ]
    return StageTable(
      name: "parts", title: "Mean shares of the maps of “A left of B” over \(pairs.count) pairs",
      columns: [.init("tokens", numeric: false), .init("left half"), .init("right half")],
      rows: parts.map { name, left in
        [
          name, NumberText.fixed(100 * left, decimals: 1) + " %",
          NumberText.fixed(100 * (1 - left), decimals: 1) + " %",
        ]
      })
  }

  private static func table(_ live: [AttentionSweep.Row], _ sweep: AttentionSweep?) -> StageTable {
    func percent(_ share: Double?) -> String { share.map { NumberText.fixed(100 * $0, decimals: 1) + " %" } ?? "–" }
    return StageTable(
      name: "live-pairs", title: "Pairs run now, and what the file says of them",
      columns: [
        .init("prompt", numeric: false), .init("A's map left"), .init("file"), .init("B's map right"), .init("file"),
      ],
      rows: live.filter { $0.layer == "mean" }.map { row in
        let stored = sweep?.pairs.first { $0.pair == row.pair }
        return [
          row.prompt, percent(row.shares.first), percent(stored?.shares.first), percent(row.shares.second),
          percent(stored?.shares.second),
        ]
      })
  }
}
