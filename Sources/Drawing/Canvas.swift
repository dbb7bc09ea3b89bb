/// Records what components draw.
///
/// Nothing is painted here: the commands are kept in page coordinates, a renderer turns them into SVG, PDF or PNG,
/// and tests read them as text. Components draw with the theme and type sizes of `style`.
public final class Canvas {
  public let style: Style
  public private(set) var commands: [DrawingCommand] = []
  private var scale = 1.0
  private var offset = Point(0, 0)

  public init(style: Style) { self.style = style }

  public var theme: Theme { style.theme }

  private func page(_ p: Point) -> Point { p * scale + offset }
  private func page(_ r: Rect) -> Rect {
    let origin = page(Point(r.x, r.y))
    return Rect(x: origin.x, y: origin.y, width: r.width * scale, height: r.height * scale)
  }

  // MARK: Shapes

  public func fill(_ path: Path, _ color: ColorRole, opacity: Double = 1) {
    commands.append(.fill(path.mapped(page), resolve(color, opacity)))
  }

  /// - Parameter width: in points at 11-point labels; it grows and shrinks with the type, as `dash` does.
  public func stroke(
    _ path: Path, _ color: ColorRole, width: Double = 1, dash: [Double] = [], opacity: Double = 1
  ) {
    commands.append(
      .stroke(
        path.mapped(page),
        Stroke(resolve(color, opacity), width: width * style.pen * scale, dash: dash.map { $0 * style.pen * scale })))
  }

  /// Filled circles about `points`; translucent ones darken each other where they overlap.
  ///
  /// - Parameter radius: in points.
  public func dots(_ points: [Point], radius: Double, _ color: ColorRole, opacity: Double = 1) {
    commands.append(.dots(points.map(page), radius: radius * scale, resolve(color, opacity)))
  }

  public func line(from a: Point, to b: Point, _ color: ColorRole, width: Double = 1, dash: [Double] = []) {
    stroke(.polyline([a, b]), color, width: width, dash: dash)
  }

  /// A line whose end at `b` carries a filled head.
  public func arrow(from a: Point, to b: Point, _ color: ColorRole, width: Double = 1, dash: [Double] = []) {
    arrow(along: [a, b], color, width: width, dash: dash)
  }

  /// A bent line whose last point carries a filled head.
  public func arrow(along points: [Point], _ color: ColorRole, width: Double = 1, dash: [Double] = []) {
    guard let tip = points.last, let before = points.dropLast().last(where: { ($0 - tip).length > 1e-6 }) else {
      return
    }
    let length = (3 + 2.6 * width) * style.pen
    let head = Canvas.arrowHead(from: before, to: tip, length: length)
    let direction = (tip - before) * (1 / (tip - before).length)
    let base = tip - direction * (length * 0.8)
    stroke(.polyline(Array(points.dropLast()) + [base]), color, width: width, dash: dash)
    fill(head, color)
  }

  private static func arrowHead(from a: Point, to tip: Point, length: Double) -> Path {
    let direction = (tip - a) * (1 / (tip - a).length)
    let normal = Point(-direction.y, direction.x)
    let base = tip - direction * length
    return .polyline([tip, base + normal * (0.36 * length), base - normal * (0.36 * length)], closed: true)
  }

  private func resolve(_ role: ColorRole, _ opacity: Double) -> Color {
    let color = role.color(in: theme)
    return opacity < 1 ? color.opacity(opacity) : color
  }

  // MARK: Text

  /// Draws a text and returns the rectangle it inks.
  ///
  /// - Parameters:
  ///   - width: where lines are broken, in points; one line when nil.
  ///   - hasHalo: sets the letters off from lines under them.
  ///   - isRotated: turned by 90°, to be read from below; the anchors then refer to the turned text's box.
  @discardableResult
  public func text(
    _ text: RichText, at point: Point, _ horizontal: HorizontalAnchor = .start, _ vertical: VerticalAnchor = .baseline,
    role: FontRole = .label, color: ColorRole = .ink, width: Double? = nil, hasHalo: Bool = false,
    isRotated: Bool = false
  ) -> Rect {
    guard !text.isEmpty else { return Rect(x: point.x, y: point.y, width: 0, height: 0) }
    let placed = place(text, at: point, horizontal, vertical, role: role, width: width, isRotated: isRotated)
    commands.append(
      .text(
        PlacedText(
          text: text, role: role, size: style.scale.size(of: role) * scale, color: color.color(in: theme),
          origin: page(placed.origin), width: width.map { $0 * scale }, alignment: horizontal, isRotated: isRotated,
          halo: hasHalo ? theme.background : nil, box: page(placed.box))))
    return placed.box
  }

  /// The rectangle that `text(…)` would ink.
  public func box(
    of text: RichText, at point: Point, _ horizontal: HorizontalAnchor = .start, _ vertical: VerticalAnchor = .baseline,
    role: FontRole = .label, width: Double? = nil
  ) -> Rect {
    place(text, at: point, horizontal, vertical, role: role, width: width, isRotated: false).box
  }

  private func place(
    _ text: RichText, at point: Point, _ horizontal: HorizontalAnchor, _ vertical: VerticalAnchor, role: FontRole,
    width: Double?, isRotated: Bool
  ) -> (origin: Point, box: Rect) {
    let metrics = style.measure(text, role, width: width)
    let extent = width ?? metrics.width
    let left =
      switch horizontal {
      case .start: 0.0
      case .middle: -extent / 2
      case .end: -extent
      }
    let size = style.scale.size(of: role)
    let top =
      switch vertical {
      case .baseline: -metrics.baseline
      case .top: Typesetter.ascent * size - metrics.baseline
      case .middle: Canvas.capHeight * size / 2 - metrics.depth / 2 - metrics.baseline
      case .bottom: -Typesetter.descent * size - metrics.depth - metrics.baseline
      }
    var ink = metrics.ink
    // Pango reports the ink of an aligned block as if it stood at the left.
    if width != nil && horizontal != .start {
      ink.x += (extent - metrics.width) * (horizontal == .end ? 1 : 0.5)
    }
    if isRotated {
      let origin = Point(point.x + top, point.y - left)
      return (origin, Rect(x: origin.x + ink.y, y: origin.y - ink.maxX, width: ink.height, height: ink.width))
    }
    let origin = Point(point.x + left, point.y + top)
    return (origin, Rect(x: origin.x + ink.x, y: origin.y + ink.y, width: ink.width, height: ink.height))
  }

  /// Height of capital letters in font sizes.
  private static let capHeight = 0.73

  // MARK: Images and structure

  /// Draws a raster so that it fills the rectangle.
  public func image(_ raster: Raster, in rect: Rect) { commands.append(.image(raster, page(rect))) }

  /// What `body` draws outside `rect` is not shown.
  public func clipped(to rect: Rect, _ body: () -> Void) {
    commands.append(.beginClip(page(rect)))
    body()
    commands.append(.endClip)
  }

  /// What `body` draws is one named part of the figure.
  public func group(_ name: String, _ body: () -> Void) {
    commands.append(.beginGroup(name))
    body()
    commands.append(.endGroup)
  }

  /// What `body` draws about the origin is scaled by `factor`, type and lines too, and moved to `origin`.
  func scaled(by factor: Double, at origin: Point, _ body: () -> Void) {
    let (oldScale, oldOffset) = (scale, offset)
    offset = page(origin)
    scale *= factor
    body()
    (scale, offset) = (oldScale, oldOffset)
  }
}
