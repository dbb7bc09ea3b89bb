import ArgumentParser
import Drawing
import LessonRunner
import Stages
import Tensors

/// `diffuse figures`: the teaching figures alone.
struct FiguresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figures", abstract: "Draws the lessons' figures.",
    discussion: """
      Example:

        diffuse figures --list
        diffuse figures noising-strip --out slides --format pdf --theme dark --size 16:9
        diffuse figures --size column --out paper

      Beside each figure a NAME.json holds its caption, alternative text, equation, command, seed and the model's hash.
      """)

  @Argument(help: "Figures by name; those of all lessons when none is named.")
  var names: [String] = []

  @Flag(help: "List the figures there are.")
  var list = false

  @OptionGroup var figures: FigureOptions

  @Option(help: "The page: 16:9, column (88 mm wide) or WxHmm.", transform: { try FigureSize(parsing: $0) })
  var size: FigureSize = .slide

  @OptionGroup var home: HomeOptions

  func run() throws {
    let home = try home.find()
    let library = try LessonLibrary(home: home)
    var documents: [LessonDocument] = []
    for entry in library.entries { documents.append(try library.load(entry)) }
    let index = FigureIndex(documents, stages: StageCatalogue.all)
    if list { return try Console.write(index.text()) }
    let entries = try index.find(names)
    let desk = try figures.desk(size: size, defaultFolder: ".")
    let progress = ProgressLine()
    var runs: [String: LessonRun] = [:]
    for entry in entries {
      let run =
        try runs[entry.lesson]
        ?? LessonRun(
          entry.document, settings: LessonSettings(), home: home, reporter: progress.report)
      runs[entry.lesson] = run
      let outcome = try run.outcome(of: entry.block)
      let command = "diffuse figures \(entry.name)"
      let text = try desk.take(
        { () throws(UserError) in
          try run.figure(entry.declaration.name, of: outcome, command: command, fileName: entry.name)
        }, named: entry.name, summary: entry.declaration.summary,
        renderer: TerminalRenderer(width: Console.width, colors: Console.colors))
      progress.clear()
      try Console.write(text)
    }
  }
}
