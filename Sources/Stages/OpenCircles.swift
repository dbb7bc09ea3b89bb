import Drawing

/// Measured points, as rings that leave a curve under them visible.
struct OpenCircles: ChartLayer {
  var label: RichText
  var x: [Double]
  var y: [Double]
  var color: ColorRole?

  init(_ label: RichText, x: [Double], y: [Double], color: ColorRole?) {
    (self.label, self.x, self.y, self.color) = (label, x, y, color)
  }

  func xExtent(positive: Bool) -> ClosedRange<Double>? { Scatter(x: x, y: y).xExtent(positive: positive) }
  func yExtent(positive: Bool) -> ClosedRange<Double>? { Scatter(x: x, y: y).yExtent(positive: positive) }

  func draw(on canvas: Canvas, in frame: ChartFrame, color: ColorRole) {
    for (x, y) in zip(x, y) {
      let ring = Path.circle(center: frame.point(x, y), radius: canvas.style.em(0.25))
      canvas.fill(ring, .background)
      canvas.stroke(ring, color, width: 1.4)
    }
  }

  func seriesLabel(in frame: ChartFrame) -> SeriesLabel? {
    guard !label.isEmpty else { return nil }
    return SeriesLabel(text: label, placement: .inside, anchors: zip(x, y).map { frame.point($0, $1) })
  }

  func obstacles(in frame: ChartFrame) -> [Point] { Scatter(x: x, y: y).obstacles(in: frame) }
}
