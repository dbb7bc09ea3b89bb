import Stages
import Tensors

/// The figures of all lessons, and of stages outside them, by the names `diffuse figures` knows them by.
public struct FigureIndex: Sendable {
  public struct Entry: Sendable {
    /// What the figure is called in files.
    public let name: String
    public let document: LessonDocument
    public let block: StageBlock
    public let declaration: FigureDeclaration

    /// "02"; "–" outside the lessons.
    public var lesson: String { document.number }
    /// Whether a lesson shows it.
    public var isInLesson: Bool { document.number != LessonDocument.outside }
  }

  public let entries: [Entry]

  /// Every figure that a lesson shows, in the order of the course; the first lesson that shows a figure owns its name,
  /// later ones put their number before it. Last come the figures of those `stages` that no lesson runs.
  public init(_ documents: [LessonDocument], stages: [any Stage] = []) {
    var entries: [Entry] = []
    let used = Set(documents.flatMap { $0.stages.map(\.stage.name) })
    let others = LessonDocument(running: stages.filter { !used.contains($0.name) })
    for document in documents + [others] {
      for block in document.stages {
        for figure in block.figures {
          guard let declaration = block.stage.figures.first(where: { $0.name == figure }) else { continue }
          var name = document.fileName(ofFigure: figure, in: block)
          if entries.contains(where: { $0.name == name }) { name = "lesson-\(document.number)-\(name)" }
          entries.append(Entry(name: name, document: document, block: block, declaration: declaration))
        }
      }
    }
    self.entries = entries
  }

  /// The entries of the names, in the order of the course; all for no names.
  public func find(_ names: [String]) throws(UserError) -> [Entry] {
    guard !names.isEmpty else { return entries }
    for name in names where !entries.contains(where: { $0.name == name }) {
      throw .unknown("figure", name, among: entries.map(\.name))
    }
    return entries.filter { names.contains($0.name) }
  }

  /// Name, lesson and message of each.
  public func text(width: Int = Console.width, colors: Bool = Console.colors) -> String {
    let rows = entries.map { entry -> [[StyledText]] in
      [
        [StyledText(entry.name, .code)], [StyledText(entry.isInLesson ? "lesson \(entry.lesson)" : "no lesson", .dim)],
        [StyledText(entry.declaration.summary)],
      ]
    }
    let lines = TableLayout(width: width, colors: colors).lines(
      header: [], rows: rows, alignments: [.left, .left, .left])
    return lines.map { $0 + "\n" }.joined()
  }
}

extension LessonDocument {
  static let outside = "–"

  /// Stages with their defaults, outside the course.
  fileprivate init(running stages: [any Stage]) {
    let blocks = stages.map { stage in
      let values = Dictionary(uniqueKeysWithValues: stage.parameters.map { ($0.name, $0.defaults) })
      return LessonBlock.stage(
        StageBlock(
          stage: stage, alias: stage.name, values: values, figures: stage.figures.map(\.name), tables: nil,
          slider: nil, line: 0))
    }
    self.init(
      file: "", number: Self.outside, slug: "figures",
      header: Header(title: "Figures outside the lessons", minutes: nil, needs: [], formulas: []), blocks: blocks,
      placeholders: [])
  }
}
