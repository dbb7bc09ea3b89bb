import ArgumentParser

/// The command; every subcommand is a file in `Commands/`.
struct Diffuse: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diffuse",
    abstract: "Teaches diffusion models by running them.",
    discussion: """
      Start with the lessons:

        diffuse lessons
        diffuse lesson 02
        diffuse lesson 02 --set timestep=100,500,900 --out figures

      Lessons and weights are found by --home, $DIFFUSE_HOME, share/diffuse beside the program's folder, or above the \
      working directory.
      """,
    subcommands: [
      LessonsCommand.self, LessonCommand.self, FiguresCommand.self, CheckCommand.self, ScheduleCommand.self,
      TrainCommand.self,
      EvaluateCommand.self, GenerateCommand.self, InspectCommand.self, ProbeCommand.self, TokenizeCommand.self,
      ExportCommand.self, BenchCommand.self, BundleEmojiCommand.self,
    ])
}
