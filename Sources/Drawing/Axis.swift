#if canImport(Glibc)
  import Glibc
#endif

/// One axis of a chart: what it measures, in which unit, and how.
public struct Axis: Sendable {
  public enum Scale: Sendable, Equatable {
    case linear
    /// Base 10; values that are not positive are left out.
    case log
    /// Named places 0, 1, 2, …
    case categories([RichText])
  }

  /// Quantity and unit, such as "time (s)".
  public var label: RichText
  public var scale: Scale
  /// Ends of the axis; found from the data when nil.
  public var range: ClosedRange<Double>?
  /// Labelled values; chosen when nil.
  public var ticks: [Double]?

  public init(
    _ label: RichText, scale: Scale = .linear, range: ClosedRange<Double>? = nil, ticks: [Double]? = nil
  ) {
    if let range { precondition(scale != .log || range.lowerBound > 0, "logarithmic axis over \(range)") }
    self.label = label
    self.scale = scale
    self.range = range
    self.ticks = ticks
  }

  /// The range to show for data that spans `extent`.
  func domain(_ extent: ClosedRange<Double>?, padding: Double) -> ClosedRange<Double> {
    if case .categories(let names) = scale { return -0.5...(Double(max(names.count, 1)) - 0.5) }
    if let range, range.lowerBound < range.upperBound { return range }
    guard let extent else { return scale == .log ? 1...10 : 0...1 }
    let (low, high) = (extent.lowerBound, extent.upperBound)
    if scale == .log {
      let factor = low < high ? pow(high / low, padding) : 2
      return (low / factor)...(high * factor)
    }
    guard low < high else { return (low - max(abs(low) * 0.5, 0.5))...(high + max(abs(high) * 0.5, 0.5)) }
    // Data that ends at zero keeps zero as its end.
    let pad = padding * (high - low)
    return (low == 0 ? 0 : low - pad)...(high == 0 ? 0 : high + pad)
  }
}

/// Labelled and unlabelled marks of an axis.
struct Ticks: Equatable, Sendable {
  var values: [Double]
  var labels: [RichText]
  var minor: [Double] = []

  /// Marks within `domain`, at most about `count` of them.
  static func make(_ axis: Axis, domain: ClosedRange<Double>, count: Int) -> Ticks {
    if case .categories(let names) = axis.scale {
      return Ticks(values: names.indices.map(Double.init), labels: names)
    }
    if let chosen = axis.ticks {
      let inside = chosen.filter { domain.contains($0) }
      return Ticks(values: inside, labels: inside.map { RichText(verbatim: NumberText.short($0)) })
    }
    return axis.scale == .log ? logarithmic(domain, count: count) : linear(domain, count: count)
  }

  /// The step of 1, 2 or 5 times a power of ten that gives at most `count` intervals.
  static func step(_ span: Double, count: Int) -> Double {
    let raw = span / Double(max(count, 1))
    let power = pow(10, floor(log10(raw)))
    return ([1, 2, 5].map { $0 * power }.first { $0 >= raw * (1 - 1e-9) }) ?? 10 * power
  }

  static func linear(_ domain: ClosedRange<Double>, count: Int) -> Ticks {
    let span = domain.upperBound - domain.lowerBound
    let usual = step(span, count: count)
    // One mark tells no scale: then steps that are less round are taken.
    let step =
      ([1] + [0.8, 0.6, 0.5, 0.4]).map { $0 * usual }.first { multiples(of: $0, in: domain).count > 1 } ?? usual
    let values = multiples(of: step, in: domain).map { $0 * step }
    let decimals = max(0, Int(-floor(log10(step) + 1e-9)))
    let largest = max(abs(domain.lowerBound), abs(domain.upperBound))
    let isPlain = largest < 1e6 && decimals <= 4
    return Ticks(
      values: values,
      labels: values.map {
        RichText(verbatim: isPlain ? NumberText.fixed($0, decimals: decimals) : NumberText.short($0))
      })
  }

  /// The whole numbers whose products with `step` lie in the domain.
  private static func multiples(of step: Double, in domain: ClosedRange<Double>) -> [Double] {
    let first = (domain.lowerBound / step - 1e-9).rounded(.up)
    let last = (domain.upperBound / step + 1e-9).rounded(.down)
    return first <= last ? Array(stride(from: first, through: last, by: 1)) : []
  }

  static func logarithmic(_ domain: ClosedRange<Double>, count: Int) -> Ticks {
    let (low, high) = (log10(domain.lowerBound), log10(domain.upperBound))
    let decades = Array(Int((low - 1e-9).rounded(.up))...max(Int((low - 1e-9).rounded(.up)), Int(floor(high + 1e-9))))
    let stride = max(1, Int((Double(decades.count) / Double(max(count, 1))).rounded(.up)))
    var values = decades.filter { $0 % stride == 0 }.map { pow(10, Double($0)) }.filter { domain.contains($0) }
    let all = (Int(floor(low))...Int(floor(high))).flatMap { k in (1...9).map { Double($0) * pow(10, Double(k)) } }
    if values.count < 3 && high - low < 2 && count >= 4 {
      let fine = all.filter {
        domain.contains($0) && [1, 2, 5].contains(Int(($0 / pow(10, floor(log10($0) + 1e-9))).rounded()))
      }
      if fine.count >= 2 { values = fine } else { return linear(domain, count: count) }
    }
    let isPlain = values.allSatisfy { $0 >= 0.0009 && $0 < 20_000 }
    let labels = values.map { value -> RichText in
      if isPlain { return RichText(verbatim: NumberText.short(value, significant: 1)) }
      let exponent = Int(floor(log10(value) + 1e-9))
      let mantissa = Int((value / pow(10, Double(exponent))).rounded())
      return mantissa == 1
        ? NumberText.powerOfTen(exponent) : RichText(verbatim: "\(mantissa)·") + NumberText.powerOfTen(exponent)
    }
    return Ticks(
      values: values, labels: labels,
      minor: stride == 1 ? all.filter { domain.contains($0) && !values.contains($0) } : [])
  }
}

/// From values to places on the page along one axis.
public struct Projection: Sendable, Equatable {
  public let domain: ClosedRange<Double>
  /// Where the lower and the upper end of the domain lie, in points.
  public let start: Double
  public let end: Double
  public let isLogarithmic: Bool

  /// The place of `value`; NaN where a logarithmic axis has none.
  public func callAsFunction(_ value: Double) -> Double {
    func t(_ v: Double) -> Double { isLogarithmic ? (v > 0 ? log10(v) : .nan) : v }
    let (low, high) = (t(domain.lowerBound), t(domain.upperBound))
    return start + (t(value) - low) / (high - low) * (end - start)
  }
}
