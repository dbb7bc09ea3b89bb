import ArgumentParser
import Foundation
import LessonRunner
import Models
import Pipelines
import Stages
import Tensors
import Training

/// `diffuse evaluate fashion-ddpm`: measures a model and writes the numbers beside it.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measures a model's quality; full runs update its card.",
    discussion: """
      Example:

        diffuse evaluate fashion-ddpm
        diffuse evaluate fashion-ddpm --samples 500 --guidance-scale 2 --out trial
        diffuse evaluate emoji-ldm --sweeps-only
        diffuse evaluate emoji-ldm --each-emoji --out trial
        diffuse evaluate emoji-ldm --strength 0.28 --without-sweeps --out trial

      Writes evaluation.csv and the sweeps to --out (the model's own folder by default), and with the default number of \
      samples the section "Evaluation" of the model card. The sweeps are samplers.csv and loss-by-timestep.csv of garments, \
      attention.csv and guidance.csv of a text-to-image model. With --each-emoji recognition.csv is written instead: one \
      picture of each emoji the model knows, alone and in a pair, and at which place emoji-clip has its name. With --strength \
      runs begin with the real scenes and noise, as image-to-image does: what is still wrong was decided in the steps run.
      """)

  @Argument(help: "Model folder or name.")
  var model: String

  @Option(help: "Generated samples; of each kind of prompt for a text-to-image model. By default as in the card.")
  var samples: Int?

  @Option(help: "DDIM steps of each sample.")
  var numInferenceSteps = 50

  @Option(
    help: """
      Guidance: the weight of the conditional against the unconditional prediction; 1 is none. By default as in the card.
      """)
  var guidanceScale: Float?

  @Option(
    help: """
      Begin with the real scenes and noise and run this share of the steps; for a text-to-image model. By default runs \
      begin with noise alone.
      """)
  var strength: Double?

  @Flag(help: "Leave out the sweeps.")
  var withoutSweeps = false

  @Flag(help: "Only the sweeps.")
  var sweepsOnly = false

  @Flag(help: "Only whether emoji-clip recognises each emoji; for a text-to-image model.")
  var eachEmoji = false

  @Option(help: ArgumentHelp("Where the CSV files go.", valueName: "dir"))
  var out: String?

  @OptionGroup var seed: SeedOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var home: HomeOptions

  func run() throws {
    try threads.apply()
    if let samples, !(100...60_000).contains(samples) {
      throw UserError("--samples is \(samples); it must be 100 to 60000")
    }
    if let guidanceScale, !(0...100).contains(guidanceScale) {
      throw UserError("--guidance-scale is \(guidanceScale); it must be 0 to 100")
    }
    if let strength, !(strength > 0 && strength <= 1) {
      throw UserError("--strength is \(strength); it must be above 0 and at most 1")
    }
    if withoutSweeps, sweepsOnly { throw UserError("--without-sweeps and --sweeps-only leave nothing to measure") }
    let home = try home.find()
    let path = try home.model(model)
    if eachEmoji, !ModelFolder(path).isPipeline || samples != nil || withoutSweeps || sweepsOnly {
      throw UserError(
        "--each-emoji is for a text-to-image model, and without --samples, --without-sweeps and --sweeps-only")
    }
    if strength != nil, !ModelFolder(path).isPipeline || !withoutSweeps || eachEmoji || out == nil {
      throw UserError("--strength is for a text-to-image model, with --without-sweeps and --out")
    }
    if model == "mixture" {
      guard samples == nil, guidanceScale == nil, !withoutSweeps, !sweepsOnly else {
        throw UserError(
          "mixture is always measured on the same grid; of the options only --out and --threads are for it")
      }
      return try evaluateMixture(out: out ?? path)
    }
    if ModelFolder(path).isPipeline { try evaluatePipeline(path, home) } else { try evaluateGarments(path, home) }
  }

  private func settings(_ standard: EvaluationSettings) -> EvaluationSettings {
    var settings = standard
    settings.sampleCount = samples ?? standard.sampleCount
    settings.guidanceScale = guidanceScale ?? standard.guidanceScale
    settings.numInferenceSteps = numInferenceSteps
    settings.seed = seed.seed
    settings.strength = strength
    return settings
  }

  /// The report, its folder tried before the long run.
  private func report(_ path: String, weights: ModelFolder, _ settings: EvaluationSettings) throws -> EvaluationReport {
    let report = EvaluationReport(model: path, weights: weights, out: out ?? path, settings: settings)
    try OutputPlace.check(folder: report.out)
    return report
  }

  private func evaluateGarments(_ path: String, _ home: Home) throws {
    let settings = settings(FashionEvaluation.standard)
    let report = try report(path, weights: ModelFolder(path), settings)
    let line = ProgressLine()
    let judge = "fashion-classifier"
    let evaluation = try FashionEvaluation(
      settings, model: ModelFolder(path), judge: ModelFolder(try home.model(judge)),
      progress: { line.report(StageProgress(done: $1, total: $2, what: $0)) })
    try measure(
      report, line, judge: judge, isWhole: settings.sampleCount == FashionEvaluation.standard.sampleCount,
      metrics: evaluation.run
    ) {
      try report.write(lossByTimestep: try evaluation.lossByTimestep())
      try report.write(samplers: try evaluation.samplerSweep())
    }
  }

  private func evaluatePipeline(_ path: String, _ home: Home) throws {
    let settings = settings(EmojiEvaluation.standard)
    let folder = PipelineFolder(path)
    let report = try report(path, weights: folder.part("unet"), settings)
    let line = ProgressLine()
    let judge = "emoji-classifier"
    let evaluation = try EmojiEvaluation(
      settings, model: folder, judge: ModelFolder(try home.model(judge)),
      progress: { line.report(StageProgress(done: $1, total: $2, what: $0)) })
    if eachEmoji {
      let rows = try evaluation.recognition(clip: ModelFolder(try home.model("emoji-clip")))
      line.clear()
      return try report.write(recognition: rows)
    }
    try measure(
      report, line, judge: judge, isWhole: settings.sampleCount == EmojiEvaluation.standard.sampleCount,
      metrics: evaluation.run
    ) {
      try report.write(attention: try evaluation.attentionSweep())
      try report.write(guidance: try evaluation.guidanceSweep())
    }
  }

  /// The metrics, printed and written, and the sweeps, as far as they are wanted.
  ///
  /// - Parameter isWhole: whether as many samples are drawn as the card is about.
  private func measure(
    _ report: EvaluationReport, _ line: ProgressLine, judge: String, isWhole: Bool,
    metrics: () throws -> [EvaluationMetric], sweeps: () throws -> Void
  ) throws {
    if !sweepsOnly {
      let metrics = try metrics()
      line.clear()
      try Console.write(report.table(metrics))
      try report.write(metrics, judge: judge, updatingCard: out == nil && isWhole)
    }
    if withoutSweeps { return }
    try sweeps()
    line.clear()
  }
}
