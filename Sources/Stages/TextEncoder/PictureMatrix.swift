import Drawing
import Tensors

/// A table of numbers between captions (rows) and pictures (columns), the pictures drawn above their columns.
struct PictureMatrix: Component {
  /// Shape [captions, pictures].
  let values: Tensor
  let captions: [String]
  /// Shape [N, 3, H, W] in −1…1.
  let pictures: Tensor
  let mapping: PixelMapping
  /// What the colours say.
  let measure: RichText

  private var rows: Int { captions.count }
  private var columns: Int { pictures.shape[0] }

  private func namesWidth(_ style: Style) -> Double {
    (captions.map { style.size(of: RichText(verbatim: $0), .note).width }.max() ?? 0) + style.em(0.5)
  }

  private func key(_ style: Style) -> Double { style.em(2.6) }

  func minimumSize(_ style: Style) -> Size {
    let cell = leastCell(style)
    return Size(
      namesWidth(style) + cell.width * Double(columns), cell.width + cell.height * Double(rows) + key(style))
  }

  private func leastCell(_ style: Style) -> Size { Size(style.em(1.9), style.em(1.15)) }

  func preferredHeight(width: Double, _ style: Style) -> Double {
    let cell = max((width - namesWidth(style)) / Double(columns), leastCell(style).width)
    return cell + max(0.62 * cell, leastCell(style).height) * Double(rows) + key(style)
  }

  func draw(on canvas: Canvas, in rect: Rect) {
    let style = canvas.style
    let free = rect.width - namesWidth(style)
    var width = min(free / Double(columns), style.em(3.4))
    var height = (rect.height - key(style) - width) / Double(rows)
    width = min(width, 2.2 * height)
    height = min((rect.height - key(style) - width) / Double(rows), width)
    let total = namesWidth(style) + width * Double(columns)
    let area = Rect(
      x: rect.midX - total / 2 + namesWidth(style), y: rect.minY + width, width: width * Double(columns),
      height: height * Double(rows))
    canvas.group("picture matrix") {
      for column in 0..<columns {
        let place = Rect(x: area.minX + Double(column) * width + 1, y: rect.minY, width: width - 2, height: width - 2)
        canvas.image(Raster(pictures[index: column], .symmetric).enlarged(by: 2), in: place)
        canvas.stroke(.rectangle(place), .axis, width: 0.5)
      }
      canvas.image(Raster(values, mapping, theme: canvas.theme).enlarged(by: 40), in: area)
      canvas.stroke(.rectangle(area), .axis, width: 0.5)
      drawNames(on: canvas, besides: area)
      drawBest(on: canvas, in: area)
      ColorBar.ends(mapping, measure).draw(
        on: canvas, in: Rect(x: area.minX, y: area.maxY + style.em(0.9), width: area.width, height: key(style)))
    }
  }

  private func drawNames(on canvas: Canvas, besides area: Rect) {
    let cell = area.height / Double(rows)
    for (row, caption) in captions.enumerated() {
      canvas.text(
        RichText(verbatim: caption),
        at: Point(area.minX - canvas.style.em(0.5), area.minY + (Double(row) + 0.5) * cell), .end, .middle, role: .note)
    }
  }

  /// A frame around the largest number of each column.
  private func drawBest(on canvas: Canvas, in area: Rect) {
    let (width, height) = (area.width / Double(columns), area.height / Double(rows))
    for column in 0..<columns {
      let best = (0..<rows).max { values[$0, column] < values[$1, column] } ?? 0
      let cell = Rect(
        x: area.minX + Double(column) * width, y: area.minY + Double(best) * height, width: width, height: height)
      canvas.stroke(.rectangle(cell.inset(by: 0.8)), .ink, width: 1.4)
    }
  }
}

extension ColorBar {
  /// With numbers at its ends and in the middle.
  static func ends(_ mapping: PixelMapping, _ label: RichText) -> ColorBar {
    let (low, high) = (mapping.range.lowerBound, mapping.range.upperBound)
    return ColorBar(mapping, label: label, ticks: [low, (low + high) / 2, high])
  }
}
