/// Finds free places for texts among curves and other texts.
struct LabelPlacer {
  /// Where texts may stand.
  let bounds: Rect
  /// Rectangles already used by text.
  private(set) var taken: [Rect]
  /// Polylines to keep off; points that are not finite interrupt them.
  private(set) var obstacles: [[Point]]

  init(bounds: Rect, taken: [Rect] = [], obstacles: [[Point]]) {
    self.bounds = bounds
    self.taken = taken
    self.obstacles = obstacles
  }

  /// A line drawn later that texts should keep off as well.
  mutating func avoid(_ line: [Point]) { obstacles.append(line) }

  struct Candidate {
    var box: Rect
    /// The point the text names.
    var anchor: Point
    /// Distance from the first wish.
    var penalty: Double
    /// Where lines are broken.
    var width: Double?
  }

  /// What all places taken so far cost together.
  private(set) var totalCost = 0.0

  /// The cheapest candidate, or, where all of them collide with text, the nearest free place; it is taken.
  mutating func place(_ candidates: [Candidate], own: Int? = nil, gap: Double) -> Candidate? {
    guard let first = candidates.first else { return nil }
    var best = (candidate: first, cost: Double.infinity)
    for candidate in candidates {
      let cost = candidate.penalty + cost(of: candidate.box, own: own, gap: gap, bound: best.cost - candidate.penalty)
      if cost < best.cost { best = (candidate, cost) }
    }
    if best.cost >= LabelPlacer.collision, let free = nearestFree(to: best.candidate, own: own, gap: gap) {
      best = (free, free.penalty + 100)
    }
    totalCost += best.cost
    taken.append(best.candidate.box)
    return best.candidate
  }

  static let collision = 10_000.0

  /// Collisions with text and page cost most, curves under the text less, nearness of foreign curves little.
  private func cost(of box: Rect, own: Int?, gap: Double, bound: Double) -> Double {
    if !bounds.contains(box) { return 2 * LabelPlacer.collision }
    let wide = box.inset(by: -gap)
    var cost = taken.contains { $0.intersects(wide) } ? LabelPlacer.collision : 0
    for (index, line) in obstacles.enumerated() {
      cost += index == own ? touch(line, box, near: box) : touch(line, box, near: box.inset(by: -2.5 * gap))
      if cost > bound { return cost }
    }
    return cost
  }

  /// What it costs that the line crosses the box, or at least comes near; once for each of its pieces, so that a cloud of
  /// dots costs more the more of them lie there.
  private func touch(_ line: [Point], _ box: Rect, near: Rect) -> Double {
    var (total, cost) = (0.0, 0.0)
    for (a, b) in zip(line, line.dropFirst()) {
      guard a.x.isFinite, b.x.isFinite, a.y.isFinite, b.y.isFinite else {
        total += cost
        cost = 0
        continue
      }
      if max(a.x, b.x) < near.minX || min(a.x, b.x) > near.maxX { continue }
      if max(a.y, b.y) < near.minY || min(a.y, b.y) > near.maxY { continue }
      if box.intersectsSegment(a, b) { cost = 60 } else if near.intersectsSegment(a, b) { cost = max(cost, 25) }
    }
    return total + cost
  }

  /// Searches the whole area on a grid for the place nearest to the wish that collides with no text.
  private func nearestFree(to wish: Candidate, own: Int?, gap: Double) -> Candidate? {
    let (w, h) = (wish.box.width, wish.box.height)
    guard bounds.width >= w && bounds.height >= h else { return nil }
    var best: (candidate: Candidate, cost: Double)?
    for row in 0...24 {
      for column in 0...24 {
        let box = Rect(
          x: bounds.minX + (bounds.width - w) * Double(column) / 24,
          y: bounds.minY + (bounds.height - h) * Double(row) / 24, width: w, height: h)
        let distance = (box.center - wish.box.center).length
        let cost = cost(of: box, own: own, gap: gap, bound: best?.cost ?? .infinity) + 0.5 * distance
        if cost < best?.cost ?? LabelPlacer.collision {
          best = (Candidate(box: box, anchor: wish.anchor, penalty: distance, width: wish.width), cost)
        }
      }
    }
    return best?.candidate
  }

  /// Middles of boxes stacked without overlap, as near to `wanted` as possible in least squares, within `bounds`.
  ///
  /// Boxes keep the order of `wanted`. Pool-adjacent-violators on the positions with the heights before taken off.
  static func spread(_ wanted: [Double], heights: [Double], within bounds: ClosedRange<Double>) -> [Double] {
    let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
    var before: [Double] = []
    var sum = 0.0
    for i in order {
      before.append(sum + heights[i] / 2)
      sum += heights[i]
    }
    var pools: [(mean: Double, count: Int)] = []
    for (k, i) in order.enumerated() {
      pools.append((wanted[i] - before[k], 1))
      while pools.count > 1 && pools[pools.count - 2].mean > pools[pools.count - 1].mean {
        let (b, a) = (pools.removeLast(), pools.removeLast())
        let count = a.count + b.count
        pools.append(((a.mean * Double(a.count) + b.mean * Double(b.count)) / Double(count), count))
      }
    }
    var result = [Double](repeating: 0, count: wanted.count)
    var k = 0
    let last = max(bounds.lowerBound, bounds.upperBound - sum)
    for pool in pools {
      for _ in 0..<pool.count {
        result[order[k]] = min(max(pool.mean, bounds.lowerBound), last) + before[k]
        k += 1
      }
    }
    return result
  }
}
