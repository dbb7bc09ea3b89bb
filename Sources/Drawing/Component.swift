/// A part of a figure: a plot, a grid of images, a diagram, or panels of these.
///
/// A component draws itself into a rectangle that is at least `minimumSize`; where the page has less room, the
/// figure scales it down as a whole, so that nothing overlaps or is cut off.
public protocol Component: Sendable {
  /// The least room in which nothing overlaps, in points.
  func minimumSize(_ style: Style) -> Size

  /// The height that suits the width, for pages that adapt to their content.
  func preferredHeight(width: Double, _ style: Style) -> Double

  /// Whether more height than preferred is of use.
  var stretches: Bool { get }

  func draw(on canvas: Canvas, in rect: Rect)

  /// Room that the component needs outside its data area (axis labels, names of rows), for aligning neighbours;
  /// nil when it has no such area.
  func gutters(_ style: Style, size: Size) -> Insets?

  /// Draws with the data area inset by `gutters`, which are at least those asked for.
  func draw(on canvas: Canvas, in rect: Rect, gutters: Insets)
}

extension Component {
  public var stretches: Bool { false }
  public func gutters(_ style: Style, size: Size) -> Insets? { nil }
  public func draw(on canvas: Canvas, in rect: Rect, gutters: Insets) { draw(on: canvas, in: rect) }
}

/// Running text.
public struct TextBlock: Component {
  public var text: RichText
  public var role: FontRole
  public var color: ColorRole
  /// Width of a line in label sizes, at least.
  public var minimumEms: Double

  public init(_ text: RichText, role: FontRole = .label, color: ColorRole = .ink, minimumEms: Double = 14) {
    self.text = text
    self.role = role
    self.color = color
    self.minimumEms = minimumEms
  }

  public func minimumSize(_ style: Style) -> Size {
    let width = min(style.em(minimumEms), style.size(of: text, role).width + 1)
    return Size(width, style.size(of: text, role, width: width).height)
  }

  public func preferredHeight(width: Double, _ style: Style) -> Double {
    style.size(of: text, role, width: width).height
  }

  public func draw(on canvas: Canvas, in rect: Rect) {
    canvas.text(text, at: Point(rect.minX, rect.minY), .start, .top, role: role, color: color, width: rect.width)
  }
}
