/// Text laid out in columns of a terminal; combining marks take no room of their own.
struct TextColumns {
  let width: Int

  /// Paragraphs broken at blanks; every line begins with `indent`, those after the first with `hanging` in its place.
  func wrapped(_ text: String, indent: String = "", hanging: String? = nil) -> [String] {
    var (lines, line) = ([String](), indent)
    var isEmpty = true
    for word in text.split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = hanging ?? indent
        isEmpty = true
      }
      line += isEmpty ? String(word) : " " + word
      isEmpty = false
    }
    return lines + [line]
  }

  /// A row of cells with their widths; the last is wrapped in its column.
  func row(_ cells: [(text: String, width: Int)], last: String) -> [String] {
    var start = ""
    for cell in cells {
      start += Self.padded(cell.text, cell.width) + "  "
    }
    let blank = String(repeating: " ", count: cells.reduce(0) { $0 + $1.width + 2 })
    return wrapped(last, indent: start, hanging: blank)
  }

  static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }

  static func rightAligned(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }
}
