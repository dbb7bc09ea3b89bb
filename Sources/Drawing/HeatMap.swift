import Tensors

/// A matrix as coloured cells, with names or axes at its sides and a colour bar.
///
///     HeatMap(similarities, .diverging(limit: 1), rowLabels: prompts, columnLabels: pictures, showsValues: true)
public struct HeatMap: Component {
  /// Shape [rows, columns].
  public var values: Tensor
  public var mapping: PixelMapping
  public var title: RichText?
  /// One name for each row; none when empty.
  public var rowLabels: [RichText]
  public var columnLabels: [RichText]
  /// What rows and columns are.
  public var rowTitle: RichText
  public var columnTitle: RichText
  /// Whether each cell shows its number.
  public var showsValues: Bool
  public var decimals: Int
  public var colorBar: ColorBar?

  /// - Parameter values: shape [rows, columns].
  public init(
    _ values: Tensor, _ mapping: PixelMapping, title: RichText? = nil, rowLabels: [RichText] = [],
    columnLabels: [RichText] = [], rowTitle: RichText = "", columnTitle: RichText = "", showsValues: Bool = false,
    decimals: Int = 2, colorBarLabel: RichText? = nil
  ) {
    precondition(values.rank == 2 && values.count > 0, "heat map of shape \(values.shape)")
    precondition(
      rowLabels.isEmpty || rowLabels.count == values.shape[0], "\(rowLabels.count) names for \(values.shape[0]) rows")
    precondition(
      columnLabels.isEmpty || columnLabels.count == values.shape[1],
      "\(columnLabels.count) names for \(values.shape[1]) columns")
    self.values = values
    self.mapping = mapping
    self.title = title
    self.rowLabels = rowLabels
    self.columnLabels = columnLabels
    self.rowTitle = rowTitle
    self.columnTitle = columnTitle
    self.showsValues = showsValues
    self.decimals = decimals
    colorBar = colorBarLabel.map { ColorBar(mapping, label: $0) }
  }

  private var rows: Int { values.shape[0] }
  private var columns: Int { values.shape[1] }

  // MARK: Room

  private func number(_ value: Float) -> RichText {
    RichText(verbatim: NumberText.fixed(Double(value), decimals: decimals))
  }

  private func leastCell(_ style: Style) -> Size {
    guard showsValues else {
      return Size(style.em(columnLabels.isEmpty ? 0.3 : 1.15), style.em(rowLabels.isEmpty ? 0.3 : 1.15))
    }
    let widest = values.scalars.map { style.size(of: number($0), .note).width }.max() ?? 0
    return Size(widest + style.em(0.9), style.em(1.5))
  }

  /// Names of columns stand upright when one of them is wider than a cell.
  private func turnsColumns(_ style: Style, cell: Double) -> Bool { widestName(style) > cell + 1e-9 }

  private func widestName(_ style: Style) -> Double {
    columnLabels.map { style.size(of: $0, .note).width + style.em(0.6) }.max() ?? 0
  }

  /// The least width of a cell on `width` points: wide enough for level names of columns where that is possible.
  private func cellWidth(_ style: Style, width: Double) -> Double {
    let least = leastCell(style)
    let wide = widestName(style)
    let left = insets(style, cell: wide).left
    let fits = wide * Double(columns) + left <= width && wide <= 3.6 * max(least.height, style.em(1.5))
    return fits ? max(wide, least.width) : least.width
  }

  private func insets(_ style: Style, cell: Double) -> Insets {
    let names = rowLabels.map { style.size(of: $0, .note).width }.max() ?? 0
    let head = title.map { style.size(of: $0, .heading).height + style.em(0.5) } ?? 0
    let above: Double
    if columnLabels.isEmpty {
      above = 0
    } else if turnsColumns(style, cell: cell) {
      above = (columnLabels.map { style.size(of: $0, .note).width }.max() ?? 0) + style.em(0.5)
    } else {
      above = style.lineHeight(.note) + style.em(0.3)
    }
    return Insets(
      top: head + (columnTitle.isEmpty ? 0 : style.lineHeight(.label) + style.em(0.2)) + above,
      left: (rowTitle.isEmpty ? 0 : style.lineHeight(.label) + style.em(0.4)) + (names > 0 ? names + style.em(0.5) : 0),
      bottom: colorBar.map { $0.height(style) + style.em(0.9) } ?? 0, right: 0)
  }

  public func minimumSize(_ style: Style) -> Size {
    let cell = leastCell(style)
    let insets = insets(style, cell: cell.width)
    let width = max(
      cell.width * Double(columns), style.em(4), columnTitle.isEmpty ? 0 : style.size(of: columnTitle, .label).width)
    let height = max(
      cell.height * Double(rows), style.em(4), rowTitle.isEmpty ? 0 : style.size(of: rowTitle, .label).width)
    let head = title.map { style.size(of: $0, .heading).width } ?? 0
    return Size(
      max(width + insets.left + insets.right, head, insets.left + (colorBar?.minimumWidth(style) ?? 0)),
      height + insets.top + insets.bottom)
  }

