import Drawing
import Tensors

/// The U-Net of a run as a drawing: a column for every layer, a row for every resolution.
///
/// The way down descends on the left and the way up rises on the right, so that every arrow between layers is straight and
/// the skip connections of a level lie inside one another.
struct UNetDiagram: Component {
  let map: UNetMap
  /// x_t, [1, H, W].
  let input: Tensor
  let timestep: Int
  /// The class the network is told; nil for a network that is told a text.
  let className: String?
  /// What the network predicts.
  var answer: RichText = "ε̂"
  /// Whether the notes on t and the key of colours are drawn.
  var hasNotes = true
  var hasKey = true
  var inputFrame = ColorRole.ink

  var levels: Int { map.down.count }
  /// Residual blocks of a level on the way down.
  private var steps: Int { map.down[0].count - 1 }
  /// The notes on t stand left of the levels from this one on: the two lowest, but not the one with the input.
  private var noteLevel: Int { max(levels - 2, min(1, levels - 1)) }
  private var middleColumn: Int { 2 + levels * steps }
  private var upColumn: Int { middleColumn + map.middle.count }
  private var outputColumn: Int { upColumn + levels * steps + 1 }
  var columns: Int { outputColumn + 1 }

  func minimumSize(_ style: Style) -> Size {
    let pitch = style.em(4.3)
    guard hasNotes else { return Size(Double(columns) * pitch, Double(levels) * style.em(6.2) + style.em(0.8)) }
    let notes = timeHeight(style, width: Double(1 + noteLevel * steps) * pitch - style.em(1))
    let row = max(style.em(6.2), notes / Double(levels - noteLevel))
    return Size(Double(columns) * pitch, Double(levels) * row + style.em(0.8))
  }

  func preferredHeight(width: Double, _ style: Style) -> Double {
    max(
      minimumSize(style).height, min(width / Double(columns), style.em(7)) * 1.5 * Double(levels) + style.em(0.8))
  }

  // MARK: Places

  /// Where layers stand in a rectangle.
  struct Grid {
    let pitch: Size
    let origin: Point
    let side: Double

    /// The picture at a column and row.
    func box(_ column: Int, _ row: Int) -> Rect {
      Rect(
        x: origin.x + (Double(column) + 0.5) * pitch.width - side / 2, y: origin.y + Double(row) * pitch.height,
        width: side, height: side)
    }
  }

  private func grid(in rect: Rect, _ style: Style) -> Grid {
    let pitch = Size(rect.width / Double(columns), (rect.height - style.em(0.8)) / Double(levels))
    let side = min(pitch.width - style.em(1), pitch.height - style.em(2.6), style.em(6))
    return Grid(pitch: pitch, origin: Point(rect.x, rect.y + style.em(0.8)), side: side)
  }

  private func downBox(_ grid: Grid, _ level: Int, _ step: Int) -> Rect { grid.box(1 + level * steps + step, level) }

  private func upBox(_ grid: Grid, _ level: Int, _ step: Int) -> Rect {
    grid.box(upColumn + (levels - 1 - level) * steps + step, level)
  }

  /// Where the answer is drawn.
  func answerPlace(in rect: Rect, _ style: Style) -> Rect { grid(in: rect, style).box(outputColumn, 0) }

  // MARK: Drawing

  func draw(on canvas: Canvas, in rect: Rect) {
    let grid = grid(in: rect, canvas.style)
    canvas.group("U-Net") {
      drawSkips(on: canvas, grid)
      drawArrows(on: canvas, grid)
      drawLayers(on: canvas, grid)
      drawRemarks(on: canvas, grid)
      let low = grid.box(0, noteLevel).minY
      let left = Rect(
        x: rect.minX, y: low, width: downBox(grid, noteLevel, 0).minX - rect.minX - canvas.style.em(1),
        height: rect.maxY - low)
      if hasNotes { drawTime(on: canvas, in: left) }
      guard hasKey else { return }
      let start = upBox(grid, noteLevel, steps).maxX + canvas.style.em(1.2)
      drawKey(on: canvas, in: Rect(x: start, y: low, width: rect.maxX - start, height: rect.maxY - low))
    }
  }

