import ArgumentParser
import LessonRunner
import Tensors

/// `diffuse export html`: the course in files.
struct ExportCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case notebook, html

    /// Where the files go without `--out`.
    var folder: String { self == .html ? "course" : "Notebooks" }

    func exporter(_ documents: [LessonDocument]) -> any CourseExporter {
      switch self {
      case .html: WebCourse(documents)
      case .notebook: NotebookCourse()
      }
    }
  }

  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes the course as Jupyter notebooks or as a web page.",
    discussion: """
      Example:

        diffuse export html --out course
        diffuse export notebook --out Notebooks
        diffuse export html notebook --lesson 02 --out both

      Every lesson is run once, for the numbers in its text and for its figures; stages with a slider once for each of its \
      stops. The web page needs no network: open course/index.html.
      """)

  @Argument(help: "notebook, html or both.")
  var formats: [Format]

  @Option(
    help: ArgumentHelp("The folder to write into (default: course for html, Notebooks for notebook).", valueName: "dir")
  )
  var out: String?

  @Option(
    name: .customLong("lesson"), help: ArgumentHelp("Only this lesson; give it again for others.", valueName: "lesson"))
  var lessons: [String] = []

  @OptionGroup var home: HomeOptions

  func run() throws {
    let home = try home.find()
    let library = try LessonLibrary(home: home)
    var documents: [LessonDocument] = []
    for entry in library.entries { documents.append(try library.load(entry)) }
    var wanted = documents
    if !lessons.isEmpty {
      let numbers = try lessons.map { try library.find($0).number }
      wanted = documents.filter { numbers.contains($0.number) }
    }
    let exports = formats.map { (exporter: $0.exporter(documents), folder: out ?? $0.folder) }
    for export in exports { try OutputPlace.check(folder: export.folder) }
    let progress = ProgressLine()
    for document in wanted {
      let run = try LessonRun(document, settings: LessonSettings(), home: home, reporter: progress.report)
      for export in exports { try write(try export.exporter.files(of: run), to: export.folder, progress) }
    }
    for export in exports { try write(try export.exporter.commonFiles(), to: export.folder, progress) }
  }

  private func write(_ files: [ExportedFile], to folder: String, _ progress: ProgressLine) throws {
    for file in files {
      let path = folder.hasSuffix("/") ? folder + file.path : "\(folder)/\(file.path)"
      if let slash = path.lastIndex(of: "/") { try FileOutput.makeFolder(String(path[..<slash])) }
      try FileOutput.write(file.text, to: path)
      progress.clear()
      try Console.write("→ \(path)\n")
    }
  }
}
