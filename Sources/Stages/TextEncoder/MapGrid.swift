import Drawing
import Tensors

/// Square maps of one kind in rows and columns, whose own rows and columns are named once for all of them.
struct MapGrid: Component {
  /// Shape [n, n] each; rows from top to bottom.
  let maps: [[Tensor]]
  let mapping: PixelMapping
  /// Names of the maps' rows and columns.
  let names: [RichText]
  let rowTitles: [RichText]
  let columnTitles: [RichText]
  /// What the colours say.
  let measure: RichText

  private func namesWidth(_ style: Style) -> Double {
    (names.map { style.size(of: $0, .note).width }.max() ?? 0) + style.em(0.4)
  }

  private func insets(_ style: Style) -> Insets {
    Insets(
      top: style.lineHeight(.label) + style.em(0.3) + namesWidth(style),
      left: style.lineHeight(.label) + style.em(0.4) + namesWidth(style), bottom: style.em(2.4), right: 0)
  }

  private func gap(_ style: Style) -> Double { style.em(0.8) }
  private var columns: Int { maps.map(\.count).max() ?? 0 }

  /// Names of rows need a line each.
  private func leastSide(_ style: Style) -> Double { style.em(1.2) * Double(names.count) }

  /// Larger maps show nothing more, unless their names need the room.
  private func largestSide(_ style: Style) -> Double { max(style.em(18), leastSide(style)) }

  private func size(_ style: Style, side: Double) -> Size {
    let insets = insets(style)
    return Size(
      insets.left + Double(columns) * side + Double(columns - 1) * gap(style),
      insets.top + Double(maps.count) * side + Double(maps.count - 1) * gap(style) + insets.bottom)
  }

  func minimumSize(_ style: Style) -> Size { size(style, side: leastSide(style)) }

  func preferredHeight(width: Double, _ style: Style) -> Double {
    let free = width - size(style, side: 0).width
    return size(style, side: min(max(free / Double(columns), leastSide(style)), largestSide(style))).height
  }

  func draw(on canvas: Canvas, in rect: Rect) {
    let style = canvas.style
    let empty = size(style, side: 0)
    let side = min(
      (rect.width - empty.width) / Double(columns), (rect.height - empty.height) / Double(maps.count),
      largestSide(style))
    let whole = size(style, side: side)
    let insets = insets(style)
    let corner = Point(
      rect.midX - whole.width / 2 + insets.left, rect.minY + max(0, (rect.height - whole.height) / 2) + insets.top)
    func place(_ row: Int, _ column: Int) -> Rect {
      let step = side + gap(style)
      return Rect(
        x: corner.x + Double(column) * step, y: corner.y + Double(row) * step, width: side, height: side)
    }
    for (row, line) in maps.enumerated() {
      for (column, map) in line.enumerated() {
        let area = place(row, column)
        canvas.image(Raster(map, mapping, theme: canvas.theme).enlarged(by: 24), in: area)
        canvas.stroke(.rectangle(area), .axis, width: 0.5)
      }
      drawNames(besides: place(row, 0), rowTitles[row], on: canvas)
    }
    for column in 0..<columns { drawNames(above: place(0, column), columnTitles[column], on: canvas) }
    let last = place(maps.count - 1, 0)
    ColorBar.ends(mapping, measure).draw(
      on: canvas,
      in: Rect(x: last.minX, y: last.maxY + style.em(0.8), width: whole.width - insets.left, height: insets.bottom))
  }

  private func drawNames(besides area: Rect, _ title: RichText, on canvas: Canvas) {
    let style = canvas.style
    let cell = area.height / Double(names.count)
    for (index, name) in names.enumerated() {
      canvas.text(
        name, at: Point(area.minX - style.em(0.4), area.minY + (Double(index) + 0.5) * cell), .end, .middle, role: .note
      )
    }
    canvas.text(
      title, at: Point(area.minX - namesWidth(style) - style.em(0.4), area.midY), .middle, .bottom, color: .muted,
      isRotated: true)
  }

  private func drawNames(above area: Rect, _ title: RichText, on canvas: Canvas) {
    let style = canvas.style
    let cell = area.width / Double(names.count)
    for (index, name) in names.enumerated() {
      canvas.text(
        name, at: Point(area.minX + (Double(index) + 0.5) * cell, area.minY - style.em(0.4)), .start, .middle,
        role: .note, isRotated: true)
    }
    canvas.text(
      title, at: Point(area.midX, area.minY - namesWidth(style) - style.em(0.3)), .middle, .bottom, color: .muted)
  }
}
