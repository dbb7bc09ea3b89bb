import Drawing
import Models

/// How the bytes of each word grow together, one merge a row.
struct MergeFigure {
  let words: [CLIPTokenizer.WordMerging]
  let prompt: String

  func figure(_ provenance: Provenance) -> Figure {
    let bytes = words.reduce(0) { $0 + $1.characters.count }
    let tokens = words.reduce(0) { $0 + $1.parts.count }
    return Figure(
      name: "byte-pair-merges", title: "\(bytes) bytes become \(tokens) tokens, one merge at a time",
      caption: """
        Byte-pair encoding of “\(prompt)” with the vocabulary of emoji-clip. Each row of a word is one merge later; of all known \
        pairs of neighbours the one that was learned first is merged first, and the number under the new piece says as which. \
        The mark ‹ ends a word, so that “red” alone and the beginning of another word are different tokens.
        """,
      alternativeText: """
        For every word a column of boxes: one box a byte at the top, and below it, row by row, boxes that have grown \
        together, until \(tokens == words.count ? "one box is left for each word" : "no known pair is left").
        """,
      provenance: provenance, content: MergeRows(words: Array(words.prefix(Self.shownWords))))
  }

  /// More words than this make a figure nobody reads.
  private static let shownWords = 16

  /// A piece for the reader: ‹ for the end of a word, bytes of a character by their names in the byte alphabet.
  static func shown(_ piece: String) -> String { piece.replacing("</w>", with: "‹") }
}

/// Words side by side, each a stack of rows of boxes; a piece is as wide as the bytes it has.
private struct MergeRows: Component {
  let words: [CLIPTokenizer.WordMerging]

  /// Boxes in a line of words; the words after them start a new one.
  private static let cells = 24
  private static let gap = 0.9

  private func leastRow(_ style: Style) -> Double { style.em(2.75) }
  private func boxHeight(_ style: Style) -> Double { style.em(1.6) }

  private var lines: [[CLIPTokenizer.WordMerging]] {
    var lines: [[CLIPTokenizer.WordMerging]] = [[]]
    var used = 0
    for word in words {
      let count = word.characters.count
      if used + count > Self.cells, !lines[lines.count - 1].isEmpty {
        lines.append([])
        used = 0
      }
      lines[lines.count - 1].append(word)
      used += count
    }
    return lines
  }

  /// Width in boxes, gaps between words included.
  private func width(_ line: [CLIPTokenizer.WordMerging]) -> Double {
    line.reduce(0) { $0 + Double($1.characters.count) } + Self.gap * Double(max(line.count - 1, 0))
  }

  private func rows(_ line: [CLIPTokenizer.WordMerging]) -> Int { (line.map(\.steps.count).max() ?? 0) + 1 }

  func minimumSize(_ style: Style) -> Size {
    Size(style.em(1.75) * (lines.map(width).max() ?? 1), height(style))
  }

  func preferredHeight(width: Double, _ style: Style) -> Double { height(style) }

  private func height(_ style: Style) -> Double {
    lines.reduce(0) { $0 + Double(rows($1)) * leastRow(style) } + style.em(1) * Double(lines.count - 1)
  }

  func draw(on canvas: Canvas, in rect: Rect) {
    let style = canvas.style
    let cell = min(rect.width / (lines.map(width).max() ?? 1), style.em(2.8))
    let least = height(style)
    let stretch = min(max(1, rect.height / least), 1.5)
    let row = leastRow(style) * stretch
    var y = rect.minY + max(0, (rect.height - least * stretch) / 2)
    for line in lines {
      var x = rect.midX - cell * width(line) / 2
      for word in line {
        draw(word, on: canvas, at: Point(x, y), cell: cell, row: row)
        x += cell * (Double(word.characters.count) + Self.gap)
      }
      y += Double(rows(line)) * row + style.em(1) * stretch
    }
  }

  private func draw(_ word: CLIPTokenizer.WordMerging, on canvas: Canvas, at corner: Point, cell: Double, row: Double) {
    var before = word.characters
    drawRow(before, isLast: word.steps.isEmpty, merged: nil, on: canvas, at: corner, cell: cell)
    for (index, step) in word.steps.enumerated() {
      let place = step.parts.indices.first { before[$0] != step.parts[$0] } ?? 0
      let at = Point(corner.x, corner.y + Double(index + 1) * row)
      drawRow(
        step.parts, isLast: index == word.steps.count - 1, merged: (place, step.rank), on: canvas, at: at, cell: cell)
      before = step.parts
    }
  }

  /// One row of boxes; the piece that is new has a colour and its merge's number under it.
  private func drawRow(
    _ parts: [String], isLast: Bool, merged: (place: Int, rank: Int)?, on canvas: Canvas, at corner: Point,
    cell: Double
  ) {
    let style = canvas.style
    var x = corner.x
    for (index, part) in parts.enumerated() {
      let text = MergeFigure.shown(part)
      let count = part.replacing("</w>", with: "").count
      let box = Rect(
        x: x + 1, y: corner.y, width: cell * Double(count) - 2, height: boxHeight(style))
      let isNew = merged?.place == index
      let path = Path.rectangle(box, radius: style.em(0.25))
      canvas.fill(path, isNew ? .palette(0) : .surface, opacity: isNew ? 0.2 : 1)
      canvas.stroke(path, isNew ? .palette(0) : isLast ? .ink : .axis, width: isLast ? 1.4 : 0.7)
      canvas.text(
        RichText(verbatim: text), at: box.center, .middle, .middle,
        role: isLast || cell >= style.em(2.2) ? .label : .note)
      if let merged, isNew {
        canvas.text(
          RichText(verbatim: "\(merged.rank + 1)"), at: Point(box.midX, box.maxY + style.em(0.12)), .middle, .top,
          role: .note, color: .muted)
      }
      x += cell * Double(count)
    }
  }
}
