import Tensors

/// The key to a colour mapping: a strip with ticks.
public struct ColorBar: Sendable {
  public var mapping: PixelMapping
  /// What the colours measure.
  public var label: RichText
  public var ticks: [Double]?

  public init(_ mapping: PixelMapping, label: RichText = "", ticks: [Double]? = nil) {
    self.mapping = mapping
    self.label = label
    self.ticks = ticks
  }

  /// Height of strip, ticks and label.
  public func height(_ style: Style) -> Double { style.em(0.7) + style.em(0.3) + style.lineHeight(.note) }

  /// Width of a strip with its label beside it.
  func minimumWidth(_ style: Style) -> Double {
    (label.isEmpty ? 0 : style.size(of: label, .label).width + style.em(0.8)) + style.em(8)
  }

  /// A level strip at the left end of `rect`, its label before it.
  public func draw(on canvas: Canvas, in rect: Rect) {
    let style = canvas.style
    let labelWidth = label.isEmpty ? 0 : style.size(of: label, .label).width + style.em(0.8)
    let inset = style.em(1)
    let width = min(rect.width - labelWidth - inset, style.em(20))
    let strip = Rect(x: rect.minX + labelWidth, y: rect.minY, width: width, height: style.em(0.7))
    if !label.isEmpty { canvas.text(label, at: Point(rect.minX, strip.midY), .start, .middle, color: .muted) }
    canvas.image(ramp(style.theme), in: strip)
    let axis = Axis(label, range: mapping.range, ticks: ticks)
    let projection = Projection(
      domain: mapping.range, start: strip.minX, end: strip.maxX, isLogarithmic: false)
    let marks = Ticks.make(axis, domain: mapping.range, count: max(2, min(5, Int(width / style.em(3.5)))))
    for (value, text) in zip(marks.values, marks.labels) {
      let at = projection(value)
      canvas.line(from: Point(at, strip.maxY), to: Point(at, strip.maxY + style.em(0.2)), .axis, width: 0.8)
      canvas.text(text, at: Point(at, strip.maxY + style.em(0.3)), .middle, .top, role: .note, color: .muted)
    }
  }

  private func ramp(_ theme: Theme) -> Raster {
    let table = mapping.map(in: theme).table
    let bytes = table.flatMap { [Raster.byte($0.red), Raster.byte($0.green), Raster.byte($0.blue)] }
    return Raster(width: table.count, height: 1, bytes: bytes).enlarged(by: 4)
  }
}
