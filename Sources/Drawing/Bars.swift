/// One bar for each category, with error bars and numbers.
///
/// The axis with `.categories` says which way the bars point: names on x give upright bars, on y level ones.
///
///     Chart(x: Axis("Fréchet distance"), y: Axis("", scale: .categories(samplers)), layers: [
///       Bars(distances, errors: deviations, along: .x)])
public struct Bars: ChartLayer {
  public enum Direction: Sendable, Equatable {
    /// The values lie on the x axis, the names on the y axis.
    case x
    /// The values lie on the y axis, the names on the x axis.
    case y
  }

  public var values: [Double]
  /// Half lengths of the error bars; none when empty.
  public var errors: [Double]
  public var direction: Direction
  public var color: ColorRole?
  /// Colours of single bars that are to stand out.
  public var highlights: [Int: ColorRole]
  /// Digits behind the point of the number at each bar; no numbers when nil.
  public var decimals: Int?

  public init(
    _ values: [Double], errors: [Double] = [], along direction: Direction = .y, color: ColorRole? = nil,
    highlights: [Int: ColorRole] = [:], decimals: Int? = 2
  ) {
    precondition(errors.isEmpty || errors.count == values.count, "\(values.count) bars, \(errors.count) errors")
    self.values = values
    self.errors = errors
    self.direction = direction
    self.color = color
    self.highlights = highlights
    self.decimals = decimals
  }

  private func error(_ i: Int) -> Double { errors.isEmpty ? 0 : errors[i] }

  /// Values with their errors, zero, and room for the numbers.
  private var valueExtent: ClosedRange<Double>? {
    let ends = values.indices.flatMap { [values[$0] + error($0), values[$0] - error($0)] }
    guard let found = extent(ends + [0], positive: false) else { return nil }
    guard decimals != nil else { return found }
    let room = (found.upperBound - found.lowerBound) * (direction == .x ? 0.16 : 0.1)
    return (found.lowerBound < 0 ? found.lowerBound - room : 0)...(found.upperBound > 0 ? found.upperBound + room : 0)
  }

  public func xExtent(positive: Bool) -> ClosedRange<Double>? { direction == .x ? valueExtent : nil }
  public func yExtent(positive: Bool) -> ClosedRange<Double>? { direction == .y ? valueExtent : nil }

  public func draw(on canvas: Canvas, in frame: ChartFrame, color: ColorRole) {
    let isUpright = direction == .y
    let along = isUpright ? frame.y : frame.x
    let across = isUpright ? frame.x : frame.y
    let half = 0.31 * abs(across(1) - across(0))
    func point(_ value: Double, _ offset: Double) -> Point {
      isUpright ? Point(offset, value) : Point(value, offset)
    }
    for (i, value) in values.enumerated() where value.isFinite {
      let (middle, end, zero) = (across(Double(i)), along(value), along(0))
      let corners = [
        point(zero, middle - half), point(end, middle - half), point(end, middle + half), point(zero, middle + half),
      ]
      let paint = (highlights[i] ?? color).color(in: canvas.theme).opacity(0.78).over(canvas.theme.background)
      canvas.fill(.polyline(corners, closed: true), .fixed(paint))
      if error(i) > 0 {
        let (low, high, cap) = (along(value - error(i)), along(value + error(i)), half * 0.28)
        canvas.line(from: point(low, middle), to: point(high, middle), .ink, width: 1)
        for tip in [low, high] {
          canvas.line(from: point(tip, middle - cap), to: point(tip, middle + cap), .ink, width: 1)
        }
      }
      drawNumber(i, at: along(value + (value < 0 ? -error(i) : error(i))), middle: middle, on: canvas)
    }
    canvas.line(
      from: isUpright ? Point(frame.plot.minX, along(0)) : Point(along(0), frame.plot.minY),
      to: isUpright ? Point(frame.plot.maxX, along(0)) : Point(along(0), frame.plot.maxY), .axis, width: 0.8)
  }

  private func drawNumber(_ i: Int, at end: Double, middle: Double, on canvas: Canvas) {
    guard let decimals else { return }
    let text = RichText(verbatim: NumberText.fixed(values[i], decimals: decimals))
    let gap = canvas.style.em(0.35)
    let isNegative = values[i] < 0
    if direction == .y {
      canvas.text(
        text, at: Point(middle, isNegative ? end + gap : end - gap), .middle, isNegative ? .top : .bottom, role: .note)
    } else {
      canvas.text(
        text, at: Point(isNegative ? end - gap : end + gap, middle), isNegative ? .end : .start, .middle, role: .note)
    }
  }
}
