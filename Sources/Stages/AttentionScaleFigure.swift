import Drawing
import Tensors

/// Spread of the scores, the largest weight, and all weights at one d.
struct AttentionScaleFigure {
  let measured: [ScoreMeasurement]
  let middle: ScoreMeasurement

  func figure(_ provenance: Provenance) -> Figure {
    Figure(
      name: "attention-scale", title: "Without √d, long queries look at one key alone",
      caption: """
        Queries and keys drawn from N(0, I). Left: a product of two vectors of length d is a sum of d terms of variance 1, so \
        its standard deviation is √d (line; rings: measured). Middle: the largest of \(middle.scores.shape[1]) attention \
        weights, averaged over \(middle.scores.shape[0]) queries. Without the division softmax becomes a choice of one key, \
        through which no gradient flows. Right: all weights at d = \(middle.length), each query's sorted.
        """,
      alternativeText: """
        Three charts. The first shows rings along a straight line on logarithmic axes. In the second the largest weight rises \
        towards one without the division by root d, and stays level with it. The third shows sorted weights: one bar of \
        almost all without, a gentle slope with the division.
        """,
      provenance: provenance, content: Panels([spread, largest, weights], columns: 3, narrowColumns: 1))
  }

  private var lengths: [Double] { measured.map { Double($0.length) } }
  private var d: Axis { Axis("length d of q and k", scale: .log, ticks: [2, 8, 32, 128, 512]) }

  private var spread: Chart {
    Chart(
      x: d, y: Axis("standard deviation of q·k", scale: .log, ticks: [1, 2, 5, 10, 20]),
      layers: [
        Line("√d", x: lengths, y: measured.map(\.root), color: .ink, labelPlacement: .inside),
        OpenCircles("measured", x: lengths, y: measured.map(\.deviation), color: .palette(0)),
      ])
  }

  private var largest: Chart {
    Chart(
      x: d, y: Axis("largest weight", range: 0...1),
      layers: [
        Line(
          "softmax(q·k)", x: lengths, y: measured.map { $0.sortedWeights(divisor: 1)[0] }, color: .palette(1),
          markers: true, labelPlacement: .inside),
        Line(
          "softmax(q·k/√d)", x: lengths, y: measured.map { $0.sortedWeights(divisor: $0.root)[0] }, color: .palette(0),
          markers: true, labelPlacement: .inside),
        ReferenceLine(y: 1 / Double(middle.scores.shape[1]), label: "all keys alike"),
      ])
  }

  private var weights: Chart {
    let places = (1...middle.scores.shape[1]).map(Double.init)
    return Chart(
      x: Axis("key, by its weight", ticks: [1, 4, 8, 12, 16].filter { $0 <= Double(places.count) }),
      y: Axis("weight at d = \(middle.length)", range: 0...1),
      layers: [
        Line(
          "softmax(q·k)", x: places, y: middle.sortedWeights(divisor: 1), color: .palette(1), markers: true,
          labelPlacement: .inside),
        Line(
          "softmax(q·k/√d)", x: places, y: middle.sortedWeights(divisor: middle.root), color: .palette(0),
          markers: true,
          labelPlacement: .inside),
      ])
  }
}

/// Shares of the same scores at several temperatures, as bars side by side.
struct TemperatureFigure {
  let scores: ScoreMeasurement
  let temperatures: [Double]

  func figure(_ provenance: Provenance) -> Figure {
    let keys = scores.scores.shape[1]
    return Figure(
      name: "softmax-temperature", title: "A low temperature picks the best, a high one levels all",
      caption: """
        The same scores s, products q·k/√d of drawn queries and keys (d = \(scores.length)), turned into shares softmax(s/τ). \
        Each query's \(keys) shares are sorted, then averaged over \(scores.scores.shape[0]) queries. At every τ they add up \
        to 1; the dashed line is 1/\(keys), what each would get if all were alike.
        """,
      alternativeText: """
        Charts of bars, one chart for each temperature. At the lowest one bar holds most of the sum; the higher the \
        temperature, the more alike the bars become.
        """,
      provenance: provenance,
      content: Panels(temperatures.map(chart), columns: max(temperatures.count, 1), sharing: .y))
  }

  private func chart(_ temperature: Double) -> any Component {
    let shares = scores.sortedWeights(divisor: scores.root * temperature)
    let count = Double(shares.count)
    return Chart(
      title: RichText(verbatim: "τ = \(NumberText.short(temperature))"),
      x: Axis("key, by its share", range: -0.6...(count - 0.4), ticks: []), y: Axis("share"),
      layers: [Bars(shares, color: .palette(0), decimals: nil), ReferenceLine(y: 1 / count)])
  }
}
