import ArgumentParser
import Foundation
import LessonRunner
import Models
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

      Writes evaluation.csv, samplers.csv and loss-by-timestep.csv to --out (the model's own folder by default), and \
      with the default number of samples the section "Evaluation" of the model card.
      """)

  @Argument(help: "Model folder or name.")
  var model: String

  @Option(help: "Generated samples.")
  var samples = 5000

  @Option(help: "DDIM steps of each sample.")
  var numInferenceSteps = 50

  @Option(help: "Guidance: the weight of the conditional against the unconditional prediction; 1 is none.")
  var guidanceScale = FashionEvaluation.Settings().guidanceScale

  @Flag(help: "Leave out the sweeps over samplers and timesteps.")
  var withoutSweeps = false

  @Option(help: ArgumentHelp("Where the CSV files go.", valueName: "dir"))
  var out: String?

  @OptionGroup var seed: SeedOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var home: HomeOptions

  func run() throws {
    try threads.apply()
    guard (100...60_000).contains(samples) else { throw UserError("--samples is \(samples); it must be 100 to 60000") }
    guard (0...100).contains(guidanceScale) else {
      throw UserError("--guidance-scale is \(guidanceScale); it must be 0 to 100")
    }
    let home = try home.find()
    let folder = ModelFolder(try home.model(model))
    var settings = FashionEvaluation.Settings()
    settings.sampleCount = samples
    settings.numInferenceSteps = numInferenceSteps
    settings.guidanceScale = guidanceScale
    settings.seed = seed.seed
    let report = EvaluationReport(folder: folder, out: out ?? folder.path, settings: settings)
    try OutputPlace.check(folder: report.out)
    let line = ProgressLine()
    let evaluation = try FashionEvaluation(
      settings, model: folder, judge: ModelFolder(try home.model("fashion-classifier")),
      progress: { line.report(StageProgress(done: $1, total: $2, what: $0)) })
    let metrics = try evaluation.run()
    line.clear()
    try Console.write(report.table(metrics))
    try report.write(metrics, updatingCard: out == nil && samples == FashionEvaluation.Settings().sampleCount)
    if withoutSweeps { return }
    try report.write(lossByTimestep: try evaluation.lossByTimestep())
    try report.write(samplers: try evaluation.samplerSweep())
    line.clear()
  }
}
