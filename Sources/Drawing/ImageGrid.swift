import Tensors

/// One picture of a grid.
public struct ImageCell: Sendable {
  /// Shape [1, H, W], [3, H, W] or [H, W].
  public var image: Tensor
  public var mapping: PixelMapping
  /// Under the picture.
  public var caption: RichText?
  /// Colour of a frame that marks the picture; without one it gets a hairline.
  public var frame: ColorRole?

  public init(
    _ image: Tensor, _ mapping: PixelMapping = .symmetric, caption: RichText? = nil, frame: ColorRole? = nil
  ) {
    self.image = image
    self.mapping = mapping
    self.caption = caption
    self.frame = frame
  }

  var aspect: Double {
    let shape = image.shape.suffix(2)
    guard let height = shape.first, let width = shape.last, height > 0 else { return 1 }
    return Double(width) / Double(height)
  }
}

/// Pictures in rows and columns, enlarged without smoothing, with names of rows and columns and captions.
///
///     ImageGrid(rows: [noisy.map { ImageCell($0, .symmetric) }], columnLabels: ["t = 0", "t = 250"])
public struct ImageGrid: Component {
  /// Rows from top to bottom; nil leaves a place empty.
  public var rows: [[ImageCell?]]
  public var rowLabels: [RichText]
  public var columnLabels: [RichText]
  /// Signs between neighbouring columns, such as "→", "−", "=": one fewer than columns, or one that is repeated.
  public var separators: [RichText]
  public var title: RichText?
  /// A colour bar under the grid, explaining the mapping of the cells.
  public var colorBar: ColorBar?
  /// Largest side of a picture in label sizes.
  public var maximumEms: Double

  public init(
    rows: [[ImageCell?]], rowLabels: [RichText] = [], columnLabels: [RichText] = [], separators: [RichText] = [],
    title: RichText? = nil, colorBar: ColorBar? = nil, maximumEms: Double = 16
  ) {
    self.rows = rows
    self.rowLabels = rowLabels
    self.columnLabels = columnLabels
    self.separators = separators
    self.title = title
    self.colorBar = colorBar
    self.maximumEms = maximumEms
  }

  var columnCount: Int { rows.map(\.count).max() ?? 0 }

  /// Width / height of the first picture; a grid holds pictures of one shape.
  private var aspect: Double { rows.joined().compactMap { $0 }.first?.aspect ?? 1 }

  /// Distances that do not depend on the size of the pictures.
  private struct Spacing {
    var rowLabel: Double
    var columnLabel: Double
    var title: Double
    var captions: [Double]
    var gapX: Double
    var gapY: Double
    var colorBar: Double

    var vertical: Double { columnLabel + title + captions.reduce(0, +) + gapY * Double(max(captions.count - 1, 0)) }
  }

  private func spacing(_ style: Style, cellWidth: Double) -> Spacing {
    let widest = rowLabels.map { style.size(of: $0, .label).width }.max() ?? 0
    let separator = separators.map { style.size(of: $0, .label).width + style.em(0.8) }.max() ?? 0
    let columnHeight = columnLabels.map { style.size(of: $0, .label, width: cellWidth).height }.max() ?? 0
    return Spacing(
      rowLabel: widest > 0 ? widest + style.em(0.8) : 0,
      columnLabel: columnHeight > 0 ? columnHeight + style.em(0.35) : 0,
      title: title.map { style.size(of: $0, .heading).height + style.em(0.5) } ?? 0,
      captions: rows.map { row in
        let heights = row.compactMap { $0?.caption }.map { style.size(of: $0, .note, width: cellWidth).height }
        return heights.max().map { $0 + style.em(0.25) } ?? 0
      },
      gapX: max(style.em(0.55), separator), gapY: style.em(0.55),
      colorBar: colorBar.map { style.em(0.9) + $0.height(style) } ?? 0)
  }

  /// The least width in which column labels and captions stay readable: short ones on one line, long ones word by word.
  private func minimumCell(_ style: Style) -> Double {
    let labels = columnLabels.map { ($0, FontRole.label) }
    let captions = rows.joined().compactMap { $0?.caption }.map { ($0, FontRole.note) }
    let widths = (labels + captions).map { text, role in
      let whole = style.size(of: text, role).width
      return min(whole <= style.em(5) ? whole : style.longestWord(of: text, role), style.em(7)) + 2
    }
    return max(style.em(2.2), widths.max() ?? 0)
  }

