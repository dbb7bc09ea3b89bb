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
        diffuse figures --gallery --out Figures

      Without names all are drawn; those whose data set is not installed are left out, and that is said. Beside each figure a NAME.json holds its caption, alternative text, equation, command, seed and the model's hash.
      """)

  @Argument(help: "Figures by name; all when none is named.")
  var names: [String] = []

  @Flag(help: "List the figures there are.")
  var list = false

  @Flag(help: "Write README.md too, a page with all the figures that were drawn.")
  var gallery = false

  @OptionGroup var figures: FigureOptions

  @Option(
    help: "The page: 16:9, column (88 mm wide) or WxHmm; that of each figure by default.",
    transform: { try FigureSize(parsing: $0) })
  var size: FigureSize?

  @OptionGroup var home: HomeOptions

  func run() throws {
    let home = try home.find()
    let library = try LessonLibrary(home: home)
    var documents: [LessonDocument] = []
    for entry in library.entries { documents.append(try library.load(entry)) }
    let index = FigureIndex(documents, stages: StageCatalogue.all)
    if list { return try Console.write(index.text()) }
    if gallery, figures.out == nil { throw UserError("--gallery writes a README.md; --out must say into which folder") }
    let entries = try index.find(names)
    let desk = try figures.desk(size: size, defaultFolder: ".")
    let progress = ProgressLine()
    var page = GalleryPage(format: desk.format)
    var runs: [String: LessonRun] = [:]
    for entry in entries {
      do {
        let run =
          try runs[entry.lesson]
          ?? LessonRun(entry.document, settings: LessonSettings(), home: home, reporter: progress.report)
        runs[entry.lesson] = run
        let figure = try run.figure(
          entry.declaration.name, of: run.outcome(of: entry.block), command: "diffuse figures \(entry.name)",
          fileName: entry.name)
        let text = try desk.take(
          { figure }, named: entry.name, summary: entry.declaration.summary, ownSize: entry.declaration.size,
          renderer: TerminalRenderer(width: Console.width, colors: Console.colors))
        progress.clear()
        try Console.write(text)
        page.add(figure, of: entry)
      } catch let error as UserError where names.isEmpty && error.code == .unavailable && !entry.isInLesson {
        progress.clear()
        Console.complain("diffuse: \(entry.name) is left out: \(error.sentence)")
      }
    }
    if gallery, let folder = desk.folder { try FileOutput.write(page.text, to: folder + "/README.md") }
  }
}