  private func drawLayers(on canvas: Canvas, _ grid: Grid) {
    let isLatent = input.shape[0] > 1
    drawPicture(
      isLatent ? input.tiled(columns: 2) : input, isLatent ? LatentTiles.mapping : .symmetric,
      named: isLatent ? "z_t" : "x_t", frame: inputFrame, on: canvas, in: grid.box(0, 0))
    for (level, layers) in map.down.enumerated() {
      for (step, layer) in layers.enumerated() { draw(layer, on: canvas, in: downBox(grid, level, step)) }
    }
    for (step, layer) in map.middle.enumerated() {
      draw(layer, on: canvas, in: grid.box(middleColumn + step, levels - 1))
    }
    for (level, layers) in map.up.enumerated() {
      for (step, layer) in layers.enumerated() { draw(layer, on: canvas, in: upBox(grid, level, step)) }
    }
    drawPicture(
      isLatent ? map.last.output.tiled(columns: 2) : map.last.output, .diverging(limit: 3), named: answer, on: canvas,
      in: grid.box(outputColumn, 0))
  }

  private func drawPicture(
    _ picture: Tensor, _ mapping: PixelMapping, named name: RichText, frame: ColorRole = .ink, on canvas: Canvas,
    in box: Rect
  ) {
    canvas.image(Raster(picture, mapping, theme: canvas.theme).enlarged(by: 8), in: box)
    canvas.stroke(.rectangle(box), frame, width: frame == .ink ? 1 : 2.4)
    canvas.text(name, at: Point(box.midX, box.maxY + canvas.style.em(0.2)), .middle, .top)
  }

  /// A layer's most lively channel before a stack of others.
  private func draw(_ layer: UNetMap.Layer, on canvas: Canvas, in box: Rect) {
    let style = canvas.style
    let color = layer.kind.color
    for depth in [2.0, 1.0] {
      let shift = style.em(0.2) * depth
      let back = Rect(x: box.x + shift, y: box.y - shift, width: box.width, height: box.height)
      canvas.fill(.rectangle(back), .surface)
      canvas.stroke(.rectangle(back), color, width: 0.6)
    }
    let channel = layer.liveliestChannel
    let limit = max(channel.scalars.map { abs($0) }.max() ?? 1, 1e-6)
    canvas.image(Raster(channel, .diverging(limit: limit), theme: canvas.theme).enlarged(by: 8), in: box)
    canvas.stroke(.rectangle(box), color, width: 1.4)
    if layer.takesTime { Self.drawMark(on: canvas, at: Point(box.minX, box.minY)) }
    if layer.takesText { Self.drawMark("y", .palette(4), on: canvas, at: Point(box.minX, box.maxY)) }
    canvas.text(
      layer.shortShape, at: Point(box.midX, box.maxY + style.em(0.35)), .middle, .top, role: .note, color: .muted)
  }

  /// The sign of a block that receives the time vector.
  static func drawMark(
    _ letter: RichText = "t", _ color: ColorRole = .palette(2), on canvas: Canvas, at center: Point
  ) {
    let radius = canvas.style.em(0.48)
    canvas.fill(.circle(center: center, radius: radius), color)
    canvas.text(letter, at: center, .middle, .middle, role: .note, color: .background)
  }

