import Drawing
import Tensors

/// The course as a static site: `index.html`, a page a lesson, one style sheet, one script, the frames of the sliders.
///
/// Everything is in the folder; no page asks the network for anything, so that it works from a disk.
public struct WebCourse: CourseExporter {
  let documents: [LessonDocument]
  let formulas: any FormulaSource

  /// - Parameter documents: the lessons of the course, in order; each page leads to its neighbours.
  public init(_ documents: [LessonDocument], formulas: any FormulaSource = CatalogueFormulas()) {
    self.documents = documents
    self.formulas = formulas
  }

  public func files(of run: LessonRun) throws(UserError) -> [ExportedFile] {
    let document = run.document
    let page = LessonPage(run, formulas: formulas)
    let body = try page.body()
    let header = document.header
    var notes: [String] = []
    if let minutes = header.minutes { notes.append("about \(minutes) minutes") }
    if !header.needs.isEmpty { notes.append("after " + header.needs.map(link).joined(separator: ", ")) }
    notes.append("the numbers and figures are those of <code>\(escapedXML(run.command))</code>")
    var html = "<p class=\"number\">Lesson \(document.number)</p>\n<h1>\(proseHTML(header.title))</h1>\n"
    html += "<p class=\"meta\">\(notes.joined(separator: " · "))</p>\n"
    html += contents(page) + body + turn(document)
    let frame = self.page("\(document.number) \(header.title)", html, current: document)
    return [ExportedFile(path: fileName(document), text: frame)]
      + page.files.map { ExportedFile(path: $0.name, text: $0.text) }
  }

  public func commonFiles() throws(UserError) -> [ExportedFile] {
    [
      ExportedFile(path: "index.html", text: page("The course", index, current: nil)),
      ExportedFile(path: "course.css", text: Self.text(PackageResources.course_css)),
      ExportedFile(path: "course.js", text: Self.text(PackageResources.course_js)),
    ]
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  // MARK: Parts of a page

  private func fileName(_ document: LessonDocument) -> String { "\(document.number)-\(document.slug).html" }

  /// A prerequisite: its page when it is part of the course.
  private func link(_ slug: String) -> String {
    guard let document = documents.first(where: { $0.slug == slug }) else { return escapedXML(slug) }
    return "<a href=\"\(fileName(document))\">\(proseHTML(document.header.title))</a>"
  }

  private func contents(_ page: LessonPage) -> String {
    let items = page.headings.map { "<li><a href=\"#\($0.anchor)\">\($0.html)</a></li>\n" }
    return "<details class=\"contents\"><summary>On this page</summary>\n"
      + "<nav aria-label=\"On this page\"><ul>\n\(items.joined())</ul></nav></details>\n"
  }

  private func turn(_ document: LessonDocument) -> String {
    guard let index = documents.firstIndex(where: { $0.number == document.number }) else { return "" }
    func neighbour(_ offset: Int, _ rel: String, _ text: (String) -> String) -> String {
      guard documents.indices.contains(index + offset) else { return "<span></span>" }
      let other = documents[index + offset]
      let title = "\(other.number) \(proseHTML(other.header.title))"
      return "<a rel=\"\(rel)\" href=\"\(fileName(other))\">\(text(title))</a>"
    }
    return "<nav class=\"turn\" aria-label=\"Neighbouring lessons\">"
      + neighbour(-1, "prev") { "← \($0)" } + neighbour(1, "next") { "\($0) →" } + "</nav>\n"
  }

  private var index: String {
    let items = documents.map { document in
      let minutes = document.header.minutes.map { " · about \($0) minutes" } ?? ""
      return "<li><h2><a href=\"\(fileName(document))\">\(proseHTML(document.header.title))</a></h2>\n"
        + "<p>\(proseHTML(document.opening))</p>\n<p class=\"meta\">Lesson \(document.number)\(minutes)</p></li>\n"
    }
    return """
      <h1>Diffusion Explorer</h1>
      <p>How image generators such as Stable Diffusion work, learned by running one. Every number and every figure in these
      lessons comes from a small model that was really trained, and from the command that stands beside it; where there
      is a slider, the stage was run for each of its stops.</p>
      <ol class="lessons">
      \(items.joined())</ol>

      """
  }

  private func page(_ title: String, _ main: String, current: LessonDocument?) -> String {
    let items = documents.map { document in
      let mark = document.number == current?.number ? " aria-current=\"page\"" : ""
      return
        "<li><a href=\"\(fileName(document))\"\(mark)>\(document.number) \(proseHTML(document.header.title))</a></li>\n"
    }
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(escapedXML(title)) · Diffusion Explorer</title>
      <link rel="icon" href="data:,">
      <link rel="stylesheet" href="course.css">
      <script src="course.js"></script>
      </head>
      <body>
      <a class="skip" href="#main">Skip to the text</a>
      <header class="bar"><a href="index.html">Diffusion Explorer</a>
      <nav aria-label="Course"><details><summary>Lessons</summary><ol>
      \(items.joined())</ol></details></nav>
      <button type="button" id="theme" hidden aria-label="Change between light and dark">dark</button></header>
      <main id="main">
      \(main)</main>
      <footer>Made by <code>diffuse export html</code>. Data: Fashion-MNIST (MIT), Noto Color Emoji (OFL), Unicode CLDR.</footer>
      </body>
      </html>

      """
  }
}

extension LessonDocument {
  /// What the lesson is for: its goal, else its first paragraph, without values of a run.
  var opening: String {
    let paragraphs = blocks.compactMap { block -> String? in
      if case .paragraph(let inlines) = block { Self.words(inlines).trimmed } else { nil }
    }
    let goal = paragraphs.first { $0.hasPrefix("Goal.") }.map { String($0.dropFirst(5)).trimmed }
    return goal ?? paragraphs.first ?? ""
  }

  private static func words(_ inlines: [LessonInline]) -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text): text
      case .emphasis(let inner), .strong(let inner), .code(let inner), .link(let inner, _): words(inner)
      case .softBreak, .lineBreak: " "
      case .image, .placeholder: "…"
      }
    }.joined()
  }
}
