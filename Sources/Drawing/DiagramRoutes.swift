extension DiagramLayout {
  /// The corners of an arrow, from box to box.
  func route(of edge: Diagram.Edge) -> [Point] {
    guard let a = frames[edge.from], let b = frames[edge.to], let levelA = anchors[edge.from],
      let levelB = anchors[edge.to]
    else { return [] }
    let (gap, isRight, isBelow) = (style.em(0.15), b.midX > a.midX, levelB > levelA)
    let leave = Point(isRight ? a.maxX : a.minX, levelA)
    let enterLevel = Point(isRight ? b.minX - gap : b.maxX + gap, levelB)
    let enterUpright = Point(b.midX, isBelow ? b.minY - gap : b.maxY + gap)
    switch edge.route {
    case .levelFirst: return [leave, Point(b.midX, levelA), enterUpright]
    case .uprightFirst:
      return [Point(a.midX, isBelow ? a.maxY : a.minY), Point(a.midX, levelB), enterLevel]
    case .over:
      let y = (passed(a, b).map(\.minY).min() ?? a.minY) - style.em(1.1)
      return [Point(a.midX, a.minY), Point(a.midX, y), Point(b.midX, y), Point(b.midX, b.minY - gap)]
    case .under:
      let y = (passed(a, b).map(\.maxY).max() ?? a.maxY) + style.em(1.1)
      return [Point(a.midX, a.maxY), Point(a.midX, y), Point(b.midX, y), Point(b.midX, b.maxY + gap)]
    case .straight:
      // Level between boxes that share some height, upright between those that share some width.
      let (top, bottom) = (max(a.minY, b.minY), min(a.maxY, b.maxY))
      let (left, right) = (max(a.minX, b.minX), min(a.maxX, b.maxX))
      if top < bottom {
        let y = abs(levelA - levelB) < 0.5 ? levelA : (top + bottom) / 2
        return [Point(leave.x, y), Point(enterLevel.x, y)]
      }
      if left < right {
        let x = abs(a.midX - b.midX) < 0.5 ? a.midX : (left + right) / 2
        return [Point(x, isBelow ? a.maxY : a.minY), Point(x, enterUpright.y)]
      }
      return [leave, enterLevel]
    }
  }

  /// The boxes between two boxes, both included, and groups around them: what an arrow over or under them clears.
  private func passed(_ a: Rect, _ b: Rect) -> [Rect] {
    let (left, right) = (min(a.midX, b.midX), max(a.midX, b.midX))
    let areas = Array(frames.values) + diagram.groups.compactMap { area(of: $0) }
    return areas.filter { $0.maxX >= left && $0.minX <= right }
  }

  /// The shaded area of a group.
  func area(of group: Diagram.Group) -> Rect? {
    let members = group.nodes.compactMap { frames[$0] }
    guard let first = members.first else { return nil }
    let pad = style.em(0.8)
    let head = group.title.isEmpty ? 0 : style.lineHeight(.note) + style.em(0.1)
    return members.dropFirst().reduce(first) { $0.union($1) }
      .inset(Insets(top: -pad - head, left: -pad, bottom: -pad, right: -pad))
  }

  /// Where the label of an arrow stands: over its longest piece when that is level, else right of it.
  func labelPlace(of edge: Diagram.Edge) -> (point: Point, isLevel: Bool) {
    let corners = route(of: edge)
    var best = (a: Point(0, 0), b: Point(0, 0), length: -1.0)
    for (a, b) in zip(corners, corners.dropFirst()) where (b - a).length > best.length {
      best = (a, b, (b - a).length)
    }
    let isLevel = abs(best.b.x - best.a.x) >= abs(best.b.y - best.a.y)
    return ((best.a + best.b) * 0.5, isLevel)
  }
}
