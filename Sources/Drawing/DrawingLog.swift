/// The commands of a page as text, and what tests ask about them.
public struct DrawingLog: Sendable, CustomStringConvertible {
  public let page: Page

  public init(_ page: Page) { self.page = page }

  /// All texts in the order they were drawn.
  public var texts: [PlacedText] {
    page.commands.compactMap { if case .text(let text) = $0 { text } else { nil } }
  }

  /// All images with their places.
  public var images: [(raster: Raster, rect: Rect)] {
    page.commands.compactMap { if case .image(let raster, let rect) = $0 { (raster, rect) } else { nil } }
  }

  /// Pairs of texts whose ink comes nearer than `gap` points.
  public func overlappingTexts(gap: Double = 0.75) -> [(PlacedText, PlacedText)] {
    let texts = texts
    var pairs: [(PlacedText, PlacedText)] = []
    for i in texts.indices {
      for j in texts.indices where j > i {
        if texts[i].box.inset(by: -gap / 2).intersects(texts[j].box.inset(by: -gap / 2)) {
          pairs.append((texts[i], texts[j]))
        }
      }
    }
    return pairs
  }

  /// Texts and images that leave the page or come nearer than `margin` points to its edge.
  public func clippedParts(margin: Double = 3) -> [String] {
    let inside = Rect(x: 0, y: 0, width: page.size.width, height: page.size.height).inset(by: margin)
    return texts.filter { !inside.contains($0.box) }.map { "text “\($0.text.plain)” \(DrawingLog.format($0.box))" }
      + images.filter { !inside.contains($0.rect) }.map { "image \(DrawingLog.format($0.rect))" }
  }

  /// One line a command, lengths with one decimal.
  public var description: String {
    var depth = 0
    var lines = ["page \(DrawingLog.format(page.size.width)) \(DrawingLog.format(page.size.height))"]
    for command in page.commands {
      switch command {
      case .endGroup, .endClip: depth -= 1
      default: break
      }
      if let line = DrawingLog.line(command) { lines.append(String(repeating: "  ", count: depth) + line) }
      switch command {
      case .beginGroup, .beginClip: depth += 1
      default: break
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func line(_ command: DrawingCommand) -> String? {
    switch command {
    case .fill(let path, let color): "fill \(color.hex) \(outline(path))"
    case .stroke(let path, let stroke):
      "stroke \(stroke.color.hex) width \(format(stroke.width))\(stroke.dash.isEmpty ? "" : " dashed") \(outline(path))"
    case .dots(let points, let radius, let color):
      "dots \(color.hex) \(points.count) of radius \(format(radius)) \(Dots.bounds(points, radius: radius).map(format) ?? "nowhere")"
    case .text(let text):
      "text “\(text.text.linear)” \(text.role.rawValue) \(format(text.size)) \(text.color.hex) \(format(text.box))"
    case .image(let raster, let rect): "image \(raster.width)×\(raster.height) \(format(rect))"
    case .beginClip(let rect): "clip \(format(rect))"
    case .beginGroup(let name): "group \(name)"
    case .endClip, .endGroup: nil
    }
  }

  /// Number of points, where the path begins, and its bounds.
  private static func outline(_ path: Path) -> String {
    "\(path.count) points \(path.bounds.map(format) ?? "nowhere")"
  }

  private static func format(_ rect: Rect) -> String {
    "[\(format(rect.minX)) \(format(rect.minY)) \(format(rect.maxX)) \(format(rect.maxY))]"
  }

  private static func format(_ value: Double) -> String {
    NumberText.fixed(value, decimals: 1).replacing("\u{2009}", with: "")
  }
}
