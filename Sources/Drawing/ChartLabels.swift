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
    drawInside(items.filter { $0.label.placement != .end }, on: canvas)
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

  /// A text of the data area: a name or a callout, with the places it may take.
  private struct Note {
    var text: RichText
    var color: ColorRole
    var candidates: [LabelPlacer.Candidate]
    /// Layer whose curve the text may come near.
    var own: Int?
    /// What an arrow leads to.
    var target: Point?
  }

  private func drawInside(_ items: [Item], on canvas: Canvas) {
    let style = canvas.style
    let callouts = layers.enumerated().flatMap { index, layer in
      layer.callouts(in: frame, style: style).map { note(for: $0, layer: index, style) }
    }
    let lines = callouts.filter { $0.target == nil }
    let arrows = callouts.filter { $0.target != nil }
    let names = items.map { note(for: $0, style) }
    // What has the least choice comes first; in a crowded chart another order may find more room.
    let trials = [lines + names + arrows, arrows + lines + names, arrows + names + lines, names + arrows + lines]
    var best: (notes: [Note], places: [LabelPlacer.Candidate?], cost: Double)?
    for notes in trials where best.map({ $0.cost >= LabelPlacer.collision }) ?? true {
      var placer = LabelPlacer(bounds: frame.plot.inset(by: 1), obstacles: layers.map { $0.obstacles(in: frame) })
      let places = notes.map { note in
        let place = placer.place(note.candidates, own: note.own, gap: style.em(0.3))
        if let place, let target = note.target { placer.avoid([nearest(in: place.box, to: target), target]) }
        return place
      }
      if placer.totalCost < best?.cost ?? .infinity { best = (notes, places, placer.totalCost) }
    }
    guard let best else { return }
    for (note, place) in zip(best.notes, best.places) {
      guard let place else { continue }
      if let target = note.target { drawArrow(from: place.box, to: target, note.color, on: canvas) }
      canvas.text(
        note.text, at: Point(place.box.minX, place.box.minY), .start, .top, color: note.color, width: place.width,
        hasHalo: true)
    }
  }

  private func note(for item: Item, _ style: Style) -> Note {
    let size = style.size(of: item.label.text, .label)
    var anchors = item.label.anchors
    if case .at(let x) = item.label.placement {
      anchors = anchors.min { abs($0.x - frame.x(x)) < abs($1.x - frame.x(x)) }.map { [$0] } ?? anchors
    }
    var candidates: [LabelPlacer.Candidate] = []
    let count = min(28, anchors.count - 1)
    for k in 0...count {
      let anchor = anchors[count > 0 ? (anchors.count - 1) * k / count : 0]
      // The middle of the curve is a better place than its ends.
      let eccentricity = count > 0 ? abs(Double(k) / Double(count) - 0.5) : 0
      for (rank, side) in ChartLabels.sidesOfCurve.enumerated() {
        for distance in [0.35, 0.9] {
          let box = ChartLabels.box(size, beside: anchor, side, distance: style.em(distance))
          let penalty = 0.3 * Double(rank) + 2 * eccentricity + 3 * distance
          candidates.append(.init(box: box, anchor: anchor, penalty: penalty))
        }
      }
    }
    return Note(text: item.label.text, color: item.color, candidates: candidates, own: item.index)
  }

  private func note(for callout: Callout, layer: Int, _ style: Style) -> Note {
    let targets = callout.alternatives.isEmpty ? [callout.target] : callout.alternatives
    let distances = callout.hasArrow ? [1.6, 2.6, 4, 6] : [0.3]
    var candidates: [LabelPlacer.Candidate] = []
    for (w, width) in widths(of: callout.text, style).enumerated() {
      let size = Size(width, style.size(of: callout.text, .label, width: width).height)
      for (t, target) in targets.enumerated() {
        for (d, distance) in distances.enumerated() {
          for (s, side) in callout.sides.enumerated() {
            let box = ChartLabels.box(size, beside: target, side, distance: style.em(distance))
            let penalty = Double(3 * s + 2 * d) + 0.5 * Double(t) + [0, 12, 45][w]
            candidates.append(.init(box: box, anchor: target, penalty: penalty, width: width))
          }
        }
      }
    }
    return Note(
      text: callout.text, color: callout.color, candidates: candidates, own: callout.hasArrow ? nil : layer,
      target: callout.hasArrow ? callout.target : nil)
  }

  /// Widths at which the text breaks into even lines, the pleasant ones first.
  private func widths(of text: RichText, _ style: Style) -> [Double] {
    let natural = style.size(of: text, .label).width + 1
    let limit = min(style.em(14), frame.plot.width * 0.6)
    let least = (natural / limit).rounded(.up)
    return (0..<3).map { least + Double($0) }.map { lines in
      lines > 1 ? max(style.longestWord(of: text, .label) + 1, natural / lines * 1.2) : natural
    }
  }

  private func nearest(in box: Rect, to p: Point) -> Point {
    Point(min(max(p.x, box.minX), box.maxX), min(max(p.y, box.minY), box.maxY))
  }

  private func drawArrow(from box: Rect, to target: Point, _ color: ColorRole, on canvas: Canvas) {
    let start = nearest(in: box, to: target)
    let way = target - start
    guard way.length > canvas.style.em(0.8) else { return }
    let end = target - way * (3.6 * canvas.style.pen / way.length)
    canvas.arrow(from: start + way * (1.5 * canvas.style.pen / way.length), to: end, color, width: 0.9)
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
