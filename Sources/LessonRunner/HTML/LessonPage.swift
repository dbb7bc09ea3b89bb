import Drawing
import Stages
import Tensors

/// A lesson as HTML: what stands in its page, and the frames its sliders load.
final class LessonPage {
  let run: LessonRun
  let formulas: any FormulaSource
  private(set) var headings: [(anchor: String, html: String)] = []
  /// Files that belong to the page: the frames of each slider.
  private(set) var files: [(name: String, text: String)] = []
  private var figureCount = 0
  private var anchors: Set<String> = []

  init(_ run: LessonRun, formulas: any FormulaSource = CatalogueFormulas()) {
    self.run = run
    self.formulas = formulas
  }

  var document: LessonDocument { run.document }

  /// The lesson from its first block to its last.
  func body() throws(UserError) -> String {
    var html = ""
    for block in document.blocks { html += try self.block(block) }
    return html
  }

  func addFile(_ name: String, _ text: String) { files.append((name, text)) }

  /// What the ids of the next figure begin with.
  func nextFigurePrefix() -> String {
    figureCount += 1
    return "f\(figureCount)"
  }

  // MARK: Blocks

  private func block(_ block: LessonBlock) throws(UserError) -> String {
    switch block {
    case .heading(let level, let inlines): return heading(level, try html(inlines))
    case .paragraph(let inlines): return "<p>\(try html(inlines))</p>\n"
    case .list(let list): return try html(list)
    case .quote(let blocks): return "<blockquote>\n\(try html(blocks))</blockquote>\n"
    case .code(_, let text): return code(text)
    case .table(let table): return try html(table)
    case .rule: return "<hr>\n"
    case .formula(let block): return html(block)
    case .stage(let block): return try html(block)
    case .exercise(let exercise): return try html(exercise)
    case .notebook: return ""
    }
  }

  private func html(_ blocks: [LessonBlock]) throws(UserError) -> String {
    var html = ""
    for block in blocks { html += try self.block(block) }
    return html
  }

  private func heading(_ level: Int, _ html: String) -> String {
    let level = min(max(level, 2), 6)
    let plain = html.replacing(/<annotation.*?<\/annotation>|<[^>]*>/, with: "")
    var anchor = anchorName(plain)
    while !anchors.insert(anchor).inserted { anchor += "-again" }
    if level == 2 { headings.append((anchor, html)) }
    return "<h\(level) id=\"\(anchor)\">\(html)</h\(level)>\n"
  }

  private func code(_ text: String) -> String {
    if let commands = LessonCommands.find(in: text) { return commands.map { CommandHTML.block($0) }.joined() }
    return "<pre tabindex=\"0\"><code>\(escapedXML(text))</code></pre>\n"
  }

  private func html(_ list: LessonList) throws(UserError) -> String {
    let start = list.start.map { $0 == 1 ? "" : " start=\"\($0)\"" } ?? ""
    let name = list.start == nil ? "ul" : "ol"
    var items = ""
    for item in list.items {
      if list.isTight, case .paragraph(let inlines)? = item.first {
        items += "<li>\(try html(inlines))\(try html(Array(item.dropFirst())))</li>\n"
      } else {
        items += "<li>\(try html(item))</li>\n"
      }
    }
    return "<\(name)\(start)>\n\(items)</\(name)>\n"
  }

  private func html(_ table: LessonTable) throws(UserError) -> String {
    let classes = table.alignments.map { alignment in
      switch alignment {
      case .left: ""
      case .center: " class=\"c\""
      case .right: " class=\"r\""
      }
    }
    func row(_ cells: [[LessonInline]], _ tag: String) throws(UserError) -> String {
      var html = ""
      for (cell, style) in zip(cells, classes) { html += "<\(tag)\(style)>\(try self.html(cell))</\(tag)>" }
      return "<tr>\(html)</tr>\n"
    }
    var rows = ""
    for cells in table.rows { rows += try row(cells, "td") }
    return "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table\"><table>\n"
      + "<thead>\(try row(table.header, "th"))</thead>\n<tbody>\(rows)</tbody></table></div>\n"
  }

  // MARK: Formulas

  private func html(_ block: FormulaBlock) -> String {
    let (formula, symbols) = document.formula(block, from: formulas)
    let lines = formula.mathML.enumerated().map { index, math in
      "<div>\(index > 0 ? "where " : "")\(displayMath(math))</div>"
    }
    let source = formula.source.map { " · <cite>\(escapedXML($0))</cite>" } ?? ""
    var html = "<figure class=\"formula\" id=\"\(anchorName("formula " + block.id))\">\n"
    html +=
      "<div class=\"wide math\" tabindex=\"0\" role=\"region\" aria-label=\"Formula: \(escapedXML(formula.title))\">"
    html += "\(lines.joined())</div>\n"
    html += "<figcaption>\(proseHTML(formula.title))\(source) · <code>diffuse check \(escapedXML(block.id))</code>"
    html += "</figcaption>\n"
    if !symbols.isEmpty {
      html += "<dl class=\"symbols\">\n"
      for symbol in symbols {
        html += "<dt>\(inlineMath(symbol.mathML))</dt><dd>\(proseHTML(symbol.meaning)) "
        html += "<small>\(proseHTML(symbol.shape))</small></dd>\n"
      }
      html += "</dl>\n"
    }
    return html + "</figure>\n"
  }

  // MARK: Inlines

  func html(_ inlines: [LessonInline]) throws(UserError) -> String {
    var html = ""
    for inline in inlines { html += try self.html(inline) }
    return html
  }

  private func html(_ inline: LessonInline) throws(UserError) -> String {
    switch inline {
    case .text(let text): return proseHTML(text)
    case .emphasis(let inner): return "<em>\(try html(inner))</em>"
    case .strong(let inner): return "<strong>\(try html(inner))</strong>"
    case .code(let inner): return "<code>\(try verbatim(inner))</code>"
    case .link(let inner, let destination):
      return "<a href=\"\(escapedXML(address(destination)))\">\(try html(inner))</a>"
    case .image(let description, let source):
      return "<img src=\"\(escapedXML(source))\" alt=\"\(escapedXML(description))\">"
    case .placeholder(let placeholder): return try value(placeholder)
    case .softBreak: return "\n"
    case .lineBreak: return "<br>\n"
    }
  }

  /// Code, in which no letter is a symbol.
  private func verbatim(_ inlines: [LessonInline]) throws(UserError) -> String {
    var html = ""
    for inline in inlines {
      if case .text(let text) = inline { html += escapedXML(text) } else { html += try self.html(inline) }
    }
    return html
  }

  /// Another lesson's file is its page here.
  private func address(_ destination: String) -> String {
    guard destination.hasSuffix(".md"), !destination.contains("/") else { return destination }
    return destination.dropLast(3) + ".html"
  }

  /// A number the run gave; it follows its stage's slider.
  private func value(_ placeholder: Placeholder) throws(UserError) -> String {
    let own = try run.text(of: placeholder)
    var texts: [String] = []
    for frame in try run.frames(of: run.block(behind: placeholder)) {
      texts.append(try run.text(of: placeholder, in: frame.outcome))
    }
    guard Set(texts).count > 1 else { return "<span class=\"value\">\(escapedXML(own))</span>" }
    return "<span class=\"value\" data-stage=\"\(placeholder.stage)\" data-values=\"\(escapedXML(jsonArray(texts)))\">"
      + "\(escapedXML(own))</span>"
  }
}
