import Stages
import Tensors

/// The figures of all lessons, by the names `diffuse figures` knows them by.
public struct FigureIndex: Sendable {
  public struct Entry: Sendable {
    /// What the figure is called in files.
    public let name: String
    public let document: LessonDocument
    public let block: StageBlock
    public let declaration: FigureDeclaration

    /// "02".
    public var lesson: String { document.number }
  }

  public let entries: [Entry]

  /// Every figure that a lesson shows, in the order of the course; the first lesson that shows a figure owns its name,
  /// later ones put their number before it.
  public init(_ documents: [LessonDocument]) {
    var entries: [Entry] = []
    for document in documents {
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
        [StyledText(entry.name, .code)], [StyledText("lesson \(entry.lesson)", .dim)],
        [StyledText(entry.declaration.summary)],
      ]
    }
    let lines = TableLayout(width: width, colors: colors).lines(
      header: [], rows: rows, alignments: [.left, .left, .left])
    return lines.map { $0 + "\n" }.joined()
  }
}