  public func minimumSize(_ style: Style) -> Size {
    let cell = minimumCell(style)
    let s = spacing(style, cellWidth: cell)
    let columns = Double(columnCount)
    let bar = colorBar.map { $0.minimumWidth(style) } ?? 0
    return Size(
      max(s.rowLabel + columns * cell + max(columns - 1, 0) * s.gapX, bar),
      s.vertical + s.colorBar + Double(rows.count) * cell / aspect)
  }

  private func cellWidth(_ style: Style, width: Double, height: Double?) -> (Double, Spacing) {
    let columns = Double(max(columnCount, 1))
    let first = spacing(style, cellWidth: minimumCell(style))
    let byWidth = (width - first.rowLabel - (columns - 1) * first.gapX) / columns
    let s = spacing(style, cellWidth: max(byWidth, 1))
    guard let height else { return (min(byWidth, style.em(maximumEms)), s) }
    // Narrower cells may break labels into more lines, so the spacing for the narrowest is the safe one.
    let byHeight = (height - first.vertical - first.colorBar) / Double(max(rows.count, 1)) * aspect
    let cell = min(byWidth, byHeight, style.em(maximumEms))
    return (cell, spacing(style, cellWidth: cell))
  }

  public func preferredHeight(width: Double, _ style: Style) -> Double {
    let (cell, s) = cellWidth(style, width: width, height: nil)
    return spacing(style, cellWidth: cell).vertical + s.colorBar + Double(rows.count) * cell / aspect
  }

  public func draw(on canvas: Canvas, in rect: Rect) {
    let style = canvas.style
    let (cell, s) = cellWidth(style, width: rect.width, height: rect.height)
    let cellHeight = cell / aspect
    let columns = Double(columnCount)
    let total = Size(
      s.rowLabel + columns * cell + max(columns - 1, 0) * s.gapX,
      s.vertical + s.colorBar + Double(rows.count) * cellHeight)
    let left = rect.midX - total.width / 2 + s.rowLabel
    var y = rect.minY + max(0, (rect.height - total.height) / 2)
    if let title {
      canvas.text(title, at: Point(rect.midX - total.width / 2, y), .start, .top, role: .heading)
      y += s.title
    }
    for (c, label) in columnLabels.enumerated() {
      let x = left + Double(c) * (cell + s.gapX) + cell / 2
      canvas.text(
        label, at: Point(x, y + s.columnLabel - style.em(0.35)), .middle, .bottom,
        width: style.balancedWidth(of: label, .label, width: cell))
    }
    y += s.columnLabel
    for (r, row) in rows.enumerated() {
      let band = Rect(x: left, y: y, width: columns * (cell + s.gapX) - s.gapX, height: cellHeight)
      draw(row, number: r, on: canvas, in: band, cell: cell, gap: s.gapX)
      y += cellHeight + s.captions[r] + s.gapY
    }
    let bar = Rect(x: left, y: y - s.gapY + style.em(0.9), width: total.width - s.rowLabel, height: s.colorBar)
    colorBar?.draw(on: canvas, in: bar)
  }

  private func draw(_ row: [ImageCell?], number: Int, on canvas: Canvas, in band: Rect, cell: Double, gap: Double) {
    let style = canvas.style
    if number < rowLabels.count {
      canvas.text(rowLabels[number], at: Point(band.minX - style.em(0.8), band.midY), .end, .middle)
    }
    for (c, content) in row.enumerated() {
      let place = Rect(x: band.minX + Double(c) * (cell + gap), y: band.minY, width: cell, height: band.height)
      if c > 0, let sign = separators.isEmpty ? nil : separators[min(c - 1, separators.count - 1)] {
        canvas.text(sign, at: Point(place.minX - gap / 2, place.midY), .middle, .middle, color: .muted)
      }
      guard let content else { continue }
      let raster = Raster(content.image, content.mapping, theme: canvas.theme)
      let picture = place.fitted(aspect: content.aspect)
      canvas.image(raster.enlarged(for: picture.size), in: picture)
      if let frame = content.frame {
        canvas.stroke(.rectangle(picture.inset(by: -1.2 * style.pen)), frame, width: 2.2)
      } else {
        canvas.stroke(.rectangle(picture), .axis, width: 0.5)
      }
      if let caption = content.caption {
        canvas.text(
          caption, at: Point(place.midX, place.maxY + style.em(0.25)), .middle, .top, role: .note, color: .muted,
          width: style.balancedWidth(of: caption, .note, width: cell))
      }
    }
  }
}
