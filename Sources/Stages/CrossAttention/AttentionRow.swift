import Drawing
import Pipelines
import Tensors

/// One row of one map, worked out: the scores of all tokens at one place, and what the softmax makes of them.
///
/// Of the layers with the largest maps, at the middle step, the place is taken at which some head gives a word of the prompt
/// the largest share.
struct AttentionRow {
  let layer: AttentionMaps.Layer
  let head: Int
  /// Its place on the map.
  let y, x: Int
  let timestep: Float
  /// The word with the largest share, a place among the tokens.
  let word: Int
  /// q·k/√d for every token.
  let scores: [Double]
  /// Their softmax.
  let shares: [Double]

  init(_ run: AttendedRun) {
    let words = run.tokens.places(of: .word)
    // A prompt without words has the end token to look at.
    let candidates = words.isEmpty ? run.tokens.places(of: .end) : words
    var best = (share: -Float.infinity, layer: 0, head: 0, place: 0, word: 0)
    for (index, layer) in run.maps.layers.enumerated() {
      guard layer.height == run.maps.height, let maps = run.maps.heads(ofLayer: index, atStep: run.middleStep)
      else { continue }
      let (tokens, places) = (maps.shape[1], layer.height * layer.width)
      maps.withUnsafeBufferPointer { p in
        for head in 0..<layer.heads {
          for word in candidates {
            for place in 0..<places where p[(head * tokens + word) * places + place] > best.share {
              best = (p[(head * tokens + word) * places + place], index, head, place, word)
            }
          }
        }
      }
    }
    layer = run.maps.layers[best.layer]
    (head, word, timestep) = (best.head, best.word, run.timesteps[run.middleStep])
    (y, x) = (best.place / layer.width, best.place % layer.width)
    let row = run.scores(ofLayer: best.layer)[index: best.head][index: best.place]
    scores = row.scalars.map(Double.init)
    shares = row.reshaped([1, -1]).softmax().scalars.map(Double.init)
  }

  /// The picture with the place marked, the scores and the shares.
  func figure(of run: AttendedRun, _ provenance: Provenance) -> Figure {
    let shown = ShownToken.all(of: run.tokens, limit: 12)
    let names = shown.map { RichText(verbatim: $0.places.count > 1 ? "padding (each)" : $0.label) }
    func bars(_ values: [Double], decimals: Int?) -> Bars {
      let means = shown.map { $0.places.map { values[$0] }.mean }
      let highlighted = shown.firstIndex { $0.places == [word] }
      return Bars(
        means, along: .x, color: .palette(0), highlights: highlighted.map { [$0: .palette(1)] } ?? [:],
        decimals: decimals)
    }
    let (tokens, share) = (run.tokens.tokens, NumberText.fixed(100 * shares[word], decimals: 0))
    return Figure(
      name: "attention-row",
      title: RichText("One place asks, every token answers: “\(tokens[word].text)” gets \(share) %"),
      caption: """
        One row of the map of head \(head + 1) in layer “\(layer.title)” at t = \(Int(timestep.rounded())): the framed place \
        (row \(y + 1), column \(x + 1) of \(layer.height)×\(layer.width)) sends its query q to the keys k of all \
        \(tokens.count) tokens. Middle: the scores q·k/√d. Right: their softmax, which adds up to 1; of the \
        \(run.tokens.places(of: .padding).count) padding tokens each gets the share shown on average.
        """,
      alternativeText: """
        The picture with one small square framed; beside it two bar charts over the tokens of the prompt: scores, positive \
        and negative, and the shares that follow from them, most of it at “\(tokens[word].text)”.
        """,
      provenance: provenance,
      content: Panels(
        rows: [
          [
            ImageGrid(
              rows: [[ImageCell(marked(run), .unit, caption: "the framed place asks")]]),
            Chart(
              title: "scores", x: Axis("q·k/√d"), y: Axis("", scale: .categories(names)),
              layers: [bars(scores, decimals: nil)]),
            Chart(
              title: "shares", x: Axis("softmax", range: 0...1.15, ticks: [0, 0.5, 1]),
              y: Axis("", scale: .categories(names)), layers: [bars(shares, decimals: 3)], showsY: false),
          ]
        ], columnWeights: [1, 1.1, 1]))
  }

  /// The picture, enlarged, with a frame around the place.
  private func marked(_ run: AttendedRun) -> Tensor {
    let (height, width) = (run.picture.shape[1] * 4, run.picture.shape[2] * 4)
    var picture = run.picture.upsampledNearest(height: height, width: width)
    let (rows, columns) = (
      y * height / layer.height..<(y + 1) * height / layer.height,
      x * width / layer.width..<(x + 1) * width / layer.width
    )
    let plane = height * width
    picture.withUnsafeMutableBufferPointer { p in
      func paint(_ row: Int, _ column: Int, _ value: Float) {
        guard (0..<height).contains(row), (0..<width).contains(column) else { return }
        for channel in 0..<3 { p[channel * plane + row * width + column] = value }
      }
      // A dark frame with a light one around it is seen on every ground.
      for (reach, value) in [(4, Float(1)), (3, 1), (2, 0), (1, 0)] {
        for column in columns.lowerBound - reach..<columns.upperBound + reach {
          paint(rows.lowerBound - reach, column, value)
          paint(rows.upperBound + reach - 1, column, value)
        }
        for row in rows.lowerBound - reach..<rows.upperBound + reach {
          paint(row, columns.lowerBound - reach, value)
          paint(row, columns.upperBound + reach - 1, value)
        }
      }
    }
    return picture
  }
}
