import Drawing
import Tensors

extension UNetDiagram {
  /// How t becomes the vector that every residual block receives, with its real numbers.
  func drawTime(on canvas: Canvas, in rect: Rect) {
    let style = canvas.style
    var y = rect.minY
    func line(_ text: RichText, role: FontRole = .note, color: ColorRole = .ink) {
      canvas.text(text, at: Point(rect.minX, y), .start, .top, role: role, color: color, width: rect.width)
      y += style.size(of: text, role, width: rect.width).height + style.em(0.3)
    }
    func strip(_ values: Tensor) {
      let limit = max(values.scalars.map { abs($0) }.max() ?? 1, 1e-6)
      let box = Rect(x: rect.minX, y: y, width: rect.width, height: style.em(0.9))
      let raster = Raster(
        values.reshaped([1, 1, values.count]), .diverging(limit: limit), theme: canvas.theme)
      canvas.image(raster.enlarged(by: 8), in: box)
      canvas.stroke(.rectangle(box), .palette(2), width: 0.8)
      y += style.em(1.5)
    }
    canvas.group("time") {
      line("t = \(timestep)", role: .heading, color: .palette(2))
      line("as \(map.timeProjection.count) sines and cosines,")
      strip(map.timeProjection)
      line("through two layers, the vector of the class “\(className)” added: \(map.timeEmbedding.count) numbers,")
      strip(map.classEmbedding.map { map.timeEmbedding + $0 } ?? map.timeEmbedding)
      let mark = Point(rect.minX + style.em(0.5), y + style.em(0.55))
      UNetDiagram.drawMark(on: canvas, at: mark)
      let indent = style.em(1.4)
      canvas.text(
        "added in every block marked so", at: Point(rect.minX + indent, y), .start, .top, role: .note,
        width: rect.width - indent)
    }
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
      swatch("residual block, then attention", UNetMap.Kind.residualWithAttention.color)
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
