import Stages
import Tensors

/// Sets lessons as text for a terminal or a file.
public struct TerminalRenderer {
  public let width: Int
  public let colors: Bool
  let formulas: any FormulaSource

  /// - Parameters:
  ///   - width: columns; prose is never wider than 100.
  ///   - colors: whether escape sequences may be used.
  public init(width: Int = 80, colors: Bool = false, formulas: any FormulaSource = CatalogueFormulas()) {
    self.width = max(20, min(width, 100))
    self.colors = colors
    self.formulas = formulas
  }

  var wrapper: LineWrapper { LineWrapper(width: width, colors: colors) }
  var tables: TableLayout { TableLayout(width: width, colors: colors) }

  // MARK: Lesson

  /// Title, time and prerequisites.
  public func opening(of document: LessonDocument) -> String {
    var lines = heading(level: 1, [StyledText("\(document.number)  \(document.header.title)")])
    var notes: [String] = []
    if let minutes = document.header.minutes { notes.append("about \(minutes) minutes") }
    if !document.header.needs.isEmpty { notes.append("after \(document.header.needs.joined(separator: ", "))") }
    if !notes.isEmpty { lines += wrapper.wrap([StyledText(notes.joined(separator: " · "), .dim)]) }
    return text(lines)
  }

  /// One block; stages and exercises, which need the run's results, go through `stage` and `exercise`.
  public func block(_ block: LessonBlock, of run: LessonRun) throws(UserError) -> String {
    if case .notebook = block { return "" }
    return text(try lines(of: block, run))
  }

  private func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() + "\n" }

  // MARK: Blocks

  private func lines(of block: LessonBlock, _ run: LessonRun) throws(UserError) -> [String] {
    switch block {
    case .heading(let level, let inlines): heading(level: max(level, 2), try styled(inlines, run))
    case .paragraph(let inlines): wrapper.wrap(try styled(inlines, run))
    case .list(let list): try lines(of: list, run)
    case .quote(let blocks): try indented(blocks, run, first: "│ ", rest: "│ ")
    case .code(_, let text): code(text)
    case .table(let table): try lines(of: table, run)
    case .rule: [String(repeating: "─", count: width)]
    case .formula(let block): lines(of: block, run.document)
    case .stage(let block): stage(run.report(try run.outcome(of: block)), block)
    case .exercise(let exercise): question(exercise)
    case .notebook: []
    }
  }

  private func heading(level: Int, _ texts: [StyledText]) -> [String] {
    let strong = texts.map { StyledText($0.text, [$0.style, .bold, .accent]) }
    let lines = wrapper.wrap(strong)
    guard level <= 2 else { return lines }
    let plain = LineWrapper.lines(of: texts, width: width)
    let rule = String(repeating: level == 1 ? "═" : "─", count: plain.map(\.width).max() ?? 0)
    return lines + [colors ? TextStyle.accent.apply(to: rule) : rule]
  }

  private func lines(of list: LessonList, _ run: LessonRun) throws(UserError) -> [String] {
    var lines: [String] = []
    let last = (list.start ?? 1) + list.items.count - 1
    for (index, item) in list.items.enumerated() {
      let bullet = list.start.map { pad("\($0 + index). ", to: "\(last). ".count) } ?? "• "
      if !list.isTight, index > 0 { lines.append("") }
      lines += try indented(
        item, run, first: bullet, rest: String(repeating: " ", count: bullet.count), isTight: list.isTight)
    }
    return lines
  }

  private func pad(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// Blocks in a narrower column behind a mark.
  private func indented(
    _ blocks: [LessonBlock], _ run: LessonRun, first: String, rest: String, isTight: Bool = false
  ) throws(UserError) -> [String] {
    let inner = TerminalRenderer(width: width - displayWidth(first), colors: colors, formulas: formulas)
    var lines: [String] = []
    for (index, block) in blocks.enumerated() {
      if index > 0, !isTight { lines.append("") }
      lines += try inner.lines(of: block, run)
    }
    return lines.enumerated().map { (($0 == 0 ? first : rest) + $1).droppingTrailingBlanks }
  }

  private func code(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { "    " + (colors ? TextStyle.code.apply(to: $0) : $0) }
  }

  private func lines(of table: LessonTable, _ run: LessonRun) throws(UserError) -> [String] {
    var header: [TableLayout.Cell] = []
    for cell in table.header {
      header.append(try styled(cell, run).map { StyledText($0.text, [$0.style, .bold]) })
    }
    var rows: [[TableLayout.Cell]] = []
    for row in table.rows {
      var cells: [TableLayout.Cell] = []
      for cell in row { cells.append(try styled(cell, run)) }
      rows.append(cells)
    }
    return tables.lines(header: header, rows: rows, alignments: table.alignments)
  }

  /// The formula, where it is from, and its symbols but for those that a formula before it explains alike.
  private func lines(of block: FormulaBlock, _ document: LessonDocument) -> [String] {
    let (formula, symbols) = document.formula(block, from: formulas)
    let origin = [formula.title, formula.source, block.id].compactMap { $0 }.joined(separator: " · ")
    let lines =
      wrapper.wrap(
        [StyledText(formula.unicode.replacing(", where ", with: ",\nwhere "), .bold)], first: "    ", rest: "      ")
      + wrapper.wrap([StyledText(origin, .dim)], first: "    ", rest: "    ")
    guard !symbols.isEmpty else { return lines }
    let rows = symbols.map { symbol in
      [[StyledText(symbol.symbol, .bold)], [StyledText(symbol.meaning)], [StyledText(symbol.shape, .dim)]]
    }
    return lines + [""] + tables.lines(header: [], rows: rows, alignments: [.left, .left, .left], indent: "    ")
  }
}
