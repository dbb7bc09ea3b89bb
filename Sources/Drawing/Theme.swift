/// The colours of a figure, for paper and light pages or for dark slides.
public struct Theme: Sendable, Equatable {
  /// `light` or `dark`, as on the command line.
  public let name: String
  public let background: Color
  /// Text and whatever matters.
  public let ink: Color
  /// Text of second rank: tick labels, provenance.
  public let mutedInk: Color
  /// Axis lines, frames of images, leaders.
  public let axis: Color
  /// Grid lines.
  public let grid: Color
  /// Background of boxes and groups, a little off the page.
  public let surface: Color
  /// Data colours in the order of use, told apart with each kind of colour blindness; each carries text too.
  public let palette: [Color]

  public static let light = Theme(
    name: "light", background: Color(hex: 0xffffff), ink: Color(hex: 0x1b1f24), mutedInk: Color(hex: 0x59616c),
    axis: Color(hex: 0x9aa3ad), grid: Color(hex: 0xe4e7eb), surface: Color(hex: 0xf4f6f8),
    palette: [0x2460b8, 0xb5470a, 0x02866d, 0x4f1f8a, 0x7a3048, 0x1d2024].map { Color(hex: $0) })

  public static let dark = Theme(
    name: "dark", background: Color(hex: 0x14171c), ink: Color(hex: 0xebe9e4), mutedInk: Color(hex: 0xa3abb6),
    axis: Color(hex: 0x69727e), grid: Color(hex: 0x2a3038), surface: Color(hex: 0x1e232a),
    palette: [0x6a9bfa, 0xf5802f, 0x8ee8b0, 0xc07fb2, 0xfdd060, 0xafb7cb].map { Color(hex: $0) })

  public static let all = [light, dark]

  /// The diverging map whose middle lies near the background.
  public var divergingMap: ColorMap { name == "dark" ? .divergingDark : .divergingLight }

  public static func == (a: Theme, b: Theme) -> Bool { a.name == b.name }
}

/// A colour named by its part in the figure; the theme says which it is.
public enum ColorRole: Sendable, Equatable {
  /// Data colour `index` (counted on past the end of the palette).
  case palette(Int)
  case ink
  case muted
  case axis
  case grid
  case surface
  case background
  case fixed(Color)

  func color(in theme: Theme) -> Color {
    switch self {
    case .palette(let index): theme.palette[index % theme.palette.count]
    case .ink: theme.ink
    case .muted: theme.mutedInk
    case .axis: theme.axis
    case .grid: theme.grid
    case .surface: theme.surface
    case .background: theme.background
    case .fixed(let color): color
    }
  }
}
