/// Filled circles of one size, drawn as zero-long strokes with round ends: in an SVG such a dot takes a tenth of the words
/// that the outline of a circle takes.
enum Dots {
  /// The points in groups within which none is nearer to another than `distance`.
  ///
  /// One stroke paints what several of its dots cover only once. Translucent dots that overlap must darken each other, so
  /// they belong in different strokes; in which order these follow cannot be seen, since all have one colour.
  static func apart(_ points: [Point], by distance: Double) -> [[Point]] {
    struct Cell: Hashable {
      let column: Int
      let row: Int
    }
    guard distance > 0 else { return points.isEmpty ? [] : [points] }
    var groups: [[Point]] = []
    var known: [Cell: [(point: Point, group: Int)]] = [:]
    for point in points {
      let (column, row) = (Int((point.x / distance).rounded(.down)), Int((point.y / distance).rounded(.down)))
      var taken: Set<Int> = []
      for x in (column - 1)...(column + 1) {
        for y in (row - 1)...(row + 1) {
          for other in known[Cell(column: x, row: y)] ?? [] where (other.point - point).length < distance {
            taken.insert(other.group)
          }
        }
      }
      let group = (0...groups.count).first { !taken.contains($0) } ?? groups.count
      if group == groups.count { groups.append([]) }
      groups[group].append(point)
      known[Cell(column: column, row: row), default: []].append((point, group))
    }
    return groups
  }

  /// The smallest rectangle around all dots.
  static func bounds(_ points: [Point], radius: Double) -> Rect? {
    Path.polyline(points).bounds?.inset(by: -radius)
  }
}
