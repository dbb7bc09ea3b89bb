import Drawing
import Tensors

/// A page of all figures in a folder, README.md: under each picture its caption and the command that makes it again.
public struct GalleryPage {
  private let format: FigureFormat
  private var chapters: [(title: String, pictures: [String])] = []

  public init(format: FigureFormat) { self.format = format }

  /// Adds a figure under the heading of its lesson.
  public mutating func add(_ figure: Figure, of entry: FigureIndex.Entry) {
    let title =
      entry.isInLesson ? "Lesson \(entry.lesson): \(entry.document.header.title)" : "Beside the lessons"
    let file = "\(figure.name).\(format.rawValue)"
    // What cannot be shown in a page is linked.
    let link = format == .pdf ? "[\(file)](\(file))" : "![\(MarkdownText.escaped(figure.alternativeText))](\(file))"
    let picture = """
      ### \(figure.name)

      \(link)

      \(MarkdownText.escaped(figure.caption))

          diffuse figures \(figure.name)

      """
    if chapters.last?.title != title { chapters.append((title, [])) }
    chapters[chapters.count - 1].pictures.append(picture)
  }

  /// The page in Markdown.
  public var text: String {
    let all = chapters.map { "## \($0.title)\n\n" + $0.pictures.joined(separator: "\n") }
    return """
      # Figures

      Every picture is drawn from tensors of a run. `diffuse figures --gallery --out Figures` makes this page and all that is on it again;
      beside each figure a `.json` file holds caption, alternative text, equation, seed and the model's hash.


      """ + all.joined(separator: "\n")
  }
}
