import Diffusion
import Drawing
import Foundation
import Tensors

/// Fréchet distance and share of garments named as wanted against calls of the network; this run as open circles.
struct SamplerQualityFigure {
  let rows: [SamplerComparison.Row]
  /// Garments of each sampler in this run.
  let count: Int
  let sweep: SamplerSweep?

  private static let kinds = SamplerKind.compared

  func figure(_ provenance: Provenance) -> Figure {
    let ticks = [1.0, 2, 5, 10, 20, 50, 100]
    let calls = Axis("calls of the network", scale: .log, range: 0.85...120, ticks: ticks)
    let share = Chart(
      title: "Share named as wanted", x: calls,
      y: Axis("%, circles: this run", range: 0...105, ticks: [0, 20, 40, 60, 80, 100]),
      layers: shareLayers + overshoot { 100 * $0.named })
    var panels: [any Component] = [share]
    if let sweep {
      let lines = Self.kinds.enumerated().map { index, kind -> any ChartLayer in
        let points = sweep.points(of: kind)
        return Line(
          RichText(verbatim: kind.title), x: points.map { Double($0.calls) }, y: points.map(\.frechet),
          color: .palette(index), width: 1.3, markers: true)
      }
      let distance = Chart(
        title: "Distance from real garments", x: calls,
        y: Axis("Fréchet distance, less is better", scale: .log, range: Self.decades(sweep.points.map(\.frechet))),
        layers: lines + overshoot(\.frechet))
      panels.append(distance)
    }
    return Figure(
      name: "sampler-quality", title: title,
      caption: """
        Share of garments of which the judge names the wanted class, and Fréchet distance between generated and real \
        garments in the judge's feature space, against calls of the network for one garment. Circles are this run's \
        \(count) garments of each sampler, bars their 95 % intervals; the curves have the colours named at the right. \
        \(sweep?.story(currentWeights: provenance.modelHash ?? "") ?? SamplerSweep.missing)
        """,
      alternativeText: """
        Curves of six samplers over the number of network calls: the share of garments named as wanted rises, the \
        Fréchet distance falls, steeply up to about ten calls and slowly after that. Two steps of Heun's method are \
        the exception: worse than one jump.
        """,
      provenance: provenance, content: Panels(rows: [panels]))
  }

  /// What the measurements say.
  private var title: RichText {
    guard let sweep else { return "What the judge says of six samplers" }
    // The fewest calls with which some sampler comes within a tenth of the best distance of all.
    let best = sweep.points.map(\.frechet).min() ?? 0
    guard let enough = sweep.points.filter({ $0.frechet <= 1.1 * best }).min(by: { $0.calls < $1.calls }) else {
      return "Quality against calls of the network"
    }
    return RichText("With \(enough.calls) calls \(enough.kind.title) comes as near to real garments as any sampler")
  }

  /// The powers of ten around positive values.
  private static func decades(_ values: [Double]) -> ClosedRange<Double> {
    let exponents = values.filter { $0 > 0 }.map(log10)
    return pow(
      10, floor(exponents.min() ?? 0))...pow(10, max(ceil(exponents.max() ?? 1), floor(exponents.min() ?? 0) + 1))
  }

  /// Names the point of Heun's two steps where it leaves the way of the others.
  private func overshoot(_ value: (SamplerSweep.Point) -> Double) -> [any ChartLayer] {
    guard let point = sweep?.heunOvershoots?.twoSteps else { return [] }
    return [Annotation("2 steps of Heun", x: Double(point.calls), y: value(point), side: .right)]
  }

  private var shareLayers: [any ChartLayer] {
    var layers: [any ChartLayer] = []
    for (index, kind) in Self.kinds.enumerated() {
      guard let points = sweep?.points(of: kind) else { continue }
      layers.append(
        Line(
          "", x: points.map { Double($0.calls) }, y: points.map { 100 * $0.named }, color: .palette(index), width: 1.1))
    }
    for (index, kind) in Self.kinds.enumerated() {
      guard let row = rows.first(where: { $0.kind == kind }) else { continue }
      // Most samplers made the same number of calls: a little apart, so that each can be seen.
      let x = Double(row.calls) * exp(0.055 * (Double(index) - 2.5))
      let (y, interval) = (100 * row.namedShare, shareInterval(row.namedShare, count: count))
      layers.append(
        Line(
          "", x: [x, x], y: [100 * interval.lowerBound, 100 * interval.upperBound], color: .palette(index), width: 1))
      let label = sweep == nil ? RichText(verbatim: kind.title) : ""
      layers.append(OpenCircles(label, x: [x], y: [y], color: .palette(index)))
    }
    return layers
  }
}
