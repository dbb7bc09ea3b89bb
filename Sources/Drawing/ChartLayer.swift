/// The data area of a chart and how values become places in it.
public struct ChartFrame: Sendable {
  public let plot: Rect
  public let x: Projection
  public let y: Projection

  public func point(_ x: Double, _ y: Double) -> Point { Point(self.x(x), self.y(y)) }
}

/// Where the name of a series stands.
public enum LabelPlacement: Sendable, Equatable {
  /// Behind its right end.
  case end
  /// Beside the curve where there is most room.
  case inside
  /// Beside the curve at this x.
  case at(Double)
}

/// The name of a series and where it may stand.
public struct SeriesLabel: Sendable {
  public var text: RichText
  public var placement: LabelPlacement
  /// Points the name may stand beside; the last one is the end.
  public var anchors: [Point]

  public init(text: RichText, placement: LabelPlacement, anchors: [Point]) {
    self.text = text
    self.placement = placement
    self.anchors = anchors
  }
}

/// Text of a chart that points at something and goes where there is room.
public struct Callout: Sendable {
  /// On which side of its target the text stands.
  public enum Side: Sendable, Equatable, CaseIterable {
    case above, below, right, left, aboveRight, aboveLeft, belowRight, belowLeft
  }

  public var text: RichText
  public var color: ColorRole
  /// What it points at.
  public var target: Point
  /// Sides of the target by preference.
  public var sides: [Side]
  /// Whether an arrow leads from the text to the target.
  public var hasArrow: Bool
  /// Other points that may be named instead of the target.
  public var alternatives: [Point] = []

  public init(
    text: RichText, color: ColorRole, target: Point, sides: [Side], hasArrow: Bool, alternatives: [Point] = []
  ) {
    self.text = text
    self.color = color
    self.target = target
    self.sides = sides
    self.hasArrow = hasArrow
    self.alternatives = alternatives
  }
}

/// One kind of data in a chart.
public protocol ChartLayer: Sendable {
  /// Colour; nil takes the next of the palette.
  var color: ColorRole? { get }
  /// Whether a colour of the palette is taken when `color` is nil.
  var takesColor: Bool { get }
  /// Whether the axis should end a little beyond the data.
  var padsDomain: Bool { get }
  /// Smallest and largest finite values; only the positive ones when asked.
  func xExtent(positive: Bool) -> ClosedRange<Double>?
  func yExtent(positive: Bool) -> ClosedRange<Double>?
  func draw(on canvas: Canvas, in frame: ChartFrame, color: ColorRole)
  /// Name of the series.
  func seriesLabel(in frame: ChartFrame) -> SeriesLabel?
  /// Text that has no fixed place.
  func callouts(in frame: ChartFrame, style: Style) -> [Callout]
  /// Lines that texts should keep off.
  func obstacles(in frame: ChartFrame) -> [Point]
  /// The text that needs room at the right side.
  var endLabel: RichText? { get }
  /// The texts that need room inside the data area.
  var insideTexts: [RichText] { get }
}

extension ChartLayer {
  public var takesColor: Bool { true }
  public var padsDomain: Bool { false }
  public var endLabel: RichText? { nil }
  public var insideTexts: [RichText] { [] }
  public func seriesLabel(in frame: ChartFrame) -> SeriesLabel? { nil }
  public func callouts(in frame: ChartFrame, style: Style) -> [Callout] { [] }
  public func obstacles(in frame: ChartFrame) -> [Point] { [] }
}

/// Smallest and largest finite value.
func extent(_ values: some Sequence<Double>, positive: Bool) -> ClosedRange<Double>? {
  var (low, high) = (Double.infinity, -Double.infinity)
  for value in values where value.isFinite && (!positive || value > 0) {
    low = min(low, value)
    high = max(high, value)
  }
  return low <= high ? low...high : nil
}

func union(_ a: ClosedRange<Double>?, _ b: ClosedRange<Double>?) -> ClosedRange<Double>? {
  guard let a else { return b }
  guard let b else { return a }
  return min(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
}
