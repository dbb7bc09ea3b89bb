import Drawing
import Models
import Pipelines
import Tensors
import Training

/// Pictures of one prompt from the same noises at growing guidance, beside a long measurement.
struct GuidanceScale: Stage {
  let name = "guidance-scale"
  let summary = "Makes pictures of one prompt at several guidance scales from the same noise"
  let models = [PipelineModel.defaultName]

  let parameters: [StageParameter] = [
    PipelineModel.modelParameter,
    PipelineModel.promptParameter(default: "penguin"),
    .numbers(
      "guidance_scales", 1...30, count: 1...6, default: [1, 3, 7.5, 15],
      help: "the scales w; 1 is the prediction with the prompt alone"),
    PipelineModel.stepsParameter(default: 25),
    .integer("pictures", 2...12, default: 6, help: "pictures at each scale, each from a noise of its own"),
  ]

  let facts = [
    FactDeclaration("sweep", "where the curves come from"),
    FactDeclaration("lowest_scale", "the smallest w of the curves"),
    FactDeclaration("largest_scale", "the largest w of the curves"),
    FactDeclaration("lowest_top1", "share named as wanted at the smallest w"),
    FactDeclaration("best_top1", "the largest share over all w"),
    FactDeclaration("best_scale", "the smallest w that has it"),
    FactDeclaration("lowest_diversity", "diversity at the smallest w"),
    FactDeclaration("largest_diversity", "diversity at the largest w"),
    FactDeclaration("real_diversity", "diversity of real scenes"),
    FactDeclaration("diversity_kept_percent", "diversity at the largest w in percent of that at the smallest"),
    FactDeclaration("diversity_changes", "whether diversity falls from the smallest to the largest w"),
    FactDeclaration("lowest_saturation", "saturation at the smallest w"),
    FactDeclaration("largest_saturation", "saturation at the largest w"),
    FactDeclaration("real_saturation", "saturation of real scenes"),
    FactDeclaration("lowest_deviation", "standard deviation of the latents of this run at its smallest w"),
    FactDeclaration("largest_deviation", "standard deviation of the latents of this run at its largest w"),
    FactDeclaration("live_check", "how the pictures of now compare with the file"),
  ]

  let figures = [
    FigureDeclaration(
      "guidance-grid", "Pictures of one prompt at growing guidance, each column from one noise",
      formulas: ["guidance.cfg"]),
    FigureDeclaration("guidance-sweep", "Quality, diversity and saturation against the guidance scale"),
  ]

