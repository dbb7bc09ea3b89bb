/// Names of series and annotations of one chart, placed so that they collide with nothing.
struct ChartLabels {
  let layers: [any ChartLayer]
  let colors: [ColorRole]
  let frame: ChartFrame
  /// How far to the right names may reach.
  let right: Double

  private static let sidesOfCurve: [Callout.Side] = [
    .aboveRight, .belowLeft, .belowRight, .aboveLeft, .right, .left, .above, .below,
  ]

  private struct Item {
    var index: Int
    var label: SeriesLabel
    var color: ColorRole
  }

  func draw(on canvas: Canvas) {
    let items = layers.enumerated().compactMap { index, layer in
      layer.seriesLabel(in: frame).map { Item(index: index, label: $0, color: colors[index]) }
    }.filter { !$0.label.anchors.isEmpty }
    drawEndLabels(items.filter { $0.label.placement == .end }, on: canvas)
    var placer = LabelPlacer(bounds: frame.plot.inset(by: 1), obstacles: layers.map { $0.obstacles(in: frame) })
    let callouts = layers.enumerated().flatMap { index, layer in
      layer.callouts(in: frame, style: canvas.style).map { (index, $0) }
    }
    // What has the least choice comes first.
    for (index, callout) in callouts where !callout.hasArrow { draw(callout, own: index, on: canvas, with: &placer) }
    for item in items where item.label.placement != .end { draw(item, on: canvas, with: &placer) }
    for (index, callout) in callouts where callout.hasArrow { draw(callout, own: index, on: canvas, with: &placer) }
  }

  // MARK: At the ends of curves

  private func drawEndLabels(_ items: [Item], on canvas: Canvas) {
    let style = canvas.style
    let left = frame.plot.maxX + style.em(0.7)
    let width = right - left
    let blocks = items.map { style.size(of: $0.label.text, .label, width: width).height }
    let wanted = items.map { $0.label.anchors.last?.y ?? 0 }
    let middles = LabelPlacer.spread(
      wanted, heights: blocks.map { $0 + style.em(0.1) }, within: (frame.plot.minY - style.em(0.4))...frame.plot.maxY)
    for (item, middle) in zip(items, middles) {
      guard let end = item.label.anchors.last else { continue }
      // A thin line where the name had to move or the curve ends before the right edge.
      if abs(end.y - middle) > style.em(0.45) || frame.plot.maxX - end.x > style.em(1.5) {
        canvas.stroke(
          .polyline([
            end, Point(max(end.x, frame.plot.maxX) + style.em(0.15), end.y), Point(left - style.em(0.15), middle),
          ]),
          item.color, width: 0.6, opacity: 0.7)
      }
      canvas.text(item.label.text, at: Point(left, middle), .start, .middle, color: item.color, width: width)
    }
  }

  // MARK: Inside the data area

  private func draw(_ item: Item, on canvas: Canvas, with placer: inout LabelPlacer) {
    let style = canvas.style
    let size = style.size(of: item.label.text, .label)
    let anchors = item.label.anchors
    var candidates: [LabelPlacer.Candidate] = []
    let count = 28
    for k in 0...count {
      var anchor = anchors[(anchors.count - 1) * k / count]
      if case .at(let x) = item.label.placement {
        anchor = anchors.min { abs($0.x - frame.x(x)) < abs($1.x - frame.x(x)) } ?? anchor
        if k > 0 { break }
      }
      // The middle of the curve is a better place than its ends.
      let eccentricity = abs(Double(k) / Double(count) - 0.5)
      for (rank, side) in ChartLabels.sidesOfCurve.enumerated() {
        for distance in [0.35, 0.9] {
          let box = ChartLabels.box(size, beside: anchor, side, distance: style.em(distance))
          let penalty = 0.3 * Double(rank) + 2 * eccentricity + 3 * distance
          candidates.append(.init(box: box, anchor: anchor, penalty: penalty))
        }
      }
    }
    guard let chosen = placer.place(candidates, own: item.index, gap: style.em(0.3)) else { return }
    canvas.text(
      item.label.text, at: Point(chosen.box.minX, chosen.box.minY), .start, .top, color: item.color, hasHalo: true)
  }

  private func draw(_ callout: Callout, own: Int, on canvas: Canvas, with placer: inout LabelPlacer) {
    let style = canvas.style
    // Long texts are broken: a block is easier to place than a line.
    let limit = min(style.em(14), frame.plot.width * 0.6)
    let natural = style.size(of: callout.text, .label).width + 1
    let lines = (natural / limit).rounded(.up)
    let width = lines > 1 ? min(limit, natural / lines * 1.25) : natural
    let size = Size(width, style.size(of: callout.text, .label, width: width).height)
    var candidates: [LabelPlacer.Candidate] = []
    let targets = callout.alternatives.isEmpty ? [callout.target] : callout.alternatives
    let distances = callout.hasArrow ? [1.6, 2.6, 4, 6] : [0.3]
    for (t, target) in targets.enumerated() {
      for (d, distance) in distances.enumerated() {
        for (s, side) in callout.sides.enumerated() {
          let box = ChartLabels.box(size, beside: target, side, distance: style.em(distance))
          candidates.append(.init(box: box, anchor: target, penalty: Double(3 * s + 2 * d + t)))
        }
      }
    }
    guard let chosen = placer.place(candidates, own: callout.hasArrow ? nil : own, gap: style.em(0.3)) else { return }
    if callout.hasArrow { drawArrow(from: chosen.box, to: callout.target, callout.color, on: canvas) }
    canvas.text(
      callout.text, at: Point(chosen.box.minX, chosen.box.minY), .start, .top, color: callout.color, width: width,
      hasHalo: true)
  }

  private func drawArrow(from box: Rect, to target: Point, _ color: ColorRole, on canvas: Canvas) {
    let start = Point(
      min(max(target.x, box.minX), box.maxX), min(max(target.y, box.minY), box.maxY))
    let way = target - start
    guard way.length > canvas.style.em(0.8) else { return }
    let end = target - way * (3.6 / way.length)
    canvas.arrow(from: start + way * (1.5 / way.length), to: end, color, width: 0.9)
  }

  /// A box of the given size on one side of a point.
  static func box(_ size: Size, beside p: Point, _ side: Callout.Side, distance d: Double) -> Rect {
    let (w, h) = (size.width, size.height)
    let diagonal = 0.7 * d
    let origin =
      switch side {
      case .above: Point(p.x - w / 2, p.y - d - h)
      case .below: Point(p.x - w / 2, p.y + d)
      case .right: Point(p.x + d, p.y - h / 2)
      case .left: Point(p.x - d - w, p.y - h / 2)
      case .aboveRight: Point(p.x + diagonal, p.y - diagonal - h)
      case .aboveLeft: Point(p.x - diagonal - w, p.y - diagonal - h)
      case .belowRight: Point(p.x + diagonal, p.y + diagonal)
      case .belowLeft: Point(p.x - diagonal - w, p.y + diagonal)
      }
    return Rect(x: origin.x, y: origin.y, width: w, height: h)
  }
}