  public func preferredHeight(width: Double, _ style: Style) -> Double {
    let least = cellWidth(style, width: width)
    let insets = insets(style, cell: least)
    let cell = min((width - insets.left) / Double(columns), style.em(showsValues ? 2.2 : 4))
    return max(cell, leastCell(style).height) * Double(rows) + insets.top + insets.bottom
  }

  // MARK: Drawing

  public func draw(on canvas: Canvas, in rect: Rect) {
    let style = canvas.style
    let least = Size(cellWidth(style, width: rect.width), leastCell(style).height)
    let insets = insets(style, cell: least.width)
    let room = rect.inset(insets)
    // Square cells where the room allows, not larger than is needed to see them.
    let cap = max(style.em(4.5), style.em(14) / Double(max(rows, columns)))
    let side = min(room.width / Double(columns), room.height / Double(rows), cap)
    let (w, h) = (max(side, least.width), max(side, least.height))
    let size = Size(w * Double(columns), h * Double(rows))
    let total = size.width + insets.left
    let area = Rect(
      x: rect.midX - total / 2 + insets.left,
      y: rect.minY + insets.top + max(0, (room.height - size.height) / 2), width: size.width, height: size.height)
    canvas.group("heat map") {
      drawCells(on: canvas, in: area)
      drawNames(on: canvas, around: area, turned: turnsColumns(style, cell: least.width))
      if showsValues { drawNumbers(on: canvas, in: area) }
      let bar = Rect(
        x: area.minX, y: area.maxY + style.em(0.9), width: max(area.width, min(rect.maxX - area.minX, style.em(22))),
        height: insets.bottom)
      colorBar?.draw(on: canvas, in: bar)
    }
  }

  private func color(_ value: Float, _ map: ColorMap) -> Color { map.color(at: mapping.position(of: Double(value))) }

  /// As one enlarged picture: cells drawn as neighbouring shapes would show hairlines between them.
  private func drawCells(on canvas: Canvas, in area: Rect) {
    let raster = Raster(values, mapping, theme: canvas.theme)
    canvas.image(raster.enlarged(for: area.size), in: area)
    canvas.stroke(.rectangle(area), .axis, width: 0.5)
  }

  private func drawNumbers(on canvas: Canvas, in area: Rect) {
    let map = mapping.map(in: canvas.theme)
    let scalars = values.scalars
    let (w, h) = (area.width / Double(columns), area.height / Double(rows))
    for row in 0..<rows {
      for column in 0..<columns {
        let value = scalars[row * columns + column]
        let isDark = color(value, map).luminance < 0.2
        canvas.text(
          number(value), at: Point(area.minX + (Double(column) + 0.5) * w, area.minY + (Double(row) + 0.5) * h),
          .middle, .middle, role: .note, color: .fixed(isDark ? Color(gray: 1) : Color(gray: 0.08)))
      }
    }
  }

  private func drawNames(on canvas: Canvas, around area: Rect, turned: Bool) {
    let style = canvas.style
    let (w, h) = (area.width / Double(columns), area.height / Double(rows))
    for (row, name) in rowLabels.enumerated() {
      canvas.text(
        name, at: Point(area.minX - style.em(0.5), area.minY + (Double(row) + 0.5) * h), .end, .middle, role: .note)
    }
    var top = area.minY - (columnLabels.isEmpty ? style.em(0.3) : 0)
    for (column, name) in columnLabels.enumerated() {
      let middle = area.minX + (Double(column) + 0.5) * w
      let box =
        turned
        ? canvas.text(
          name, at: Point(middle, area.minY - style.em(0.4)), .start, .middle, role: .note, isRotated: true)
        : canvas.text(name, at: Point(middle, area.minY - style.em(0.3)), .middle, .bottom, role: .note)
      top = min(top, box.minY - style.em(0.3))
    }
    if !columnTitle.isEmpty {
      canvas.text(columnTitle, at: Point(area.midX, top), .middle, .bottom, color: .muted)
      top -= style.lineHeight(.label) + style.em(0.2)
    }
    let names = rowLabels.map { style.size(of: $0, .note).width }.max() ?? 0
    let left = area.minX - (names > 0 ? names + style.em(0.9) : style.em(0.4))
    if !rowTitle.isEmpty {
      canvas.text(rowTitle, at: Point(left, area.midY), .middle, .bottom, color: .muted, isRotated: true)
    }
    if let title { canvas.text(title, at: Point(area.minX, top - style.em(0.2)), .start, .bottom, role: .heading) }
  }
}
