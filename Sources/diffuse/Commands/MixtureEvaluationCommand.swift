import LessonRunner
import Stages
import Tensors
import Training

extension EvaluateCommand {
  /// Both tables of the mixtures; nothing is read but the program's own settings.
  func evaluateMixture(out: String) throws {
    try OutputPlace.check(folder: out)
    let line = ProgressLine()
    let trials = try MixtureEvaluation.trials { done, total in
      line.report(StageProgress(done: done, total: total, what: "settings on eight Gaussians"))
    }
    try FileOutput.write(MixtureEvaluation.csv(trials), to: out + "/settings.csv")
    let rows = try MixtureEvaluation.modes { done, total in
      line.report(StageProgress(done: done, total: total, what: "runs of \(MixtureEvaluation.seeds.count) seeds"))
    }
    line.clear()
    try FileOutput.write(MixtureEvaluation.csv(rows), to: out + "/modes.csv")
    try Console.write("\(out)/settings.csv and \(out)/modes.csv are written.\n")
  }
}