  /// The pictures of now at one scale.
  struct Row {
    let scale: Double
    /// [N, 3, H, W] in 0…1.
    let pictures: Tensor
    /// Standard deviation over all elements of z₀.
    let deviation: Double
    let saturation: Double
    /// What the judge says; nil without a judge or for a prompt it has no number for.
    let quality: GuidanceQuality?
  }

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try PipelineModel(context)
    let sweep = try GuidanceSweep(model.folder)
    let prompt = context.text("prompt")
    let judge = try EmojiJudge.shipped(context.home)
    let scales = Set(context.numbers("guidance_scales")).sorted()
    let first = try Self.pictures(model, prompt: "", scale: 1, context, part: 0, of: scales.count + 1)
    var rows: [Row] = []
    for (index, scale) in scales.enumerated() {
      let result = try Self.pictures(
        model, prompt: prompt, scale: scale, context, part: index + 1, of: scales.count + 1)
      let emoji = sweep?.emoji(of: prompt)
      let quality = zip(emoji, judge).map { GuidanceQuality(of: result.pictures, emoji: $0, $1) }
      rows.append(
        Row(
          scale: scale, pictures: result.pictures, deviation: Double(result.latents.standardDeviation()),
          saturation: meanSaturation(result.pictures), quality: quality))
    }
    var result = StageResult()
    addFacts(rows, sweep, model, context, to: &result)
    result.table(Self.table(rows, sweep, prompt: prompt))
    for row in rows { result.tensor("pictures.\(NumberText.short(row.scale))", row.pictures) }
    let figures = GuidanceScaleFigures(
      unconditional: first.pictures, rows: rows, sweep: sweep, prompt: prompt,
      source: sweep?.story(currentWeights: model.hash) ?? Self.missing(model))
    let provenance = model.provenance(context)
    result.figure("guidance-grid") { () throws(UserError) in figures.grid(provenance) }
    result.figure("guidance-sweep") { () throws(UserError) in figures.sweep(provenance) }
    return result
  }

  // MARK: Running

  private static func pictures(
    _ model: PipelineModel, prompt: String, scale: Double, _ context: StageContext, part: Int, of parts: Int
  ) throws(UserError) -> TextToImageResult {
    var request = TextToImageRequest(prompt: prompt)
    (request.numInferenceSteps, request.guidanceScale) = (context.integer("num_inference_steps"), Float(scale))
    (request.numImagesPerPrompt, request.seed) = (context.integer("pictures"), context.seed)
    let calls = try model.pipeline.plan(request).calls
    return try model.generate(request) { event in
      context.report(
        part * calls.count + event.call - calls.lowerBound + 1, of: parts * calls.count, "denoising steps")
    }
  }

  // MARK: Words

  private static func missing(_ model: PipelineModel) -> String {
    "The model \(model.name) has no guidance.csv: `diffuse evaluate` measures it. The figure shows this run alone."
  }

  private static func change(from low: Double, to high: Double) -> String {
    guard low.isFinite, high.isFinite else { return "was not measured" }
    return high < low ? "falls" : "does not fall"
  }

  private func addFacts(
    _ rows: [Row], _ sweep: GuidanceSweep?, _ model: PipelineModel, _ context: StageContext,
    to result: inout StageResult
  ) {
    let points = sweep?.points ?? rows.map(\.point)
    let (low, high) = (points[0], points[points.count - 1])
    let best = points.filter { $0.top1.isFinite }.max { $0.top1 < $1.top1 }
    result.fact("sweep", sweep?.story(currentWeights: model.hash) ?? Self.missing(model))
    result.fact("lowest_scale", low.scale)
    result.fact("largest_scale", high.scale)
    result.fact("lowest_top1", low.top1)
    result.fact("best_top1", best?.top1 ?? .nan)
    result.fact("best_scale", points.first { $0.top1 == best?.top1 }?.scale ?? .nan)
    result.fact("lowest_diversity", low.diversity)
    result.fact("largest_diversity", high.diversity)
    result.fact("real_diversity", sweep?.real?.diversity ?? .nan)
    result.fact("diversity_kept_percent", 100 * high.diversity / low.diversity)
    result.fact("diversity_changes", Self.change(from: low.diversity, to: high.diversity))
    result.fact("lowest_saturation", low.saturation)
    result.fact("largest_saturation", high.saturation)
    result.fact("real_saturation", sweep?.real?.saturation ?? .nan)
    result.fact("lowest_deviation", rows[0].deviation)
    result.fact("largest_deviation", rows[rows.count - 1].deviation)
    result.fact("live_check", Self.check(rows, sweep, model, context))
  }

  /// One sentence: whether the pictures of now give what the file says of this prompt.
  private static func check(
    _ rows: [Row], _ sweep: GuidanceSweep?, _ model: PipelineModel, _ context: StageContext
  ) -> String {
    guard let sweep else { return "There is nothing to compare this run with." }
    let prompt = context.text("prompt")
    guard sweep.emoji(of: prompt) != nil else {
      return "The file has no rows of “\(prompt)” to compare this run with."
    }
    guard
      sweep.seed == context.seed, sweep.steps == context.integer("num_inference_steps"),
      sweep.pictures == context.integer("pictures")
    else { return "This run has another seed, number of steps or of pictures than the file, so it is not compared." }
    let pairs = rows.compactMap { row in
      sweep.row(prompt, scale: row.scale).map { abs($0.saturation - row.saturation) }
    }
    guard let largest = pairs.max() else { return "The file has no row of these scales to compare this run with." }
    let text = NumberText.short(largest, significant: 1)
    return sweep.weights == model.hash
      ? "The \(pairs.count) rows of “\(prompt)” that were run again just now differ from the file's by at most \(text) in "
        + "saturation."
      : "The file is of other weights; the rows of “\(prompt)” differ from those of now by up to \(text) in saturation."
  }

  private static func table(_ rows: [Row], _ sweep: GuidanceSweep?, prompt: String) -> StageTable {
    func percent(_ share: Double?) -> String { share.map { NumberText.fixed(100 * $0, decimals: 0) + " %" } ?? "–" }
    func fixed(_ value: Double?, _ decimals: Int) -> String {
      value.map { NumberText.fixed($0, decimals: decimals) } ?? "–"
    }
    return StageTable(
      name: "by-scale", title: "“\(prompt)” now, and in the file",
      columns: [
        .init("w"), .init("named"), .init("file"), .init("diversity"), .init("file"), .init("saturation"),
        .init("file"),
        .init("deviation of z₀"),
      ],
      rows: rows.map { row in
        let stored = sweep?.row(prompt, scale: row.scale)
        return [
          NumberText.short(row.scale), percent(row.quality?.top1), percent(stored?.top1),
          fixed(row.quality?.diversity, 2), fixed(stored?.diversity, 2), fixed(row.saturation, 3),
          fixed(stored?.saturation, 3), fixed(row.deviation, 2),
        ]
      })
  }
}

extension GuidanceScale.Row {
  var point: GuidanceSweep.Point {
    GuidanceSweep.Point(
      scale: scale, top1: quality?.top1 ?? .nan, top5: quality?.top5 ?? .nan, diversity: quality?.diversity ?? .nan,
      saturation: saturation)
  }
}

/// Both, or nothing.
private func zip<A, B>(_ a: A?, _ b: B?) -> (A, B)? {
  if let a, let b { (a, b) } else { nil }
}
