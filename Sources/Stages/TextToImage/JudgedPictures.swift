import Datasets
import Drawing
import Models
import Pipelines
import Tensors
import Training

/// Scenes, what the autoencoder leaves of them, and pictures generated from their captions, all shown to the same judge.
struct JudgedPictures: Stage {
  let name = "judged-pictures"
  let summary = "Shows a judge real scenes, the same after the autoencoder, and pictures generated from their captions"
  let models = [PipelineModel.defaultName, EmojiJudge.shippedName]

  let parameters: [StageParameter] = [
    .integer("scenes", 2...16, default: 8, help: "bundled scenes whose captions are the prompts"),
    PipelineModel.stepsParameter(default: 20),
    PipelineModel.guidanceParameter(default: Double(EmojiEvaluation.standard.guidanceScale)),
    PipelineModel.modelParameter,
  ]

  let facts = [
    FactDeclaration("measurement", "where the shares come from"),
    FactDeclaration("single_generated", "share of single emoji that the judge names in generated pictures"),
    FactDeclaration("single_decoded", "share of single emoji that it names in real scenes after the autoencoder"),
    FactDeclaration("pair_generated", "share of pairs of which the judge names both emoji in generated pictures"),
    FactDeclaration("pair_decoded", "share of pairs of which it names both in real scenes after the autoencoder"),
    FactDeclaration("pair_real", "the same in real scenes as they are"),
    FactDeclaration("held_out_pair_generated", "the same in generated pictures of pairs that were never in training"),
    FactDeclaration("decoder_share_percent", "what the autoencoder loses of pairs, in percent of all that is lost"),
    FactDeclaration("relation_obeyed", "share of generated pairs whose emoji stand as the prompt says"),
    FactDeclaration("right_background", "share of generated pictures with the background the prompt says"),
    FactDeclaration("live_scenes", "scenes of now"),
    FactDeclaration("live_generated", "generated pictures of now in which the judge names everything"),
    FactDeclaration("live_decoded", "scenes of now after the autoencoder in which it does"),
  ]

  let figures = [
    FigureDeclaration(
      "judged-pictures", "Scenes, the same after the autoencoder, and generated pictures, as a judge sees them"),
    FigureDeclaration(
      "judged-kinds", "How often a judge names what the prompt says: generated, after the autoencoder, and real"),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try PipelineModel(context)
    let table = try EvaluationTable(model.folder)
    let scenes = try JudgedScenes(context, model)
    var result = StageResult()
    result.fact("measurement", table?.story(currentWeights: model.hash) ?? Self.missing(model))
    addFacts(table, to: &result)
    result.fact("live_scenes", scenes.samples.count)
    result.fact("live_generated", scenes.count(of: .generated))
    result.fact("live_decoded", scenes.count(of: .decoded))
    for version in JudgedScenes.Version.allCases {
      for (sample, picture) in zip(scenes.samples, scenes.pictures(version)) {
        result.tensor("\(version.rawValue)/\(sample.name)", picture)
      }
    }
    if let table { result.table(Self.table(table)) }
    let provenance = model.provenance(context)
    result.figure("judged-pictures") { () throws(UserError) in scenes.figure(provenance) }
    result.figure("judged-kinds") { () throws(UserError) in
      Self.kinds(table, source: table?.story(currentWeights: model.hash) ?? Self.missing(model), provenance)
    }
    return result
  }

  // MARK: The measurement

  private func addFacts(_ table: EvaluationTable?, to result: inout StageResult) {
    let (single, pair) = (table?.row("single", "top-1"), table?.row("pair", "both top-1"))
    result.fact("single_generated", single?.generated ?? .nan)
    result.fact("single_decoded", single?.decoded ?? .nan)
    result.fact("pair_generated", pair?.generated ?? .nan)
    result.fact("pair_decoded", pair?.decoded ?? .nan)
    result.fact("pair_real", pair?.real ?? .nan)
    result.fact("held_out_pair_generated", table?.row("held-out pair", "both top-1")?.generated ?? .nan)
    result.fact(
      "decoder_share_percent", pair.map { 100 * ($0.real - $0.decoded) / max($0.real - $0.generated, 1e-9) } ?? .nan)
    result.fact("relation_obeyed", table?.row("pair", "relation obeyed")?.generated ?? .nan)
    result.fact("right_background", table?.row("background", "right background")?.generated ?? .nan)
  }

  private static func missing(_ model: PipelineModel) -> String {
    "The model \(model.name) has no evaluation.csv: `diffuse evaluate` measures it."
  }

  private static func percent(_ share: Double) -> String { NumberText.fixed(100 * share, decimals: 1) + " %" }

  private static func table(_ table: EvaluationTable) -> StageTable {
    StageTable(
      name: "by-kind", title: "Pictures in which the judge finds what the prompt says",
      columns: [
        .init("prompts", numeric: false), .init("what", numeric: false), .init("generated"),
        .init("after the autoencoder"),
        .init("real"),
      ],
      rows: table.rows.filter { !$0.measure.hasSuffix("top-5") }.map { row in
        [row.kind, row.measure, percent(row.generated), percent(row.decoded), percent(row.real)]
      })
  }

  private static func kinds(_ table: EvaluationTable?, source: String, _ provenance: Provenance) -> Figure {
    let rows = table?.named ?? []
    let columns: [(title: RichText, value: (EvaluationTable.Row) -> Double)] = [
      ("generated", \.generated), ("after the autoencoder", \.decoded), ("real", \.real),
    ]
    let charts = columns.enumerated().map { index, column in
      Chart(
        title: column.title, x: Axis("named as wanted (%)", range: 0...118, ticks: [0, 50, 100]),
        y: Axis("", scale: .categories(rows.map { index == 0 ? RichText(verbatim: $0.kind) : "" })),
        layers: [
          Bars(rows.map { 100 * column.value($0) }, along: .x, color: .palette(index == 0 ? 0 : 2), decimals: 0)
        ])
    }
    let pair = table?.row("pair", "both top-1")
    let title = pair.map { pair -> RichText in
      let (generated, decoded) = (Self.percent(pair.generated), Self.percent(pair.decoded))
      return "Both emoji of a pair are right in \(generated); the autoencoder alone would allow \(decoded)"
    }
    return Figure(
      name: "judged-kinds", title: title ?? "Nothing was measured of this model",
      caption: """
        The share of pictures in which a classifier that never saw a generated one names the wanted emoji first, of pairs \
        both. Left: generated from the caption. Middle: real scenes with the same captions, encoded and decoded. Right: these \
        scenes as they are. \(source)
        """,
      alternativeText: """
        Three bar charts side by side, a bar for each kind of prompt: shares for generated pictures, for real scenes after \
        the autoencoder, and for real scenes.
        """,
      provenance: provenance, content: Panels(rows: [charts], columnWeights: [1.5, 1, 1]))
  }
}