  private func drawArrows(on canvas: Canvas, _ grid: Grid) {
    let gap = canvas.style.em(0.15)
    func level(_ a: Rect, _ b: Rect) {
      canvas.arrow(from: Point(a.maxX + gap, a.midY), to: Point(b.minX - gap, b.midY), .muted, width: 1)
    }
    let labels = canvas.style.em(1.4)
    level(grid.box(0, 0), downBox(grid, 0, 0))
    for l in 0..<levels {
      for s in 0..<steps {
        level(downBox(grid, l, s), downBox(grid, l, s + 1))
        level(upBox(grid, l, s), upBox(grid, l, s + 1))
      }
      guard l + 1 < levels else { continue }
      let (from, to) = (downBox(grid, l, steps), downBox(grid, l + 1, 0))
      canvas.arrow(
        from: Point(from.midX, from.maxY + labels), to: Point(to.midX, to.minY - 2 * gap), .muted, width: 1)
      let (low, high) = (upBox(grid, l + 1, steps), upBox(grid, l, 0))
      canvas.arrow(
        from: Point(low.midX, low.minY - 2 * gap), to: Point(high.midX, high.maxY + labels), .muted, width: 1)
    }
    let bottom = (0..<map.middle.count).map { grid.box(middleColumn + $0, levels - 1) }
    let chain = [downBox(grid, levels - 1, steps)] + bottom + [upBox(grid, levels - 1, 0)]
    for (a, b) in zip(chain, chain.dropFirst()) { level(a, b) }
    level(upBox(grid, 0, steps), grid.box(outputColumn, 0))
  }

  /// What the two halves of the U are for.
  private func drawRemarks(on canvas: Canvas, _ grid: Grid) {
    let style = canvas.style
    let (left, right) = (downBox(grid, 0, steps), upBox(grid, 0, 0))
    canvas.text(
      "fine detail goes straight across", at: Point((left.maxX + right.minX) / 2, left.midY - style.em(0.35)), .middle,
      .bottom, color: .palette(3))
    guard levels >= 2 else { return }
    let (deep, out) = (downBox(grid, levels - 2, steps), upBox(grid, levels - 2, 0))
    canvas.text(
      "few pixels, many channels below", at: Point((deep.maxX + out.minX) / 2, deep.midY + style.em(0.35)), .middle,
      .top, color: .muted)
  }

  /// The last layer of a level goes straight across, the ones before it over its head.
  private func drawSkips(on canvas: Canvas, _ grid: Grid) {
    let style = canvas.style
    for level in 0..<levels {
      for step in 0...steps {
        let (from, to) = (downBox(grid, level, step), upBox(grid, level, steps - step))
        let isBottom = level == levels - 1
        var path = [Point(from.maxX, from.midY), Point(to.minX, to.midY)]
        if step < steps || isBottom {
          let rise = style.em(0.75 + 0.35 * Double(steps - step))
          let inset = from.width * 0.22
          path = [
            Point(from.maxX - inset, from.minY), Point(from.maxX - inset, from.minY - rise),
            Point(to.minX + inset, to.minY - rise), Point(to.minX + inset, to.minY - style.em(0.5)),
          ]
        }
        canvas.arrow(along: path, .palette(3), width: 0.9, dash: [3, 2])
      }
    }
  }
}

extension UNetMap.Kind {
  /// The colour of a layer's frame.
  var color: ColorRole {
    switch self {
    case .convolution, .downsampling, .upsampling: .muted
    case .residual: .palette(0)
    case .residualWithAttention, .residualWithTransformer: .palette(1)
    }
  }
}

extension UNetMap.Layer {
  /// Channels × pixels, short enough to stand under a picture: 24×32².
  var shortShape: RichText {
    let (channels, height, width) = (output.shape[0], output.shape[1], output.shape[2])
    return height == width ? "\(channels)×\(height)^2" : RichText(verbatim: shape)
  }

  /// The channel with the largest variance over its pixels, [1, H, W].
  var liveliestChannel: Tensor {
    let deviations = (0..<output.shape[0]).map { output[index: $0].standardDeviation() }
    let best = deviations.indices.max { deviations[$0] < deviations[$1] } ?? 0
    return output.sliced(best..<(best + 1))
  }
}
