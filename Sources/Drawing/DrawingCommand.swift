/// One step of drawing, in page coordinates.
public enum DrawingCommand: Sendable, Equatable {
  case fill(Path, Color)
  case stroke(Path, Stroke)
  /// Filled circles of one radius, in points, drawn one after the other.
  case dots([Point], radius: Double, Color)
  case text(PlacedText)
  case image(Raster, Rect)
  case beginClip(Rect)
  case endClip
  /// Everything up to the matching end belongs to the named part.
  case beginGroup(String)
  case endGroup
}

/// How a line is drawn.
public struct Stroke: Sendable, Equatable {
  public var color: Color
  /// In points.
  public var width: Double
  /// Lengths of dashes and gaps in points; empty for a solid line.
  public var dash: [Double]

  public init(_ color: Color, width: Double = 1, dash: [Double] = []) {
    self.color = color
    self.width = width
    self.dash = dash
  }
}

/// Which point of the text the given x is.
public enum HorizontalAnchor: Sendable, Equatable {
  case start, middle, end
}

/// Which point of the text the given y is.
public enum VerticalAnchor: Sendable, Equatable {
  /// The base line of the first line.
  case baseline
  /// The upper edge of the line.
  case top
  /// The middle between the capital letters' top in the first line and the base line of the last.
  case middle
  /// The lower edge of the last line.
  case bottom
}

/// A text at its place.
public struct PlacedText: Sendable, Equatable {
  public var text: RichText
  public var role: FontRole
  /// Font size in points.
  public var size: Double
  public var color: Color
  /// Upper left corner of the layout; for a rotated text the lower left one.
  public var origin: Point
  /// Where lines are broken, and how they are aligned.
  public var width: Double?
  public var alignment: HorizontalAnchor
  /// Turned by 90° to be read from below.
  public var isRotated: Bool
  /// Colour of an outline that sets the letters off from what lies under them.
  public var halo: Color?
  /// What is inked, on the page.
  public var box: Rect

  var font: TextFont { TextFont(size: size, isBold: role == .title || role == .heading) }
}
