import Drawing
import Foundation
import Models
import Tensors
import Training

/// The loss curves of three diffusion models on the same pictures: in pixels, in latents, in latents with the prompt.
struct ThreeLosses: Stage {
  let name = "three-losses"
  let summary = "Reads the training logs of three diffusion models of the same pictures"
  let models = ["emoji-pixel", "emoji-ldm-unconditional", "emoji-ldm"]
  let parameters: [StageParameter] = []

  let facts = [
    FactDeclaration("logs", "how many of the three logs there are"),
    FactDeclaration("present", "which, in words"),
    FactDeclaration("pixel_loss", "loss (1), in pixels, over the last twentieth of the steps"),
    FactDeclaration("unconditional_loss", "loss (2), in latents without the prompt, likewise"),
    FactDeclaration("conditional_loss", "loss (3), in latents with the prompt, likewise"),
    FactDeclaration("pixel_rate", "pictures a second in training (1)"),
    FactDeclaration("unconditional_rate", "pictures a second in training (2)"),
    FactDeclaration("conditional_rate", "pictures a second in training (3)"),
    FactDeclaration("latent_speedup", "how many times as many pictures a second (2) sees as (1)"),
    FactDeclaration("common_images", "pictures that all logs reach"),
    FactDeclaration("gain", "how much smaller (3) is than (2) where both have seen as many pictures, in percent"),
    FactDeclaration("last_step", "the last step up to which the losses are weighted alike; the logs are read so far"),
    FactDeclaration("growth", "how the world grew in training, in words"),
    FactDeclaration("comparison", "what the curves say, in words"),
  ]

  let figures = [
    FigureDeclaration(
      "three-losses", "Loss per element of three diffusion models against pictures seen and against time",
      formulas: ["loss.ldm", "loss.conditional"])
  ]

  /// One of the three.
  struct Run {
    let name: String
    /// "(1)", "(2)", "(3)".
    let number: String
    let words: String
    let entries: [TrainingLog.Entry]

    var last: TrainingLog.Entry { entries[entries.count - 1] }
    /// Pictures a second.
    var rate: Double { Double(last.images) / last.seconds }
    /// "(1) pixels ends after 169 600 pictures and 85 minutes at a loss of 0.0076."
    var inWords: String {
      "\(number) \(words) ends after \(NumberText.fixed(Double(last.images), decimals: 0)) pictures and "
        + "\(NumberText.fixed(last.seconds / 60, decimals: 0)) minutes at a loss of "
        + "\(NumberText.fixed(entries.finalLoss, decimals: 4))."
    }

    /// The mean loss of the lines around a number of pictures: a tenth less up to it.
    func loss(upTo images: Int) -> Double {
      let near = entries.filter { $0.images <= images && Double($0.images) > 0.9 * Double(images) }
      return near.isEmpty ? .nan : near.map(\.loss).mean
    }
  }

  /// After this step the loss of (3) is weighted otherwise than that of (1) and (2).
  private static let lastComparableStep = EmojiDiffusion.Variant.unconditional.phases.last?.until ?? 0

  private static let known = [
    ("emoji-pixel", "pixel", "(1)", "pixels"),
    ("emoji-ldm-unconditional", "unconditional", "(2)", "latents"),
    ("emoji-ldm", "conditional", "(3)", "with prompt"),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    var runs: [String: Run] = [:]
    for (name, fact, number, words) in Self.known {
      let path = "\(context.home.models)/\(name)/training.csv"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let entries = try TrainingLog.curve(path).filter { $0.step <= Self.lastComparableStep }
      guard !entries.isEmpty else { continue }
      runs[fact] = Run(name: name, number: number, words: words, entries: entries)
    }
    guard !runs.isEmpty else {
      throw UserError(
        "none of the training logs is there; looked for training.csv of \(models.joined(separator: ", ")) in "
          + context.home.models, code: .noInput)
    }
    return result(runs)
  }

  private func result(_ runs: [String: Run]) -> StageResult {
    let present = Self.known.compactMap { runs[$0.1] }
    let common = present.map(\.last.images).min() ?? 0
    let (second, third) = (runs["unconditional"], runs["conditional"])
    let both = min(second?.last.images ?? 0, third?.last.images ?? 0)
    let (a, b) = (second?.loss(upTo: both) ?? .nan, third?.loss(upTo: both) ?? .nan)
    let speedup = (second?.rate ?? .nan) / (runs["pixel"]?.rate ?? .nan)
    var result = StageResult()
    result.fact("logs", present.count)
    result.fact("present", present.map { "\($0.number) \($0.name)" }.joined(separator: ", "))
    for (_, fact, _, _) in Self.known { result.fact("\(fact)_loss", runs[fact]?.entries.finalLoss ?? .nan) }
    for (_, fact, _, _) in Self.known { result.fact("\(fact)_rate", runs[fact]?.rate ?? .nan) }
    result.fact("latent_speedup", speedup)
    result.fact("common_images", common)
    result.fact("gain", 100 * (1 - b / a))
    result.fact("last_step", Self.lastComparableStep)
    result.fact("growth", Self.growth)
    result.fact("comparison", Self.comparison(a, b, images: both, speedup: speedup))
    result.table(Self.table(present, common))
    result.figure("three-losses") { () throws(UserError) in Self.figure(present) }
    return result
  }

