import Drawing

/// Every pair as two points, for the names and for the tokens after them, and the layers as bars.
struct AttentionHalvesFigure {
  let pairs: [AttentionSweep.Row]
  let live: [AttentionSweep.Row]
  /// Mean shares of the names' maps.
  let layers: [(title: String, share: Double)]

  func figure(source: String, _ provenance: Provenance) -> Figure {
    let names = own(pairs.flatMap { [$0.shares.first, $0.shares.second] })
    let after = own(pairs.flatMap { [$0.shares.next, 1 - $0.shares.end] })
    return Figure(
      name: "attention-halves",
      title: RichText(
        "On the side of their object: \(names) of the names’ maps, \(after) of those of the token after a name"),
      caption: """
        Left: runs of “A left of B”. Across, the share of A's mean map in the left half of the picture, upwards that of B's in \
        the right half; a map that is even everywhere has 50 %. In the second colour the same for the tokens after them, \
        “left” and the end token. Circles are runs of now. Right: the share of the names' maps for each layer, averaged over \
        both objects and all pairs. \(source)
        """,
      alternativeText: """
        A square chart with two clouds of points, one for the names and one for the tokens after them, divided by lines at 50 \
        percent; beside it a bar for each layer of the network.
        """,
      provenance: provenance, content: Panels(rows: [[points, bars]], columnWeights: [1, 1]))
  }

  /// The share of values above ½, in percent.
  private func own(_ shares: [Double]) -> String {
    NumberText.fixed(100 * Double(shares.count { $0 > 0.5 }) / Double(max(shares.count, 1)), decimals: 0) + " %"
  }

  private var points: Chart {
    func percent(_ rows: [AttentionSweep.Row], _ part: (AttentionSweep.Row) -> Double) -> [Double] {
      rows.map { 100 * part($0) }
    }
    let end = { (row: AttentionSweep.Row) in 1 - row.shares.end }
    let ticks = [0.0, 25, 50, 75, 100]
    return Chart(
      title: "each pair", x: Axis("A’s side: share in the left half (%)", range: 0...100, ticks: ticks),
      y: Axis("B’s side: share in the right half (%)", range: 0...100, ticks: ticks),
      layers: [
        ReferenceLine(x: 50), ReferenceLine(y: 50),
        Scatter(
          "names", x: percent(pairs, \.shares.first), y: percent(pairs, \.shares.second), color: .palette(0),
          radius: 1.8),
        Scatter(
          "tokens after", x: percent(pairs, \.shares.next), y: percent(pairs, end), color: .palette(1), radius: 1.8),
        OpenCircles("", x: percent(live, \.shares.first), y: percent(live, \.shares.second), color: .palette(0)),
        OpenCircles("", x: percent(live, \.shares.next), y: percent(live, end), color: .palette(1)),
      ], aspect: 1)
  }

  private var bars: Chart {
    Chart(
      title: "names, by layer", x: Axis("own side (%)", range: 0...115, ticks: [0, 25, 50, 75, 100]),
      y: Axis("", scale: .categories(layers.map { RichText(verbatim: $0.title) })),
      layers: [Bars(layers.map { 100 * $0.share }, along: .x, color: .palette(0), decimals: 0)])
  }
}
