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
  /// The map of a row and a column, [h, w] in 0…1, of one size in a group of rows; nil is drawn as 0.
  let map: @Sendable (_ row: Int, _ column: Int) -> Tensor?
  /// The key to the colours.
  let colorBar: ColorBar

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
  private func bottom(_ style: Style) -> Double { colorBar.height(style) + style.em(0.8) }

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
      var (row, column) = (0, 0)
      for (rowGroup, ys) in zip(rows, ys) {
        column = 0
        for (columnGroup, xs) in zip(columns, xs) {
          let start = Point(corner.x + (xs.first ?? 0), corner.y + (ys.first ?? 0))
          drawMaps(on: canvas, (row, rowGroup.count), (column, columnGroup.count), at: start, cell)
          column += columnGroup.count
        }
        row += rowGroup.count
      }
      let end = corner.y + (ys.last?.last ?? 0) + cell
      colorBar.draw(
        on: canvas,
        in: Rect(x: corner.x, y: end + style.em(0.8), width: rect.maxX - corner.x, height: colorBar.height(style)))
    }
  }

  /// The maps where two groups meet, as one picture: a thousand small ones would make a large file.
  private func drawMaps(
    on canvas: Canvas, _ rows: (start: Int, count: Int), _ columns: (start: Int, count: Int), at corner: Point,
    _ cell: Double
  ) {
    let maps = (0..<rows.count * columns.count).map { n in
      map(rows.start + n / columns.count, columns.start + n % columns.count).map { map -> Raster in
        let raster = Raster(map, .sequential(0...1), theme: canvas.theme)
        return raster.enlarged(by: max(1, 32 / max(raster.width, 1)))
      }
    }
    guard let size = maps.compactMap({ $0 }).first.map({ (width: $0.width, height: $0.height) }) else { return }
    let empty = Raster(Tensor.zeros([size.height, size.width]), .sequential(0...1), theme: canvas.theme)
    let gap = max(1, size.width / 16)
    let sheet = Raster.grid(
      maps.map { $0 ?? empty }, columns: columns.count, gap: gap, background: canvas.theme.background)
    // Half of the gap around the sheet lies outside the first and the last cell.
    let (right, down) = (cell / Double(size.width + gap), cell / Double(size.height + gap))
    canvas.image(
      sheet,
      in: Rect(
        x: corner.x - right * Double(gap) / 2, y: corner.y - down * Double(gap) / 2,
        width: right * Double(sheet.width), height: down * Double(sheet.height)))
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
}
