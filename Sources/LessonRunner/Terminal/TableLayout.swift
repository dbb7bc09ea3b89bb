/// A table set in columns that fit the width; cells wrap when they must.
struct TableLayout {
  typealias Cell = [StyledText]

  let width: Int
  let colors: Bool
  private let gap = "  "

  /// Header (empty for none), a rule, rows.
  func lines(
    header: [Cell], rows: [[Cell]], alignments: [LessonTable.Alignment], indent: String = ""
  ) -> [String] {
    guard !alignments.isEmpty else { return [] }
    let all = (header.isEmpty ? [] : [header]) + rows
    let widths = columnWidths(all, columns: alignments.count, available: width - displayWidth(indent))
    var lines: [String] = []
    if !header.isEmpty {
      lines += set(header, widths, alignments, indent)
      lines.append(indent + widths.map { String(repeating: "─", count: $0) }.joined(separator: gap))
    }
    return lines + rows.flatMap { set($0, widths, alignments, indent) }
  }

  /// Natural widths; when they do not fit, the widest columns give way first, none below its longest word if possible.
  private func columnWidths(_ rows: [[Cell]], columns: Int, available: Int) -> [Int] {
    var widths = [Int](repeating: 1, count: columns)
    var longestWords = widths
    for row in rows {
      for (column, cell) in row.prefix(columns).enumerated() {
        widths[column] = max(widths[column], cell.width)
        let words = cell.map(\.text).joined().split(whereSeparator: \.isWhitespace)
        longestWords[column] = max(longestWords[column], words.map { displayWidth($0) }.max() ?? 1)
      }
    }
    let room = max(columns, available - gap.count * (columns - 1))
    while widths.reduce(0, +) > room {
      let gentle = widths.indices.filter { widths[$0] > longestWords[$0] }
      let candidates = gentle.isEmpty ? widths.indices.filter { widths[$0] > 1 } : gentle
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
    }
    return widths
  }

  private func set(
    _ row: [Cell], _ widths: [Int], _ alignments: [LessonTable.Alignment], _ indent: String
  ) -> [String] {
    let cells = zip(row, widths).map { LineWrapper.lines(of: $0, width: $1) }
    let height = cells.map(\.count).max() ?? 0
    return (0..<height).map { line in
      var text = indent
      for (column, width) in widths.enumerated() {
        let content = column < cells.count && line < cells[column].count ? cells[column][line] : []
        let missing = max(0, width - content.width)
        let left = leftPadding(missing, alignments[column])
        text += (column > 0 ? gap : "") + String(repeating: " ", count: left) + content.joined(colors: colors)
        text += String(repeating: " ", count: missing - left)
      }
      return text.droppingTrailingBlanks
    }
  }

  private func leftPadding(_ missing: Int, _ alignment: LessonTable.Alignment) -> Int {
    switch alignment {
    case .left: 0
    case .center: missing / 2
    case .right: missing
    }
  }
}

extension String {
  var droppingTrailingBlanks: String {
    guard let last = lastIndex(where: { $0 != " " }) else { return "" }
    return String(self[...last])
  }
}
