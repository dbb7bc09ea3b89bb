import Drawing
import Tensors

extension UNetDiagram {
  /// One line of the notes on t.
  private enum TimeNote {
    case text(RichText, FontRole, ColorRole)
    case numbers(Tensor)
    case mark(RichText)
  }

  private var classWords: String { className.map { ", the vector of the class “\($0)” added" } ?? "" }

  private var timeNotes: [TimeNote] {
    [
      .text("t = \(timestep)", .heading, .palette(2)),
      .text("as \(map.timeProjection.count) sines and cosines,", .note, .ink),
      .numbers(map.timeProjection),
      .text(
        "through two layers\(classWords): \(map.timeEmbedding.count) numbers,", .note, .ink),
      .numbers(map.classEmbedding.map { map.timeEmbedding + $0 } ?? map.timeEmbedding),
      .mark("added in every block marked so"),
    ]
  }

  private func height(of note: TimeNote, _ style: Style, width: Double) -> Double {
    switch note {
    case .text(let text, let role, _): style.size(of: text, role, width: width).height + style.em(0.3)
    case .numbers: style.em(1.5)
    case .mark(let text): style.size(of: text, .note, width: width - style.em(1.4)).height + style.em(0.3)
    }
  }

  /// What the notes on t need when lines are broken at `width`.
  func timeHeight(_ style: Style, width: Double) -> Double {
    timeNotes.reduce(0) { $0 + height(of: $1, style, width: width) }
  }

  /// How t becomes the vector that every residual block receives, with its real numbers.
  func drawTime(on canvas: Canvas, in rect: Rect) {
    let style = canvas.style
    var y = rect.minY
    canvas.group("time") {
      for note in timeNotes {
        let place = Point(rect.minX, y)
        switch note {
        case .text(let text, let role, let color):
          canvas.text(text, at: place, .start, .top, role: role, color: color, width: rect.width)
        case .numbers(let values):
          draw(values, on: canvas, in: Rect(x: rect.minX, y: y, width: rect.width, height: style.em(0.9)))
        case .mark(let text):
          let indent = style.em(1.4)
          UNetDiagram.drawMark(on: canvas, at: Point(place.x + style.em(0.5), y + style.em(0.55)))
          canvas.text(
            text, at: Point(place.x + indent, y), .start, .top, role: .note, width: rect.width - indent)
        }
        y += height(of: note, style, width: rect.width)
      }
    }
  }

  /// Numbers as a strip of colours.
  private func draw(_ values: Tensor, on canvas: Canvas, in box: Rect) {
    let limit = max(values.scalars.map { abs($0) }.max() ?? 1, 1e-6)
    let raster = Raster(values.reshaped([1, 1, values.count]), .diverging(limit: limit), theme: canvas.theme)
    canvas.image(raster.enlarged(by: 8), in: box)
    canvas.stroke(.rectangle(box), .palette(2), width: 0.8)
  }

  /// What colours and arrows mean.
  func drawKey(on canvas: Canvas, in rect: Rect) {
    let style = canvas.style
    let indent = style.em(2)
    var y = rect.minY
    func entry(_ text: RichText, _ sign: (Rect) -> Void) {
      let height = max(style.size(of: text, .note, width: rect.width - indent).height, style.lineHeight(.note))
      sign(Rect(x: rect.minX, y: y + style.em(0.1), width: style.em(1.4), height: style.em(0.8)))
      canvas.text(
        text, at: Point(rect.minX + indent, y), .start, .top, role: .note, color: .muted, width: rect.width - indent)
      y += height + style.em(0.35)
    }
    func swatch(_ text: RichText, _ color: ColorRole) {
      entry(text) { canvas.stroke(.rectangle($0), color, width: 1.4) }
    }
    canvas.group("key") {
      swatch("3×3 convolution", .muted)
      swatch("residual block", UNetMap.Kind.residual.color)
      let takesText = map.layers.contains(where: \.takesText)
      swatch(
        takesText ? "residual block, then self- and cross-attention" : "residual block, then attention",
        UNetMap.Kind.residualWithAttention.color)
      if takesText {
        entry("here the text comes in: queries from the features, keys and values from τ_θ(y)") { box in
          UNetDiagram.drawMark("y", .palette(4), on: canvas, at: box.center)
        }
      }
      entry("half the size, twice the size") { box in
        canvas.arrow(
          from: Point(box.midX - style.em(0.3), box.minY), to: Point(box.midX - style.em(0.3), box.maxY), .muted)
        canvas.arrow(
          from: Point(box.midX + style.em(0.3), box.maxY), to: Point(box.midX + style.em(0.3), box.minY), .muted)
      }
      entry("skip connection: copied and appended as further channels") { box in
        canvas.arrow(
          from: Point(box.minX, box.midY), to: Point(box.maxX, box.midY), .palette(3), width: 0.9, dash: [3, 2])
      }
    }
  }
}
