import Diffusion
import Drawing
import Pipelines
import Tensors

/// One run of the pipeline with all its cross-attention maps.
struct CrossAttention: Stage {
  let name = "cross-attention"
  let summary = "Makes a picture from a prompt and keeps every cross-attention map of the run"
  let models = [PipelineModel.defaultName]

  let parameters: [StageParameter] = [
    PipelineModel.modelParameter,
    PipelineModel.promptParameter(default: "pizza left of red heart"),
    PipelineModel.stepsParameter(),
    PipelineModel.guidanceParameter(),
  ]

  let facts = [
    FactDeclaration("word_tokens", "tokens of the prompt itself"),
    FactDeclaration("padding_tokens", "padding tokens behind the end"),
    FactDeclaration("context_length", "tokens the network is given, S"),
    FactDeclaration("text_width", "features of each token, D"),
    FactDeclaration("layers", "cross-attention layers of the network"),
    FactDeclaration("heads", "heads of all these layers together"),
    FactDeclaration("maps", "maps of the run: one for each step, layer and head"),
    FactDeclaration("places", "places of the largest maps, H · W"),
    FactDeclaration("map_numbers", "numbers in one of them"),
    FactDeclaration("channels", "features of a place at that size, C"),
    FactDeclaration("head_width", "features of a query and a key in one head there, d"),
    FactDeclaration("layer_heads", "heads of the first layer"),
    FactDeclaration("largest_row_deviation", "largest |Σ − 1| over the rows of all maps"),
    FactDeclaration("recomputed_error", "largest difference of softmax(QKᵀ/√d), computed again, from the recorded map"),
    FactDeclaration("key_change", "largest difference of K between the first and the last step"),
    FactDeclaration("query_change", "largest difference of Q between the first and the last step"),
    FactDeclaration("half", "which half of the batch is shown"),
    FactDeclaration("start_share", "share of all attention that goes to the start token"),
    FactDeclaration("word_share", "share that goes to the words"),
    FactDeclaration("end_share", "share that goes to the end token"),
    FactDeclaration("padding_share", "share that goes to the padding tokens together"),
    FactDeclaration("even_word_share", "share the words would have if all tokens were looked at alike"),
    FactDeclaration("first_share", "share of the first object's map in its half"),
    FactDeclaration("second_share", "share of the second object's map in its half"),
    FactDeclaration("first_correlation", "correlation of the words' maps of the first step with those of the last"),
    FactDeclaration("middle_correlation", "correlation of the words' maps of the middle step with those of the last"),
    FactDeclaration("row_layer", "layer of the row that is worked out"),
    FactDeclaration("row_head", "its head, counted from 1"),
    FactDeclaration("row_timestep", "its timestep"),
    FactDeclaration("row_word", "the token with the largest share in it, of the words"),
    FactDeclaration("row_score", "q·k/√d of that token"),
    FactDeclaration("row_share", "the share the softmax makes of it"),
  ]

  let figures = [
    FigureDeclaration(
      "attention-row", "One row of a map: scores of all tokens at one place, and their softmax",
      formulas: ["attention.weights"]),
    FigureDeclaration("attention-maps", "Where each token was looked at, over the picture the run made"),
    FigureDeclaration("attention-timesteps", "How the tokens' maps change over the run"),
    FigureDeclaration(
      "attention-mass", "The share of the attention that words, start, end and padding get over the run"),
    FigureDeclaration("attention-atlas", "Maps by token, layer, head and timestep"),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try PipelineModel(context)
    let run = try AttendedRun(model, model.request(context), context)
    let row = AttentionRow(run)
    var result = StageResult()
    addSizes(run, to: &result)
    addShares(run, to: &result)
    result.fact("row_layer", row.layer.title)
    result.fact("row_head", row.head + 1)
    result.fact("row_timestep", Int(row.timestep.rounded()))
    result.fact("row_word", run.tokens.tokens[row.word].text)
    result.fact("row_score", row.scores[row.word])
    result.fact("row_share", row.shares[row.word])
    result.table(run.layerTable)
    result.table(run.tokenTable)
    result.tensor("picture", run.picture)
    result.tensor("maps/mean", run.maps.mean)
    for (index, layer) in run.maps.layers.enumerated() {
      result.tensor("maps/\(layer.name)", run.maps.heads(ofLayer: index))
    }
    addWorkedLayer(run, row, to: &result)
    let provenance = model.provenance(context)
    let figures = CrossAttentionFigures(run: run)
    result.figure("attention-row") { () throws(UserError) in row.figure(of: run, provenance) }
    result.figure("attention-maps") { () throws(UserError) in figures.maps(provenance) }
    result.figure("attention-timesteps") { () throws(UserError) in figures.timesteps(provenance) }
    result.figure("attention-mass") { () throws(UserError) in figures.mass(provenance) }
    result.figure("attention-atlas") { () throws(UserError) in figures.atlas(provenance) }
    return result
  }

  /// Q, K and V of the layer whose row is worked out, at that step, and the maps the network used there.
  private func addWorkedLayer(_ run: AttendedRun, _ row: AttentionRow, to result: inout StageResult) {
    guard let layer = run.maps.layers.firstIndex(of: row.layer),
      let maps = run.maps.heads(ofLayer: layer, atStep: run.middleStep)
    else { return }
    let parts = run.projections(ofLayer: layer, atStep: run.middleStep)
    result.tensor("row/query", parts.query)
    result.tensor("row/key", parts.key)
    result.tensor("row/value", parts.value)
    result.tensor("row/maps", maps)
  }

  private func addSizes(_ run: AttendedRun, to result: inout StageResult) {
    let (maps, tokens) = (run.maps, run.tokens)
    result.fact("word_tokens", tokens.places(of: .word).count)
    result.fact("padding_tokens", tokens.places(of: .padding).count)
    result.fact("context_length", tokens.tokens.count)
    result.fact("text_width", run.states.shape[2])
    result.fact("layers", maps.layers.count)
    result.fact("heads", maps.layers.map(\.heads).reduce(0, +))
    result.fact("maps", maps.count)
    let first = run.projections(ofLayer: 0, atStep: 0)
    result.fact("places", first.query.shape[1])
    result.fact("map_numbers", first.query.shape[1] * first.key.shape[1])
    result.fact("channels", run.channels(ofLayer: 0))
    result.fact("head_width", first.query.shape[2] / maps.layers[0].heads)
    result.fact("layer_heads", maps.layers[0].heads)
    result.fact("largest_row_deviation", maps.largestRowDeviation)
    result.fact("recomputed_error", run.recomputedError)
    result.fact("key_change", run.largestChange(\.key))
    result.fact("query_change", run.largestChange(\.query))
    result.fact("half", run.isGuided ? "the second, conditional half" : "the whole batch, since nothing is guided")
  }

  private func addShares(_ run: AttendedRun, to result: inout StageResult) {
    for (name, kind) in [("start", PromptTokens.Kind.start), ("word", .word), ("end", .end), ("padding", .padding)] {
      result.fact("\(name)_share", run.share(of: run.tokens.places(of: kind)))
    }
    result.fact("even_word_share", Double(run.tokens.places(of: .word).count) / Double(run.tokens.tokens.count))
    result.fact("first_correlation", run.correlation(ofStep: 0))
    result.fact("middle_correlation", run.correlation(ofStep: run.middleStep))
    result.fact("first_share", run.halfShares?.first ?? .nan)
    result.fact("second_share", run.halfShares?.second ?? .nan)
  }
}