  // MARK: Words

  /// "first 300 emoji, then 600, then all": what the recipe of all three says.
  private static var growth: String {
    let sizes = EmojiDiffusion.Variant.unconditional.phases.enumerated().map { n, phase in
      (n == 0 ? "" : "then ") + (phase.emoji.map { n == 0 ? "first \($0) emoji" : "\($0)" } ?? "all")
    }
    return sizes.joined(separator: ", ")
  }

  /// What the numbers say; only of those there are.
  private static func comparison(_ a: Double, _ b: Double, images: Int, speedup: Double) -> String {
    var sentences: [String] = []
    if a.isFinite, b.isFinite {
      let seen = NumberText.fixed(Double(images), decimals: 0)
      let percent = NumberText.fixed(abs(100 * (1 - b / a)), decimals: 1)
      sentences.append(
        "After \(seen) pictures the loss with the prompt is \(percent) % \(b < a ? "smaller" : "larger") than without: "
          + (b < a
            ? "who is told what the picture shows has less to guess."
            : "in training this short the prompt has not paid off in the loss."))
    }
    if speedup.isFinite {
      sentences.append(
        "In the same time, training in latents sees \(NumberText.short(speedup, significant: 2)) times as many pictures as "
          + "training in pixels.")
    }
    return sentences.isEmpty ? "There is only one log, so nothing can be compared." : sentences.joined(separator: " ")
  }

  private static func table(_ runs: [Run], _ common: Int) -> StageTable {
    StageTable(
      name: "runs", title: "The three trainings (loss: mean of the squared error over all elements)",
      columns: [
        .init("", numeric: false), .init("pictures"), .init("minutes"), .init("pictures/s"),
        .init("loss at \(NumberText.fixed(Double(common), decimals: 0))"), .init("loss at the end"),
      ],
      rows: runs.map { run in
        [
          run.number + " " + run.words, NumberText.fixed(Double(run.last.images), decimals: 0),
          NumberText.fixed(run.last.seconds / 60, decimals: 0), NumberText.fixed(run.rate, decimals: 0),
          NumberText.fixed(run.loss(upTo: common), decimals: 4), NumberText.fixed(run.entries.finalLoss, decimals: 4),
        ]
      })
  }

  // MARK: Figure

  private static func figure(_ runs: [Run]) -> Figure {
    let largest = runs.map { $0.entries[0].loss }.max() ?? 1
    let losses = runs.flatMap { $0.entries.map(\.loss) }
    let range = max(0.8 * (losses.min() ?? 0.01), 1e-4)...max(1.25 * largest, 2e-4)
    func chart(_ title: RichText, _ axis: RichText, _ x: (TrainingLog.Entry) -> Double) -> Chart {
      let lines = runs.flatMap { run -> [any ChartLayer] in
        let color = ColorRole.palette(known.firstIndex { $0.0 == run.name } ?? 0)
        let points = run.entries.map(x)
        return [
          Line("", x: points, y: run.entries.map(\.loss), color: color, width: 0.5),
          Line(
            RichText(verbatim: "\(run.number) \(run.words)"), x: points, y: smoothed(run.entries.map(\.loss)),
            color: color,
            width: 1.8, labelPlacement: .inside),
        ]
      }
      return Chart(
        title: title, x: Axis(axis), y: Axis("loss per element (logarithmic)", scale: .log, range: range), layers: lines
      )
    }
    return Figure(
      name: "three-losses", title: "One loss, three places to measure it",
      caption: """
        The diffusion loss of \(runs.map { "\($0.name) \($0.number)" }.joined(separator: ", ")) during training, as a mean \
        over the elements of what is predicted, from training.csv beside each model. Thin: as logged; thick: mean over \
        nine lines. Left against the pictures seen, right against the time by the clock. A loss in pixels and one \
        in latents are means over different numbers, so their heights cannot be compared, only their fall.
        """,
      alternativeText: """
        Two charts with the same falling curves, against pictures seen and against time. \(runs.map(\.inWords).joined(separator: " "))
        """,
      provenance: Provenance(command: ""),
      content: Panels(
        [
          chart("against pictures", "thousand pictures seen") { Double($0.images) / 1000 },
          chart("against time", "minutes") { $0.seconds / 60 },
        ], columns: 2, sharing: .y))
  }

  /// The mean over nine neighbours, fewer at the ends.
  private static func smoothed(_ values: [Double]) -> [Double] {
    values.indices.map { i in
      let reach = min(4, i, values.count - 1 - i)
      return Array(values[i - reach...i + reach]).mean
    }
  }
}
