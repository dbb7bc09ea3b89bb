import ArgumentParser
import Foundation
import LessonRunner
import Stages
import Tensors
import Training

/// `diffuse train fashion-ddpm`: trains a model from its data set.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains a model; the same command made the shipped weights.",
    discussion: """
      Example:

        diffuse train fashion-classifier
        diffuse train fashion-ddpm --out runs/fashion-ddpm
        diffuse train fashion-ddpm --out runs/fashion-ddpm --resume
        diffuse train emoji-ldm --after runs/rounds-1-to-3 --out runs/emoji-ldm

      Writes config.json, the weights in half precision, a model card and training.csv. A checkpoint is written every \
      few minutes and when the run is interrupted (Ctrl-C or SIGTERM); --resume goes on from it to the same bits. A run whose learning rate starts anew at some steps can be cut there: --after \
      begins with the round where the other folder's training.csv ends, from the weights that are kept of it.

      Models: \(RecipeCatalogue.names.joined(separator: ", ")).
      """)

  @Argument(help: "The model's name.")
  var name: String

  @Option(help: ArgumentHelp("The folder to write; training/NAME by default.", valueName: "dir"))
  var out: String?

  @Flag(help: "Go on from the checkpoint in the folder.")
  var resume = false

  @Option(help: ArgumentHelp("Begin with the round that follows this model: a folder or a name.", valueName: "model"))
  var after: String?

  @Option(help: ArgumentHelp("Stop after this many more steps, as if interrupted.", valueName: "steps"))
  var stopAfter: Int?

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var home: HomeOptions

  func run() throws {
    try threads.apply()
    if let stopAfter, stopAfter < 1 { throw UserError("--stop-after is \(stopAfter); it must be at least 1") }
    if resume, after != nil { throw UserError("--after begins a run, --resume goes on with one; give one of them") }
    let folder = TrainingFolder(out ?? "training/\(name)")
    if !resume, folder.hasCheckpoint {
      throw UserError("\(folder.path) holds the checkpoint of an interrupted run; go on with --resume, or remove it")
    }
    let recipe = try RecipeCatalogue.recipe(named: name, home: home.find)
    let start: Trainer.Start =
      if resume {
        .atCheckpoint
      } else if let after {
        .atRound(after: TrainingFolder(try home.find().model(after)))
      } else {
        .fromNothing
      }
    let stop = StopSignals()
    let trainer = try Trainer(recipe, folder: folder, start: start)
    let line = ProgressLine()
    var steps = 0
    let outcome = try trainer.run(
      shouldStop: { stop.received != nil || stopAfter == steps },
      progress: { progress in
        steps += 1
        line.report(Self.text(progress))
      })
    line.clear()
    switch outcome {
    case .finished: try Console.write("\(name) is trained: \(folder.path)\n")
    case .interrupted(let step):
      let resume = "diffuse train \(name) --out \(folder.path) --resume"
      if let signal = stop.received {
        Console.complain("diffuse: stopped after step \(step); the checkpoint is written, go on with '\(resume)'.")
        throw ExitCode(128 + signal)
      }
      try Console.write("Stopped after step \(step); go on with '\(resume)'.\n")
    }
  }

  private static func text(_ progress: Trainer.Progress) -> StageProgress {
    let left = Int(progress.secondsLeft)
    let rate = String(format: "%.2f", progress.secondsPerStep)
    let loss = String(format: "%.4f", progress.loss)
    let time = left >= 3600 ? "\(left / 3600) h \(left / 60 % 60) min" : left >= 60 ? "\(left / 60) min" : "\(left) s"
    return StageProgress(
      done: progress.step, total: progress.totalSteps, what: "loss \(loss), \(rate) s a step, \(time) left")
  }
}
