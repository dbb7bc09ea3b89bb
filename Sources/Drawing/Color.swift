#if canImport(Glibc)
  import Glibc
#endif

/// An sRGB colour; components from 0 to 1.
public struct Color: Equatable, Hashable, Sendable {
  public var red: Double
  public var green: Double
  public var blue: Double
  public var alpha: Double

  public init(red: Double, green: Double, blue: Double, alpha: Double = 1) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
  }

  /// From 0xRRGGBB.
  public init(hex: UInt32) {
    self.init(
      red: Double(hex >> 16 & 255) / 255, green: Double(hex >> 8 & 255) / 255, blue: Double(hex & 255) / 255)
  }

  public init(gray: Double) { self.init(red: gray, green: gray, blue: gray) }

  public func opacity(_ alpha: Double) -> Color { Color(red: red, green: green, blue: blue, alpha: alpha) }

  /// `#rrggbb`, with the alpha in percent behind it when the colour is not opaque.
  public var hex: String {
    let digits = [red, green, blue].map { component in
      let text = String(Int((min(max(component, 0), 1) * 255).rounded()), radix: 16)
      return text.count < 2 ? "0" + text : text
    }
    return "#" + digits.joined() + (alpha < 1 ? "@\(Int((alpha * 100).rounded()))%" : "")
  }

  /// The colour that stands over `background` when this one is see-through.
  public func over(_ background: Color) -> Color {
    Color(
      red: red * alpha + background.red * (1 - alpha), green: green * alpha + background.green * (1 - alpha),
      blue: blue * alpha + background.blue * (1 - alpha))
  }

  /// Relative luminance, 0…1 (WCAG 2.1).
  public var luminance: Double {
    0.2126 * Color.linear(red) + 0.7152 * Color.linear(green) + 0.0722 * Color.linear(blue)
  }

  /// Contrast ratio, 1…21 (WCAG 2.1): (L₁ + 0.05) / (L₂ + 0.05).
  public func contrast(with other: Color) -> Double {
    let (a, b) = (luminance, other.luminance)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  static func linear(_ v: Double) -> Double { v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4) }
  static func encoded(_ v: Double) -> Double { v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055 }
}

/// A colour in OKLab: lightness L from 0 (black) to 1 (white), opponent axes a (green–red) and b (blue–yellow).
///
/// Equal distances look about equally different. Source: B. Ottosson, "A perceptual color space for image
/// processing", 2020.
public struct OKLab: Equatable, Sendable {
  public var lightness: Double
  public var a: Double
  public var b: Double

  public init(lightness: Double, a: Double, b: Double) {
    self.lightness = lightness
    self.a = a
    self.b = b
  }

  /// From lightness, chroma and hue in degrees.
  public init(lightness: Double, chroma: Double, hue: Double) {
    let angle = hue * .pi / 180
    self.init(lightness: lightness, a: chroma * cos(angle), b: chroma * sin(angle))
  }

  public init(_ color: Color) {
    let (r, g, b) = (Color.linear(color.red), Color.linear(color.green), Color.linear(color.blue))
    let l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    let m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    let s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    self.init(
      lightness: 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
      a: 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
      b: 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s)
  }

  private var linearRGB: (Double, Double, Double) {
    let l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3)
    let m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3)
    let s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3)
    return (
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s
    )
  }

  var isInGamut: Bool {
    let (r, g, b) = linearRGB
    return [r, g, b].allSatisfy { $0 >= -1e-6 && $0 <= 1 + 1e-6 }
  }

  /// The sRGB colour; components outside the gamut are clipped.
  public var color: Color {
    let (r, g, b) = linearRGB
    let clipped = [r, g, b].map { Color.encoded(min(max($0, 0), 1)) }
    return Color(red: clipped[0], green: clipped[1], blue: clipped[2])
  }

  /// Euclidean distance.
  public func distance(to other: OKLab) -> Double {
    let (dl, da, db) = (lightness - other.lightness, a - other.a, b - other.b)
    return (dl * dl + da * da + db * db).squareRoot()
  }
}

extension Color {
  /// Red, green and blue in proportion to the light, 0…1.
  public var linear: [Double] { [Color.linear(red), Color.linear(green), Color.linear(blue)] }

  /// From red, green and blue in proportion to the light.
  public init(linear parts: [Double]) {
    precondition(parts.count == 3, "\(parts.count) parts of a colour")
    self.init(
      red: Color.encoded(parts[0]), green: Color.encoded(parts[1]), blue: Color.encoded(parts[2]))
  }
}
