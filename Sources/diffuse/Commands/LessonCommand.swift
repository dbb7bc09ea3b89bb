import ArgumentParser
import LessonRunner
import Tensors

/// `diffuse lesson 02`: runs a lesson.
struct LessonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lesson", abstract: "Runs a lesson: text, numbers and figures.",
    discussion: """
      Example:

        diffuse lesson 02
        diffuse lesson forward-noising --set timestep=100,500,900 --out figures --format png
        diffuse lesson 02 --image shoe.jpg --seed 7 --tensors lesson.safetensors

      Several values of a parameter run its stage for each and show them side by side. The parameters stand above \
      every stage's results; where two stages of a lesson share one, name the stage: --set strip.timestep=250.
      """)

  @Argument(help: "Number or name: 02, forward-noising.")
  var lesson: String

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Change a parameter of a stage; give it again for others.", valueName: "name=value[,value…]"))
  var assignments: [String] = []

  @Option(help: "Run only this stage, by the name the lesson gives it.")
  var stage: String?

  @OptionGroup var seed: SeedOptions

  @Option(help: ArgumentHelp("Work on your own PNG or JPEG instead of the bundled picture.", valueName: "file"))
  var image: String?

  @OptionGroup var figures: FigureOptions

  @Option(help: ArgumentHelp("Write every tensor of the run.", valueName: "file.safetensors"))
  var tensors: String?

  @Flag(
    help: """
      Go step by step when there is a terminal: n next, p previous, r run the stage again, c change a parameter and run it \
      again, q quit.
      """)
  var step = false

  @Flag(help: "Ask the exercises and grade the answers, one line each.")
  var exercises = false

  @OptionGroup var home: HomeOptions

  func run() throws {
    let home = try home.find()
    let library = try LessonLibrary(home: home)
    let document = try library.load(try library.find(lesson))
    let settings = try LessonSettings(
      assignments: assignments, seed: seed.seed, imageFile: image, keepsTensors: tensors != nil)
    let only = try stage.map { (alias) throws(UserError) in try document.stage(alias) }
    if let tensors { try OutputPlace.check(file: tensors) }
    let progress = ProgressLine()
    let run = try LessonRun(document, settings: settings, home: home, reporter: progress.report)
    let player = LessonPlayer(
      run: run, renderer: TerminalRenderer(width: Console.width, colors: Console.colors), desk: try figures.desk()
    ) { (text) throws(UserError) in
      progress.clear()
      try Console.write(text)
    }
    if let only { try player.play(only: only) } else { try play(player) }
    if let tensors {
      let named = try run.tensors(of: stage)
      var metadata = try run.facts(of: stage)
      metadata["seed"] = "\(seed.seed)"
      try SafetensorsFile.write(named.map { ($0.name, $0.tensor) }, to: tensors, metadata: metadata)
      try Console.write("\(named.count) tensors are in \(tensors)\n")
    }
  }

  private func play(_ player: LessonPlayer) throws(UserError) {
    if exercises {
      try player.playExercises {
        if Console.inputIsTerminal { Console.prompt("> ") }
        return readLine()
      }
    } else if step, Console.inputIsTerminal, Console.outputIsTerminal {
      try player.playSteps(
        key: { KeyReader.key() },
        line: { words in
          Console.prompt(words)
          return readLine()
        }, rows: Console.rows)
    } else {
      try player.play()
    }
  }
}
