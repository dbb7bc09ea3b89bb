// Lengths are PostScript points (1/72 inch); x grows to the right, y grows downwards.

/// Points in a millimetre.
public let pointsPerMillimetre = 72 / 25.4

/// A place on the page.
public struct Point: Equatable, Sendable {
  public var x: Double
  public var y: Double

  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }

  static func + (a: Point, b: Point) -> Point { Point(a.x + b.x, a.y + b.y) }
  static func - (a: Point, b: Point) -> Point { Point(a.x - b.x, a.y - b.y) }
  static func * (a: Point, s: Double) -> Point { Point(a.x * s, a.y * s) }
  var length: Double { (x * x + y * y).squareRoot() }
}

/// Width and height.
public struct Size: Equatable, Sendable {
  public var width: Double
  public var height: Double

  public init(_ width: Double, _ height: Double) {
    self.width = width
    self.height = height
  }
}

/// Space kept free at the four sides of a rectangle.
public struct Insets: Equatable, Sendable {
  public var top: Double
  public var left: Double
  public var bottom: Double
  public var right: Double

  public init(top: Double = 0, left: Double = 0, bottom: Double = 0, right: Double = 0) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  /// The larger of both at every side.
  func union(_ other: Insets) -> Insets {
    Insets(
      top: max(top, other.top), left: max(left, other.left), bottom: max(bottom, other.bottom),
      right: max(right, other.right))
  }
}

/// An upright rectangle.
public struct Rect: Equatable, Sendable {
  public var x: Double
  public var y: Double
  public var width: Double
  public var height: Double

  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  public var minX: Double { x }
  public var minY: Double { y }
  public var maxX: Double { x + width }
  public var maxY: Double { y + height }
  public var midX: Double { x + width / 2 }
  public var midY: Double { y + height / 2 }
  public var center: Point { Point(midX, midY) }
  public var size: Size { Size(width, height) }

  public func inset(_ insets: Insets) -> Rect {
    Rect(
      x: x + insets.left, y: y + insets.top, width: width - insets.left - insets.right,
      height: height - insets.top - insets.bottom)
  }

  public func inset(by amount: Double) -> Rect {
    inset(Insets(top: amount, left: amount, bottom: amount, right: amount))
  }

  /// Whether the interiors share a point.
  public func intersects(_ other: Rect) -> Bool {
    minX < other.maxX && other.minX < maxX && minY < other.maxY && other.minY < maxY
  }

  public func contains(_ other: Rect) -> Bool {
    other.minX >= minX && other.maxX <= maxX && other.minY >= minY && other.maxY <= maxY
  }

  public func contains(_ point: Point) -> Bool {
    point.x >= minX && point.x <= maxX && point.y >= minY && point.y <= maxY
  }

  public func union(_ other: Rect) -> Rect {
    let (left, top) = (min(minX, other.minX), min(minY, other.minY))
    return Rect(x: left, y: top, width: max(maxX, other.maxX) - left, height: max(maxY, other.maxY) - top)
  }

  /// The largest rectangle of the given proportions (width / height) that fits, in the middle.
  func fitted(aspect: Double) -> Rect {
    let w = min(width, height * aspect)
    let h = w / aspect
    return Rect(x: midX - w / 2, y: midY - h / 2, width: w, height: h)
  }

  /// Whether the segment from `a` to `b` passes through the rectangle (Liang and Barsky's clipping).
  func intersectsSegment(_ a: Point, _ b: Point) -> Bool {
    var (enter, leave) = (0.0, 1.0)
    for (p, q) in [
      (a.x - b.x, a.x - minX), (b.x - a.x, maxX - a.x), (a.y - b.y, a.y - minY), (b.y - a.y, maxY - a.y),
    ] {
      if p == 0 {
        if q < 0 { return false }
      } else if p < 0 {
        enter = max(enter, q / p)
      } else {
        leave = min(leave, q / p)
      }
    }
    return enter <= leave
  }
}
