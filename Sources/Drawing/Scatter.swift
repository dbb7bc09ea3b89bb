/// Separate points, such as samples in the plane.
///
///     Scatter("data", x: xs, y: ys, radius: 1.5)
public struct Scatter: ChartLayer {
  public var label: RichText
  public var x: [Double]
  public var y: [Double]
  public var color: ColorRole?
  /// In points at 11-point labels; it grows with the type.
  public var radius: Double
  public var opacity: Double

  public init(
    _ label: RichText = "", x: [Double], y: [Double], color: ColorRole? = nil, radius: Double = 1.6,
    opacity: Double = 0.75
  ) {
    precondition(x.count == y.count, "\(x.count) x values, \(y.count) y values")
    self.label = label
    self.x = x
    self.y = y
    self.color = color
    self.radius = radius
    self.opacity = opacity
  }

  public var padsDomain: Bool { true }
  public var insideTexts: [RichText] { label.isEmpty ? [] : [label] }
  public func xExtent(positive: Bool) -> ClosedRange<Double>? { extent(x, positive: positive) }
  public func yExtent(positive: Bool) -> ClosedRange<Double>? { extent(y, positive: positive) }

  public func draw(on canvas: Canvas, in frame: ChartFrame, color: ColorRole) {
    let points = zip(x, y).map { frame.point($0, $1) }.filter { $0.x.isFinite && $0.y.isFinite }
    canvas.dots(points, radius: radius * canvas.style.pen, color, opacity: opacity)
  }

  public func seriesLabel(in frame: ChartFrame) -> SeriesLabel? {
    guard !label.isEmpty else { return nil }
    let points = zip(x, y).map { frame.point($0, $1) }.filter { frame.plot.contains($0) }
    return SeriesLabel(text: label, placement: .inside, anchors: points)
  }

  public func obstacles(in frame: ChartFrame) -> [Point] {
    // Each point as a tiny piece of a line, so that labels keep off it.
    zip(x, y).flatMap { x, y in
      let p = frame.point(x, y)
      return [Point(p.x - radius, p.y), Point(p.x + radius, p.y), Point(.nan, .nan)]
    }
  }
}
