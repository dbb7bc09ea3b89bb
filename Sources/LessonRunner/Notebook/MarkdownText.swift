import Tensors

/// Blocks of a lesson as Markdown with LaTeX, the values of a run filled in.
struct MarkdownText {
  let run: LessonRun

  func text(of block: LessonBlock) throws(UserError) -> String {
    switch block {
    case .heading(let level, let inlines): String(repeating: "#", count: max(level, 2)) + " " + (try text(inlines))
    case .paragraph(let inlines): try text(inlines)
    case .list(let list): try text(list)
    case .quote(let blocks): Self.indented(try text(blocks), first: "> ", rest: "> ")
    case .code(let language, let text): Self.fenced(text, language)
    case .table(let table): try text(table)
    case .rule: "---"
    case .formula, .stage, .exercise, .notebook: ""
    }
  }

  private static func fenced(_ code: String, _ language: String) -> String {
    let isShell = language.isEmpty && LessonCommands.find(in: code) != nil
    return "```\(isShell ? "sh" : language)\n\(code)\(code.hasSuffix("\n") ? "" : "\n")```"
  }

  private func text(_ blocks: [LessonBlock]) throws(UserError) -> String {
    var parts: [String] = []
    for block in blocks { parts.append(try text(of: block)) }
    return parts.joined(separator: "\n\n")
  }

  private func text(_ list: LessonList) throws(UserError) -> String {
    var items: [String] = []
    for (index, item) in list.items.enumerated() {
      let mark = list.start.map { "\($0 + index). " } ?? "- "
      items.append(
        Self.indented(try text(item), first: mark, rest: String(repeating: " ", count: mark.count)))
    }
    return items.joined(separator: list.isTight ? "\n" : "\n\n")
  }

  private static func indented(_ text: String, first: String, rest: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .map { index, line in (index == 0 ? first + line : line.isEmpty ? "" : rest + line) }.joined(separator: "\n")
  }

  private func text(_ table: LessonTable) throws(UserError) -> String {
    func row(_ cells: [[LessonInline]]) throws(UserError) -> String {
      var texts: [String] = []
      for cell in cells { texts.append(try text(cell).replacing("|", with: "\\|")) }
      return "| \(texts.joined(separator: " | ")) |"
    }
    let marks = table.alignments.map { alignment in
      switch alignment {
      case .left: "---"
      case .center: ":-:"
      case .right: "--:"
      }
    }
    var lines = [try row(table.header), "|\(marks.joined(separator: "|"))|"]
    for cells in table.rows { lines.append(try row(cells)) }
    return lines.joined(separator: "\n")
  }

  // MARK: Inlines

  func text(_ inlines: [LessonInline]) throws(UserError) -> String {
    var result = ""
    for inline in inlines { result += try text(inline) }
    return result
  }

  private func text(_ inline: LessonInline) throws(UserError) -> String {
    switch inline {
    case .text(let text): return Self.prose(text)
    case .emphasis(let inner): return "*\(try text(inner))*"
    case .strong(let inner): return "**\(try text(inner))**"
    case .code(let inner): return "`\(try verbatim(inner))`"
    case .link(let inner, let destination):
      return "[\(try text(inner))](\(destination.replacing(".md", with: ".ipynb")))"
    case .image(let description, let source): return "![\(Self.escaped(description))](\(source))"
    case .placeholder(let placeholder): return Self.escaped(try run.text(of: placeholder))
    case .softBreak: return "\n"
    case .lineBreak: return "  \n"
    }
  }

  private func verbatim(_ inlines: [LessonInline]) throws(UserError) -> String {
    var result = ""
    for inline in inlines {
      switch inline {
      case .text(let text): result += text
      case .placeholder(let placeholder): result += try run.text(of: placeholder)
      default: result += try text(inline)
      }
    }
    return result
  }

  /// Words as they are, symbols in LaTeX.
  static func prose(_ text: String) -> String {
    ProseMath.pieces(text).map { piece in
      switch piece {
      case .text(let text): escaped(text)
      case .symbol(let expression): "$\(expression.latex)$"
      }
    }.joined()
  }

  /// What Markdown would read as markup, or as LaTeX, stands as it is.
  static func escaped(_ text: String) -> String {
    text.map { "*_<[]`$\\".contains($0) ? "\\\($0)" : String($0) }.joined()
  }
}
