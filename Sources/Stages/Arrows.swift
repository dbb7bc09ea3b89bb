import Drawing

/// Arrows of a field or of a construction, in the units of the axes.
struct Arrows: ChartLayer {
  struct Arrow {
    let from: (x: Double, y: Double)
    let to: (x: Double, y: Double)
  }

  /// Written at the tip of the last arrow.
  var label: RichText
  var arrows: [Arrow]
  var color: ColorRole?
  var width: Double
  var dash: [Double]

  init(_ label: RichText = "", _ arrows: [Arrow], color: ColorRole?, width: Double = 1.2, dash: [Double] = []) {
    (self.label, self.arrows, self.color, self.width, self.dash) = (label, arrows, color, width, dash)
  }

  private var ends: Scatter {
    let points = arrows.flatMap { [$0.from, $0.to] }
    return Scatter(x: points.map(\.x), y: points.map(\.y))
  }

  func xExtent(positive: Bool) -> ClosedRange<Double>? { ends.xExtent(positive: positive) }
  func yExtent(positive: Bool) -> ClosedRange<Double>? { ends.yExtent(positive: positive) }

  func draw(on canvas: Canvas, in frame: ChartFrame, color: ColorRole) {
    for arrow in arrows {
      let (from, to) = (frame.point(arrow.from.x, arrow.from.y), frame.point(arrow.to.x, arrow.to.y))
      canvas.arrow(from: from, to: to, color, width: width, dash: dash)
    }
  }

  var insideTexts: [RichText] { label.isEmpty ? [] : [label] }

  func seriesLabel(in frame: ChartFrame) -> SeriesLabel? {
    guard !label.isEmpty, let tip = arrows.last?.to else { return nil }
    return SeriesLabel(text: label, placement: .inside, anchors: [frame.point(tip.x, tip.y)])
  }

  /// Long arrows are kept free of text; a field of short ones is ground.
  func obstacles(in frame: ChartFrame) -> [Point] {
    guard !label.isEmpty else { return [] }
    return arrows.flatMap { [frame.point($0.from.x, $0.from.y), frame.point($0.to.x, $0.to.y)] }
  }
}
