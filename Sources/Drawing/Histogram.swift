#if canImport(Glibc)
  import Glibc
#endif
import Tensors

/// How often values fall into equal intervals, as a density (area 1) so that density curves can lie over it.
///
///     Chart(x: Axis("pixel value"), y: Axis("density"), layers: [
///       Histogram("x_t", values: noisy), Line.normal("N(0, 1)", over: -4...4)])
public struct Histogram: ChartLayer {
  public var label: RichText
  public var color: ColorRole?
  /// Ends of the intervals, one more than densities.
  public let edges: [Double]
  /// Share of the values in each interval divided by its width.
  public let densities: [Double]

  /// - Parameters:
  ///   - values: all elements are counted; those outside `range` only in the total.
  ///   - bins: number of intervals, at least 1.
  ///   - range: from the smallest to the largest value when nil.
  public init(
    _ label: RichText = "", values: Tensor, bins: Int = 40, range: ClosedRange<Double>? = nil,
    color: ColorRole? = nil
  ) {
    precondition(bins >= 1, "histogram with \(bins) bins")
    let scalars = values.scalars.map(Double.init).filter(\.isFinite)
    let found = range ?? extent(scalars, positive: false) ?? 0...1
    let domain = found.lowerBound < found.upperBound ? found : (found.lowerBound - 0.5)...(found.lowerBound + 0.5)
    let width = (domain.upperBound - domain.lowerBound) / Double(bins)
    var counts = [Int](repeating: 0, count: bins)
    for value in scalars where domain.contains(value) {
      counts[min(Int((value - domain.lowerBound) / width), bins - 1)] += 1
    }
    self.label = label
    self.color = color
    edges = (0...bins).map { domain.lowerBound + Double($0) * width }
    densities = counts.map { Double($0) / (Double(max(scalars.count, 1)) * width) }
  }

  public func xExtent(positive: Bool) -> ClosedRange<Double>? { extent(edges, positive: positive) }
  public func yExtent(positive: Bool) -> ClosedRange<Double>? { extent(densities + [0], positive: positive) }

  private func outline(in frame: ChartFrame) -> [Point] {
    var points = [frame.point(edges[0], 0)]
    for (i, density) in densities.enumerated() {
      points.append(frame.point(edges[i], density))
      points.append(frame.point(edges[i + 1], density))
    }
    return points + [frame.point(edges[edges.count - 1], 0)]
  }

  public func draw(on canvas: Canvas, in frame: ChartFrame, color: ColorRole) {
    let points = outline(in: frame)
    canvas.fill(.polyline(points, closed: true), color, opacity: 0.25)
    canvas.stroke(.polyline(points), color, width: 0.9)
  }

  public var insideTexts: [RichText] { label.isEmpty ? [] : [label] }

  public func seriesLabel(in frame: ChartFrame) -> SeriesLabel? {
    guard !label.isEmpty else { return nil }
    // Beside the high parts; the flat ends say little.
    let least = 0.4 * (densities.max() ?? 0)
    let tops = densities.indices.filter { densities[$0] >= least }.map {
      frame.point((edges[$0] + edges[$0 + 1]) / 2, densities[$0])
    }
    return SeriesLabel(text: label, placement: .inside, anchors: tops.filter { frame.plot.contains($0) })
  }

  public func obstacles(in frame: ChartFrame) -> [Point] { outline(in: frame) }
}

extension Line {
  /// The density of the normal distribution: exp(−(x − μ)²/2σ²) / (σ √(2π)).
  public static func normal(
    _ label: RichText = "N(0, 1)", mean: Double = 0, standardDeviation: Double = 1, over range: ClosedRange<Double>,
    color: ColorRole? = .ink, labelPlacement: LabelPlacement = .inside
  ) -> Line {
    Line(label, over: range, color: color, width: 1.4, labelPlacement: labelPlacement) { x in
      let z = (x - mean) / standardDeviation
      return exp(-z * z / 2) / (standardDeviation * (2 * Double.pi).squareRoot())
    }
  }
}
