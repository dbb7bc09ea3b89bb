import Drawing
import Tensors

/// Many small maps in rows and columns, both in named groups.
struct MapAtlas: Component {
  struct Group {
    let label: RichText
    let count: Int
  }

  /// From top to bottom, such as the layers with their heads.
  let rows: [Group]
  /// From left to right, such as the tokens with their timesteps.
  let columns: [Group]
  /// Under the name of every column group.
  let columnNote: RichText
  /// The map of a row and a column, [h, w] in 0…1; nil leaves the place empty.
  let map: @Sendable (_ row: Int, _ column: Int) -> Tensor?
  let colorBar: ColorBarText

  /// What the ends of the colours mean.
  struct ColorBarText {
    let low: RichText
    let high: RichText
  }

  private var rowCount: Int { rows.map(\.count).reduce(0, +) }
  private var columnCount: Int { columns.map(\.count).reduce(0, +) }

  private func gap(_ style: Style) -> Double { style.em(0.6) }
  /// Wide enough for the names of the groups over them.
  private func leastCell(_ style: Style) -> Double {
    let names = columns.map { style.size(of: $0.label, .label).width / Double(max($0.count, 1)) }
    return max(style.em(0.9), names.max() ?? 0)
  }
  private func left(_ style: Style) -> Double {
    (rows.map { style.size(of: $0.label, .note).width }.max() ?? 0) + style.em(0.9)
  }
  private func top(_ style: Style) -> Double { style.lineHeight(.label) + style.lineHeight(.note) + style.em(0.5) }
  private func bottom(_ style: Style) -> Double { style.lineHeight(.note) + style.em(0.8) }

  func minimumSize(_ style: Style) -> Size {
    let cell = leastCell(style)
    return Size(
      left(style) + cell * Double(columnCount) + gap(style) * Double(columns.count - 1),
      top(style) + cell * Double(rowCount) + gap(style) * Double(rows.count - 1) + bottom(style))
  }

  func preferredHeight(width: Double, _ style: Style) -> Double {
    let room = width - left(style) - gap(style) * Double(columns.count - 1)
    let cell = max(room / Double(columnCount), leastCell(style))
    return top(style) + cell * Double(rowCount) + gap(style) * Double(rows.count - 1) + bottom(style)
  }

  func draw(on canvas: Canvas, in rect: Rect) {
    let style = canvas.style
    let room = Size(
      rect.width - left(style) - gap(style) * Double(columns.count - 1),
      rect.height - top(style) - bottom(style) - gap(style) * Double(rows.count - 1))
    let cell = min(room.width / Double(columnCount), room.height / Double(rowCount))
    let width = left(style) + cell * Double(columnCount) + gap(style) * Double(columns.count - 1)
    let corner = Point(rect.midX - width / 2 + left(style), rect.minY + top(style))
    let (xs, ys) = (starts(columns, cell, gap(style)), starts(rows, cell, gap(style)))
    canvas.group("atlas") {
      drawNames(on: canvas, corner, cell, xs, ys)
      for (row, y) in ys.joined().enumerated() {
        for (column, x) in xs.joined().enumerated() {
          guard let map = map(row, column) else { continue }
          let place = Rect(x: corner.x + x, y: corner.y + y, width: cell, height: cell).inset(by: 0.04 * cell)
          let raster = Raster(map, .sequential(0...1), theme: canvas.theme)
          canvas.image(raster.enlarged(by: max(1, 32 / max(raster.width, 1))), in: place)
        }
      }
      let end = corner.y + (ys.last?.last ?? 0) + cell
      drawBar(on: canvas, at: Point(corner.x, end + style.em(0.8)))
    }
  }

  /// Where every cell begins, group by group.
  private func starts(_ groups: [Group], _ cell: Double, _ gap: Double) -> [[Double]] {
    var at = 0.0
    return groups.map { group in
      defer { at += Double(group.count) * cell + gap }
      return (0..<group.count).map { at + Double($0) * cell }
    }
  }

  private func drawNames(
    on canvas: Canvas, _ corner: Point, _ cell: Double, _ xs: [[Double]], _ ys: [[Double]]
  ) {
    let style = canvas.style
    for (group, xs) in zip(columns, xs) {
      let middle = corner.x + ((xs.first ?? 0) + (xs.last ?? 0) + cell) / 2
      let note = corner.y - style.em(0.3)
      canvas.text(group.label, at: Point(middle, note - style.lineHeight(.note)), .middle, .bottom)
      let fits = style.size(of: columnNote, .note).width <= Double(group.count) * cell + 0.5 * gap(style)
      if fits { canvas.text(columnNote, at: Point(middle, note), .middle, .bottom, role: .note, color: .muted) }
    }
    for (group, ys) in zip(rows, ys) {
      let middle = corner.y + ((ys.first ?? 0) + (ys.last ?? 0) + cell) / 2
      canvas.text(group.label, at: Point(corner.x - style.em(0.5), middle), .end, .middle, role: .note)
    }
  }

  private func drawBar(on canvas: Canvas, at corner: Point) {
    let style = canvas.style
    let low = canvas.text(colorBar.low, at: corner, .start, .top, role: .note, color: .muted)
    let ramp = Tensor((0..<64).map { Float($0) / 63 }, shape: [1, 64])
    let bar = Rect(
      x: low.maxX + style.em(0.5), y: corner.y + style.em(0.15), width: style.em(8), height: style.em(0.65))
    canvas.image(Raster(ramp, .sequential(0...1), theme: canvas.theme).enlarged(by: 4), in: bar)
    canvas.text(
      colorBar.high, at: Point(bar.maxX + style.em(0.5), corner.y), .start, .top, role: .note, color: .muted)
  }
}
