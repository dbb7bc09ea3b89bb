import Drawing
import Tensors

/// The condition: text, tokens, embeddings, transformer, text states, and where they are looked for.
extension PosterPainter {
  private var left: Double { Self.areas.text + 1.3 }
  private var right: Double { Self.areas.end - 1.3 }
  private var width: Double { right - left }
  private var labelWidth: Double { 8.6 }

  func drawCondition() {
    var y = 4.0
    y = paragraph(RichText("y = “\(content.prompt)”"), left, y, width: width, role: .heading) + 0.5
    y = strips(content.embeddings, "embeddings", y) + 0.6
    arrow([(left + labelWidth + 9, y - 0.4), (left + labelWidth + 9, y + 1.3)])
    y = drawLayers(y + 1.6) + 0.5
    arrow([(left + labelWidth + 9, y - 0.3), (left + labelWidth + 9, y + 1.4)])
    let top = y + 1.7
    words("τ_θ", left, top - 0.9, .start, .middle, role: .title, color: Self.text)
    y = strips(content.states, "text states τ_θ(y)", top + 0.4)
    drawEntry(from: top + 0.4, to: y - 1.6)
    _ = drawMaps(y + 1.2)
  }

  /// A row of numbers for each token that is shown, named; returns where it ends.
  private func strips(_ rows: Tensor, _ name: RichText, _ top: Double) -> Double {
    let (count, columns) = (rows.shape[0], rows.shape[1])
    let height = 1.45
    let limit = 3 * max(rows.standardDeviation(), 1e-6)
    for (row, token) in content.tokens.enumerated() {
      let middle = top + (Double(row) + 0.5) * height
      words(RichText(verbatim: token.text), left + 5.6, middle, .end, .middle)
      words(RichText("\(token.id)"), left + labelWidth - 0.3, middle, .end, .middle, color: .muted)
    }
    let raster = Raster(rows.reshaped([1, count, columns]), .diverging(limit: limit), theme: canvas.theme)
    let place = rect(left + labelWidth, top, width - labelWidth, height * Double(count))
    // Rows are far apart and columns close together: enlarged so that no viewer blurs them.
    canvas.image(raster.enlarged(by: 8), in: place)
    for row in 0...count {
      let y = top + Double(row) * height
      canvas.line(
        from: point(left + labelWidth, y), to: point(right, y), .background, width: row % count == 0 ? 0 : 1.2)
    }
    canvas.stroke(.rectangle(place), Self.text, width: 1)
    let end = top + height * Double(count)
    words(
      name + RichText(", \(content.contextLength)×\(content.textWidth), first \(count) rows"), right, end + 0.25, .end,
      color: .muted)
    return end + 1.4
  }

  private func drawLayers(_ top: Double) -> Double {
    let count = content.layers.count
    let pitch = width / Double(count)
    let side = min(pitch - 1, 6.6)
    for (index, layer) in content.layers.enumerated() {
      let x = left + (Double(index) + 0.5) * pitch
      let shown = 0..<content.tokens.count
      let map = layer.attention.sliced(shown).sliced(shown, along: 1)
      picture(
        map.reshaped([1] + map.shape), .sequential(0...max(map.max, 1e-6)), at: x, top + side / 2 + 1.3, side: side,
        frame: Self.text)
      words(RichText(verbatim: layer.name), x, top + 1, .middle, .bottom)
    }
    let skipped = content.layerCount > count ? " of \(content.layerCount)" : ""
    words(
      RichText(
        "causal self-attention in \(count)\(skipped) layers, mean of the heads, first \(content.tokens.count) tokens: ")
        + content.equation("attention.causal"), left, top + side + 1.7, .start, color: .muted, width: width)
    return top + side + 1.7 + 2.4
  }

  /// The text goes to the network.
  private func drawEntry(from top: Double, to bottom: Double) {
    let (start, y) = ((top + bottom) / 2, 39.0)
    let edge = Self.areas.text - Self.gap
    let bend = edge + Self.gap / 2
    arrow([(left - 0.2, start), (bend, start), (bend, y), (edge - 2.3, y)], Self.text, width: 2.4)
    words("K, V", edge - 2.6, y, .end, .middle, role: .title, color: Self.text)
    words("into every block", edge - 2.3, y + 0.9, .end, color: Self.text)
    words("marked y", edge - 2.3, y + 2, .end, color: Self.text)
  }

  private func drawMaps(_ top: Double) -> Double {
    var y = paragraph(
      "cross-attention: each place of the latents asks which words matter to it", left, top, width: width,
      role: .label, color: Self.text)
    y = paragraph(content.equation("attention.scaled_dot_product"), left, y, width: width)
    y = paragraph(
      "Q from the feature maps, K and V from τ_θ(y). Where each word is looked at, mean of the heads and of the layers of full resolution at this step; each map is scaled by itself:",
      left, y, width: width, color: .muted)
    let shown = content.maps.prefix(10)
    let columns = columns(forMaps: shown.count, room: ArchitecturePoster.size.height - 1.5 - y)
    let pitch = width / Double(columns)
    let side = min(pitch - 0.7, 7.6)
    for (index, entry) in shown.enumerated() {
      let x = left + (Double(index % columns) + 0.5) * pitch
      let row = y + Double(index / columns) * (side + 1.7) + 0.4
      picture(
        entry.map.reshaped([1] + entry.map.shape), .sequential(0...max(entry.map.max, 1e-6)), at: x, row + side / 2,
        side: side)
      words(RichText(verbatim: entry.word), x, row + side + 0.2)
    }
    return y + Double((shown.count + columns - 1) / columns) * (side + 1.7)
  }

  /// As few columns as the room below allows, so that maps are large.
  private func columns(forMaps count: Int, room: Double) -> Int {
    let fitting = (2...6).first { columns in
      let side = min(width / Double(columns) - 0.7, 7.6)
      return Double((count + columns - 1) / columns) * (side + 1.7) + 0.4 <= room
    }
    return fitting ?? 6
  }
}
