/// An outline of straight and curved pieces.
public struct Path: Equatable, Sendable {
  enum Element: Equatable, Sendable {
    case move(Point)
    case line(Point)
    case curve(Point, Point, Point)
    case close
  }

  private(set) var elements: [Element] = []

  public init() {}

  public mutating func move(to point: Point) { elements.append(.move(point)) }
  public mutating func line(to point: Point) { elements.append(.line(point)) }
  public mutating func close() { elements.append(.close) }

  /// A cubic Bézier curve with control points `a` and `b`.
  public mutating func curve(_ a: Point, _ b: Point, to end: Point) { elements.append(.curve(a, b, end)) }

  /// Everything of `other` behind what is here.
  public mutating func append(_ other: Path) { elements += other.elements }

  /// Straight pieces through all points; a point that is not finite interrupts the line.
  public static func polyline(_ points: [Point], closed: Bool = false) -> Path {
    var path = Path()
    var isDrawing = false
    for point in points {
      guard point.x.isFinite && point.y.isFinite else {
        isDrawing = false
        continue
      }
      if isDrawing { path.line(to: point) } else { path.move(to: point) }
      isDrawing = true
    }
    if closed && isDrawing { path.close() }
    return path
  }

  public static func rectangle(_ rect: Rect, radius: Double = 0) -> Path {
    let r = min(radius, rect.width / 2, rect.height / 2)
    guard r > 0 else {
      return polyline(
        [
          Point(rect.minX, rect.minY), Point(rect.maxX, rect.minY), Point(rect.maxX, rect.maxY),
          Point(rect.minX, rect.maxY),
        ], closed: true)
    }
    let k = r * (1 - circleHandle)
    var path = Path()
    path.move(to: Point(rect.minX + r, rect.minY))
    path.line(to: Point(rect.maxX - r, rect.minY))
    path.curve(Point(rect.maxX - k, rect.minY), Point(rect.maxX, rect.minY + k), to: Point(rect.maxX, rect.minY + r))
    path.line(to: Point(rect.maxX, rect.maxY - r))
    path.curve(Point(rect.maxX, rect.maxY - k), Point(rect.maxX - k, rect.maxY), to: Point(rect.maxX - r, rect.maxY))
    path.line(to: Point(rect.minX + r, rect.maxY))
    path.curve(Point(rect.minX + k, rect.maxY), Point(rect.minX, rect.maxY - k), to: Point(rect.minX, rect.maxY - r))
    path.line(to: Point(rect.minX, rect.minY + r))
    path.curve(Point(rect.minX, rect.minY + k), Point(rect.minX + k, rect.minY), to: Point(rect.minX + r, rect.minY))
    path.close()
    return path
  }

  public static func circle(center: Point, radius: Double) -> Path {
    rectangle(
      Rect(x: center.x - radius, y: center.y - radius, width: 2 * radius, height: 2 * radius), radius: radius)
  }

  /// Length of the Bézier handles of a quarter circle of radius 1.
  private static let circleHandle = 0.5522847498

  /// The same outline scaled about the origin, then moved.
  func mapped(_ transform: (Point) -> Point) -> Path {
    var path = Path()
    path.elements = elements.map { element in
      switch element {
      case .move(let p): .move(transform(p))
      case .line(let p): .line(transform(p))
      case .curve(let a, let b, let c): .curve(transform(a), transform(b), transform(c))
      case .close: .close
      }
    }
    return path
  }

  /// Number of points, without those that control curves.
  public var count: Int { elements.count { $0 != .close } }

  /// Number of pieces that hang together.
  public var pieceCount: Int {
    elements.count { element in if case .move = element { true } else { false } }
  }

  /// The smallest rectangle around all end and control points.
  public var bounds: Rect? {
    var box: Rect?
    for element in elements {
      let points: [Point] =
        switch element {
        case .move(let p), .line(let p): [p]
        case .curve(let a, let b, let c): [a, b, c]
        case .close: []
        }
      for p in points {
        let dot = Rect(x: p.x, y: p.y, width: 0, height: 0)
        box = box.map { $0.union(dot) } ?? dot
      }
    }
    return box
  }
}
