/// A curve through points, with an optional band around it, named at its end.
///
///     Line("DDIM", x: steps, y: distances, markers: true)
public struct Line: ChartLayer {
  public enum Pattern: Sendable, Equatable {
    case solid, dashed, dotted

    func dash(_ width: Double) -> [Double] {
      switch self {
      case .solid: []
      case .dashed: [4 * width, 2.4 * width]
      case .dotted: [1.2 * width, 1.8 * width]
      }
    }
  }

  public var label: RichText
  public var x: [Double]
  public var y: [Double]
  public var color: ColorRole?
  /// In points.
  public var width: Double
  public var pattern: Pattern
  public var markers: Bool
  /// Lower and upper edge of a band, one value for each x.
  public var band: Band?
  public var labelPlacement: LabelPlacement

  public struct Band: Sendable {
    public var lower: [Double]
    public var upper: [Double]

    public init(lower: [Double], upper: [Double]) {
      self.lower = lower
      self.upper = upper
    }
  }

  /// - Parameters:
  ///   - label: name of the series; none when empty.
  ///   - x, y: equally many; points with NaN interrupt the curve.
  public init(
    _ label: RichText, x: [Double], y: [Double], color: ColorRole? = nil, width: Double = 1.6,
    pattern: Pattern = .solid,
    markers: Bool = false, band: Band? = nil, labelPlacement: LabelPlacement = .end
  ) {
    precondition(x.count == y.count, "\(x.count) x values, \(y.count) y values")
    if let band {
      precondition(
        band.lower.count == x.count && band.upper.count == x.count,
        "\(x.count) x values, band of \(band.lower.count) and \(band.upper.count)")
    }
    self.label = label
    self.x = x
    self.y = y
    self.color = color
    self.width = width
    self.pattern = pattern
    self.markers = markers
    self.band = band
    self.labelPlacement = labelPlacement
  }

  /// The graph of a function, sampled at equal distances.
  public init(
    _ label: RichText, over range: ClosedRange<Double>, samples: Int = 200, color: ColorRole? = nil,
    width: Double = 1.6, pattern: Pattern = .solid, labelPlacement: LabelPlacement = .end,
    _ function: (Double) -> Double
  ) {
    let x = (0..<samples).map {
      range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / Double(max(samples - 1, 1))
    }
    self.init(
      label, x: x, y: x.map(function), color: color, width: width, pattern: pattern, labelPlacement: labelPlacement)
  }

  public var endLabel: RichText? { labelPlacement == .end && !label.isEmpty ? label : nil }

  public var insideTexts: [RichText] { labelPlacement != .end && !label.isEmpty ? [label] : [] }
  public func xExtent(positive: Bool) -> ClosedRange<Double>? { extent(x, positive: positive) }

  public func yExtent(positive: Bool) -> ClosedRange<Double>? {
    let edges = (band?.lower ?? []) + (band?.upper ?? [])
    return extent(y + edges, positive: positive)
  }

  private func points(in frame: ChartFrame) -> [Point] {
    thinned(zip(x, y).map { frame.point($0, $1) })
  }

  public func draw(on canvas: Canvas, in frame: ChartFrame, color: ColorRole) {
    if let band {
      let upper = thinned(zip(x, band.upper).map { frame.point($0, $1) }).filter { $0.y.isFinite }
      let lower = thinned(zip(x, band.lower).map { frame.point($0, $1) }).filter { $0.y.isFinite }
      canvas.fill(.polyline(upper + lower.reversed(), closed: true), color, opacity: 0.18)
    }
    let points = points(in: frame)
    canvas.stroke(.polyline(points), color, width: width, dash: pattern.dash(width))
    guard markers else { return }
    for p in points where p.x.isFinite && p.y.isFinite {
      canvas.fill(.circle(center: p, radius: 1.6 * width * canvas.style.pen), color)
    }
  }

  public func seriesLabel(in frame: ChartFrame) -> SeriesLabel? {
    guard !label.isEmpty else { return nil }
    let visible = points(in: frame).filter { frame.plot.inset(by: -0.5).contains($0) }
    return SeriesLabel(text: label, placement: labelPlacement, anchors: visible)
  }

  public func obstacles(in frame: ChartFrame) -> [Point] { points(in: frame) }

  /// Of many points, what can be seen: in every half point of width the first, the extremes and the last.
  private func thinned(_ points: [Point]) -> [Point] {
    guard points.count > 2000 else { return points }
    var result: [Point] = []
    var column: [Point] = []
    func flush() {
      guard column.count > 4 else {
        result += column
        column = []
        return
      }
      let ys = column.map(\.y)
      let ends = [0, column.count - 1]
      let extremes = [ys.indices.min { ys[$0] < ys[$1] }, ys.indices.max { ys[$0] < ys[$1] }].compactMap { $0 }
      result += Set(ends + extremes).sorted().map { column[$0] }
      column = []
    }
    for point in points {
      guard point.x.isFinite && point.y.isFinite else {
        flush()
        result.append(point)
        continue
      }
      if let first = column.first, abs(point.x - first.x) > 0.5 { flush() }
      column.append(point)
    }
    flush()
    return result
  }
}
