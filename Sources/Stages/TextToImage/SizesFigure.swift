import Drawing
import Tensors

/// Rows of sizes, columns of seeds; all pictures at one scale, so that sizes can be compared.
struct SizesFigure {
  let rows: [SizeRow]
  let prompt: String
  let trainedSide: Int
  let seed: UInt64

  func figure(_ provenance: Provenance) -> Figure {
    Figure(
      name: "sizes-grid", title: "Other sizes run; what they show was never trained",
      caption: """
        “\(prompt)” from \(rows[0].pictures.count) seeds at sizes of \(sizes), width × height; the shapes of the latents \
        are channels, height, width. The same weights run at every size, since \
        convolutions and attention do not fix one, but the model was trained on \(trainedSide)×\(trainedSide) alone: on a \
        larger canvas things may be repeated, run into each other or lose their place.
        """,
      alternativeText: """
        Rows of pictures, one row for each size, all at the same scale: squares of the trained size in the first row, larger \
        and longer pictures below.
        """,
      provenance: provenance, content: ScaledRows(rows: rows, seed: seed))
  }

  private var sizes: String { rows.map { "\($0.width)×\($0.height)" }.joined(separator: ", ") }
}

/// Rows of pictures with their size before them, every pixel equally large.
private struct ScaledRows: Component {
  let rows: [SizeRow]
  let seed: UInt64

  private func labels(_ style: Style) -> Double {
    let widest = rows.map { style.size(of: label($0), .label).width }.max() ?? 0
    return widest + style.em(1)
  }

  private func label(_ row: SizeRow) -> RichText { RichText("\(row.width)×\(row.height)") }
  private func latents(_ row: SizeRow) -> RichText { RichText("latents \(row.latentShape)") }
  private func gap(_ style: Style) -> Double { style.em(0.8) }

  private var columns: Int { rows.map(\.pictures.count).max() ?? 0 }
  private var widest: Int { rows.map(\.width).max() ?? 1 }
  private var pixelRows: Int { rows.reduce(0) { $0 + $1.height } }

  func minimumSize(_ style: Style) -> Size {
    let scale = style.em(3.4) / Double(rows.map(\.height).min() ?? 1)
    return Size(
      sideWidth(style) + Double(columns * widest) * scale + gap(style) * Double(columns),
      Double(pixelRows) * scale + gap(style) * Double(rows.count - 1) + headHeight(style))
  }

  private func sideWidth(_ style: Style) -> Double {
    let notes = ["width × height"] + rows.map(latents)
    return max(labels(style), (notes.map { style.size(of: $0, .note).width }.max() ?? 0) + style.em(1))
  }
  private func headHeight(_ style: Style) -> Double { style.lineHeight(.label) + style.em(0.3) }

  private func scale(_ style: Style, width: Double, height: Double?) -> Double {
    let byWidth = (width - sideWidth(style) - gap(style) * Double(columns)) / Double(columns * widest)
    guard let height else { return byWidth }
    let room = height - gap(style) * Double(rows.count - 1) - headHeight(style)
    return min(byWidth, room / Double(pixelRows))
  }

  func preferredHeight(width: Double, _ style: Style) -> Double {
    let scale = scale(style, width: width, height: nil)
    return Double(pixelRows) * scale + gap(style) * Double(rows.count - 1) + headHeight(style)
  }

  func draw(on canvas: Canvas, in rect: Rect) {
    let style = canvas.style
    let scale = scale(style, width: rect.width, height: rect.height)
    let pitch = Double(widest) * scale + gap(style)
    let total = sideWidth(style) + Double(columns) * pitch - gap(style)
    let left = rect.minX + max(0, (rect.width - total) / 2)
    canvas.text("width × height", at: Point(left, rect.minY), .start, .top, role: .note, color: .muted)
    for column in 0..<columns {
      canvas.text(
        RichText("seed \(seed &+ UInt64(column))"),
        at: Point(left + sideWidth(style) + Double(column) * pitch, rect.minY), .start, .top, color: .muted)
    }
    var y = rect.minY + headHeight(style)
    for row in rows {
      let height = Double(row.height) * scale
      canvas.text(label(row), at: Point(left, y + height / 2 - style.em(0.1)), .start, .bottom)
      canvas.text(
        latents(row), at: Point(left, y + height / 2 + style.em(0.2)), .start, .top, role: .note, color: .muted)
      for (column, picture) in row.pictures.enumerated() {
        let place = Rect(
          x: left + sideWidth(style) + Double(column) * pitch, y: y, width: Double(row.width) * scale, height: height)
        canvas.image(Raster(picture, .unit, theme: canvas.theme).enlarged(by: 8), in: place)
        canvas.stroke(.rectangle(place), .axis, width: 0.5)
      }
      y += height + gap(style)
    }
  }
}
