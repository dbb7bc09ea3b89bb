/// Turns a number from 0 to 1 into a colour, in perceptually even steps.
public struct ColorMap: Sendable {
  /// Colours at equal distances; looked up without blending, fine enough that steps cannot be seen.
  let table: [Color]

  /// The colour at `position`, clamped to 0…1.
  public func color(at position: Double) -> Color {
    let clamped = position.isNaN ? 0 : min(max(position, 0), 1)
    return table[Int((clamped * Double(table.count - 1)).rounded())]
  }

  /// Black to white in even steps of sRGB, as images are shown.
  public static let gray = ColorMap(table: (0...255).map { Color(gray: Double($0) / 255) })

  /// For magnitudes: dark violet over blue and green to light yellow, lightness rising evenly.
  ///
  /// A path through OKLab with lightness linear in the position, hue turning from violet (300°) to yellow (105°), as
  /// much chroma as sRGB holds up to a cap; then resampled to equal distances.
  public static let sequential = ColorMap(
    evenlyAlong: (0...1000).map { step in
      let f = Double(step) / 1000
      return vivid(lightness: 0.25 + 0.68 * f, chroma: 0.06 + 0.28 * f * (1.15 - 0.75 * f), hue: 300 - 195 * f)
    })

  /// For signed values on a light page: blue below, near white at zero (0.5), orange-red above.
  ///
  /// Both arms have the same lightness at the same distance from zero.
  public static let divergingLight = diverging(center: 0.975, end: 0.46)

  /// For signed values on a dark page: light blue below, near black at zero (0.5), light orange above.
  public static let divergingDark = diverging(center: 0.235, end: 0.80)

  private static func diverging(center: Double, end: Double) -> ColorMap {
    func arm(_ hue: (Double, Double)) -> [OKLab] {
      (0...500).map { step in
        let f = Double(step) / 500
        return vivid(
          lightness: center + (end - center) * f, chroma: 0.16 * f * (1.3 - 0.3 * f), hue: hue.0 + (hue.1 - hue.0) * f)
      }
    }
    let low = evenly(arm((245, 255)), count: 129)
    let high = evenly(arm((65, 42)), count: 129)
    return ColorMap(table: (low.reversed().dropLast() + high).map(\.color))
  }

  init(table: [Color]) { self.table = table }

  init(evenlyAlong path: [OKLab]) { self.init(table: ColorMap.evenly(path, count: 257).map(\.color)) }

  /// The colour of that lightness and hue with the given chroma, or less where sRGB ends before.
  private static func vivid(lightness: Double, chroma: Double, hue: Double) -> OKLab {
    func color(_ chroma: Double) -> OKLab { OKLab(lightness: lightness, chroma: chroma, hue: hue) }
    if color(chroma).isInGamut { return color(chroma) }
    // By bisection: rounded chroma would make the path ragged and its length wrong.
    var (inside, outside) = (0.0, chroma)
    for _ in 0..<40 {
      let middle = (inside + outside) / 2
      if color(middle).isInGamut { inside = middle } else { outside = middle }
    }
    return color(inside)
  }

  /// `count` places on the path with equal distances between neighbours.
  private static func evenly(_ path: [OKLab], count: Int) -> [OKLab] {
    var lengths = [0.0]
    for i in path.indices.dropFirst() { lengths.append(lengths[i - 1] + path[i].distance(to: path[i - 1])) }
    let total = lengths[path.count - 1]
    var i = 1
    return (0..<count).map { k in
      let wanted = total * Double(k) / Double(count - 1)
      while i < path.count - 1 && lengths[i] < wanted { i += 1 }
      let f = (wanted - lengths[i - 1]) / max(lengths[i] - lengths[i - 1], 1e-12)
      let (p, q) = (path[i - 1], path[i])
      return OKLab(
        lightness: p.lightness + f * (q.lightness - p.lightness), a: p.a + f * (q.a - p.a), b: p.b + f * (q.b - p.b))
    }
  }
}
