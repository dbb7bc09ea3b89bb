import Drawing
import Tensors

/// Densities, integrands, and the cost of a wrong width.
struct GaussianDivergenceFigure {
  let pair: GaussianPair
  let curves: WidthCurves

  var figure: Figure {
    get throws(UserError) {
      let forward = NumberText.fixed(pair.integral(pair.forward), decimals: 2)
      let backward = NumberText.fixed(pair.integral(pair.backward), decimals: 2)
      return Figure(
        name: "gaussian-divergence",
        title: RichText(verbatim: "Divergence is no distance: KL(p‖q) = \(forward), KL(q‖p) = \(backward)"),
        caption: """
          Left: p = N(0, 1) and q = N(\(NumberText.short(pair.mean)), \(NumberText.short(pair.deviation))²). Middle: the \
          integrands p log(p/q) and q log(q/p); what lies below zero is subtracted, and the areas are the divergences. Right: \
          both ways for a q with the right mean and a wrong standard deviation. Where p has weight and q has none, KL(p‖q) \
          is dear: a q half as wide costs more than one twice as wide, and the other way round for KL(q‖p).
          """,
        alternativeText: """
          Three charts. Two bell curves, one narrow, one wide and moved to the right. Two curves that go below zero and above \
          it, one with the larger area. Two curves that touch zero where the deviation is one and rise to both sides, one \
          steeply to the left, the other to the right.
          """,
        provenance: Provenance(command: ""),
        content: Panels([densities, integrands, widths], columns: 3, narrowColumns: 1))
    }
  }

  private var shown: [Int] {
    let (low, high) = (min(-4, pair.mean - 3 * pair.deviation), max(4, pair.mean + 3 * pair.deviation))
    return pair.x.indices.filter { pair.x[$0] >= low && pair.x[$0] <= high && $0 % 8 == 0 }
  }

  private func curve(_ label: RichText, _ values: [Double], _ color: ColorRole, filled: Bool = false) -> Line {
    let (x, y) = (shown.map { pair.x[$0] }, shown.map { values[$0] })
    let band = filled ? Line.Band(lower: y.map { min($0, 0) }, upper: y.map { max($0, 0) }) : nil
    return Line(label, x: x, y: y, color: color, band: band, labelPlacement: .inside)
  }

  private var densities: Chart {
    Chart(
      x: Axis("x"), y: Axis("density", range: 0...highest),
      layers: [curve("p", pair.p, .palette(0)), curve("q", pair.q, .palette(1))])
  }

  /// A round number above both peaks.
  private var highest: Double { (max(pair.p.max() ?? 0, pair.q.max() ?? 0) * 11).rounded(.up) / 10 }

  private var integrands: Chart {
    Chart(
      x: Axis("x"), y: Axis("integrand"),
      layers: [
        curve("p log(p/q)", pair.forward, .palette(0), filled: true),
        curve("q log(q/p)", pair.backward, .palette(1), filled: true), ReferenceLine(y: 0),
      ])
  }

  private var widths: Chart {
    Chart(
      x: Axis("standard deviation of q, mean 0", scale: .log, ticks: [0.25, 0.5, 1, 2, 4]),
      y: Axis("divergence (nats)", range: 0...4),
      layers: [
        Line("KL(p‖q)", x: curves.deviations, y: curves.forward, color: .palette(0), labelPlacement: .inside),
        Line("KL(q‖p)", x: curves.deviations, y: curves.backward, color: .palette(1), labelPlacement: .inside),
      ])
  }
}
