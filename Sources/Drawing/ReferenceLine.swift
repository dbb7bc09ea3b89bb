/// A quiet line across the chart at one value, with its name.
///
///     ReferenceLine(y: 0.5, label: "half the variance")
public struct ReferenceLine: ChartLayer {
  enum Position: Sendable, Equatable {
    case x(Double)
    case y(Double)
  }

  let position: Position
  public var label: RichText
  public var color: ColorRole?
  let isNamedAtEnd: Bool

  public init(x: Double, label: RichText = "", color: ColorRole? = .muted) {
    (position, self.label, self.color, isNamedAtEnd) = (.x(x), label, color, false)
  }

  /// - Parameter isNamedAtEnd: whether the name stands behind the right end, as those of curves do; inside the data
  ///   area it may have to cross them.
  public init(y: Double, label: RichText = "", color: ColorRole? = .muted, isNamedAtEnd: Bool = false) {
    (position, self.label, self.color, self.isNamedAtEnd) = (.y(y), label, color, isNamedAtEnd)
  }

  public var endLabel: RichText? { isNamedAtEnd && !label.isEmpty ? label : nil }

  public func seriesLabel(in frame: ChartFrame) -> SeriesLabel? {
    endLabel.map { SeriesLabel(text: $0, placement: .end, anchors: [ends(in: frame).1]) }
  }

  public var takesColor: Bool { color == nil }
  public var insideTexts: [RichText] { label.isEmpty || isNamedAtEnd ? [] : [label] }

  public func xExtent(positive: Bool) -> ClosedRange<Double>? {
    if case .x(let value) = position { extent([value], positive: positive) } else { nil }
  }

  public func yExtent(positive: Bool) -> ClosedRange<Double>? {
    if case .y(let value) = position { extent([value], positive: positive) } else { nil }
  }

  private func ends(in frame: ChartFrame) -> (Point, Point) {
    switch position {
    case .x(let value): (Point(frame.x(value), frame.plot.maxY), Point(frame.x(value), frame.plot.minY))
    case .y(let value): (Point(frame.plot.minX, frame.y(value)), Point(frame.plot.maxX, frame.y(value)))
    }
  }

  public func draw(on canvas: Canvas, in frame: ChartFrame, color: ColorRole) {
    let (a, b) = ends(in: frame)
    canvas.line(from: a, to: b, color, width: 1, dash: [3, 2.5])
  }

  public func obstacles(in frame: ChartFrame) -> [Point] {
    let (a, b) = ends(in: frame)
    return [a, b]
  }

  public func callouts(in frame: ChartFrame, style: Style) -> [Callout] {
    guard !label.isEmpty && !isNamedAtEnd else { return [] }
    let (a, b) = ends(in: frame)
    let steps = (0...24).map { Double($0) / 24 }
    let isUpright = if case .x = position { true } else { false }
    // An upright line is named from its top, a level one from its left end.
    return [
      Callout(
        text: label, color: color ?? .muted, target: isUpright ? b : a,
        sides: isUpright ? [.belowRight, .belowLeft] : [.aboveRight, .aboveLeft, .belowRight, .belowLeft],
        hasArrow: false,
        alternatives: steps.map { f in
          isUpright ? Point(b.x, b.y + (a.y - b.y) * f) : Point(a.x + (b.x - a.x) * f, a.y)
        })
    ]
  }
}

/// A text with an arrow to a point of the data.
///
///     Annotation("first step with more noise than signal", x: 258, y: 0.5, side: .aboveRight)
public struct Annotation: ChartLayer {
  public var text: RichText
  public var x: Double
  public var y: Double
  public var side: Callout.Side
  public var color: ColorRole?

  public init(
    _ text: RichText, x: Double, y: Double, side: Callout.Side = .aboveRight, color: ColorRole? = .ink
  ) {
    (self.text, self.x, self.y, self.side, self.color) = (text, x, y, side, color)
  }

  public var takesColor: Bool { color == nil }
  public var insideTexts: [RichText] { [text] }
  public func xExtent(positive: Bool) -> ClosedRange<Double>? { extent([x], positive: positive) }
  public func yExtent(positive: Bool) -> ClosedRange<Double>? { extent([y], positive: positive) }

  public func draw(on canvas: Canvas, in frame: ChartFrame, color: ColorRole) {
    let p = frame.point(x, y)
    canvas.fill(.circle(center: p, radius: 2.4 * canvas.style.pen), .background)
    canvas.stroke(.circle(center: p, radius: 2.4 * canvas.style.pen), color, width: 1.2)
  }

  public func callouts(in frame: ChartFrame, style: Style) -> [Callout] {
    [
      Callout(
        text: text, color: color ?? .ink, target: frame.point(x, y),
        sides: [side] + Callout.Side.allCases.filter { $0 != side }, hasArrow: true)
    ]
  }
}
