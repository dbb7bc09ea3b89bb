import Drawing
import Tensors

/// The poster: three areas, two strips, the U-Net between them. Places follow from the run: how many levels, steps, tokens.
struct ArchitecturePoster: Component {
  let content: PosterContent

  /// Width and height in label sizes.
  static let size = (width: 128.0, height: 79.0)

  func minimumSize(_ style: Style) -> Size { Size(style.em(Self.size.width), style.em(Self.size.height)) }

  func preferredHeight(width: Double, _ style: Style) -> Double { width * Self.size.height / Self.size.width }

  func draw(on canvas: Canvas, in rect: Rect) {
    let unit = min(rect.width / Self.size.width, rect.height / Self.size.height)
    let origin = Point(
      rect.midX - unit * Self.size.width / 2, rect.minY + max(0, (rect.height - unit * Self.size.height) / 2))
    let painter = PosterPainter(content: content, canvas: canvas, origin: origin, unit: unit)
    painter.drawAreas()
    painter.drawPixelSpace()
    painter.drawForward()
    painter.drawNetwork()
    painter.drawStep()
    painter.drawReverse()
    painter.drawCondition()
    painter.drawNotes()
  }
}

/// Draws in units of the poster: 128 across, 79 down.
struct PosterPainter {
  let content: PosterContent
  let canvas: Canvas
  let origin: Point
  /// Points of a unit, at least the size of the labels.
  let unit: Double

  var style: Style { canvas.style }

  // MARK: Colours

  static let pixels = ColorRole.palette(0)
  static let latents = ColorRole.palette(2)
  static let text = ColorRole.palette(4)
  static let shown = ColorRole.palette(1)
  static let next = ColorRole.palette(3)

  // MARK: Places

  func point(_ x: Double, _ y: Double) -> Point { Point(origin.x + x * unit, origin.y + y * unit) }
  func rect(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> Rect {
    Rect(x: origin.x + x * unit, y: origin.y + y * unit, width: width * unit, height: height * unit)
  }

  /// The left ends of the three areas, and the right end of the last.
  static let areas = (pixels: 0.0, latents: 32.5, text: 98.0, end: 128.0)
  static let gap = 1.2
  /// Middles of the strips.
  static let forwardY = 10.5
  static let reverseY = 65.5
  static let pictureSide = 4.1

  /// Middle of a column of the strips: 0 is z or z₀, 1 the smallest t.
  func columnX(_ column: Int) -> Double {
    let first = Self.areas.latents + 3.6
    let last = Self.areas.text - Self.gap - 3.4
    return first + (last - first) * Double(column) / Double(max(columnCount - 1, 1))
  }

  /// z and every t that is shown.
  var columnCount: Int { content.denoised.count + 1 }

  // MARK: Pieces

  /// A picture about a middle; returns its outline.
  @discardableResult
  func picture(
    _ tensor: Tensor, _ mapping: PixelMapping, at x: Double, _ y: Double, side: Double, frame: ColorRole? = nil
  ) -> Rect {
    let raster = Raster(tensor, mapping, theme: canvas.theme)
    let aspect = Double(raster.width) / Double(raster.height)
    let (width, height) = aspect >= 1 ? (side, side / aspect) : (side * aspect, side)
    let place = rect(x - width / 2, y - height / 2, width, height)
    canvas.image(raster.enlarged(by: max(1, 512 / max(raster.width, raster.height))), in: place)
    canvas.stroke(.rectangle(place), frame ?? .axis, width: frame == nil ? 0.6 : 2.4)
    return place
  }

  /// Latents as tiles.
  @discardableResult
  func latents(_ tensor: Tensor, at x: Double, _ y: Double, side: Double, frame: ColorRole? = nil) -> Rect {
    picture(tensor.tiled(columns: 2), LatentTiles.mapping, at: x, y, side: side, frame: frame)
  }

  func words(
    _ text: RichText, _ x: Double, _ y: Double, _ horizontal: HorizontalAnchor = .middle,
    _ vertical: VerticalAnchor = .top, role: FontRole = .note, color: ColorRole = .ink, width: Double? = nil
  ) {
    canvas.text(
      text, at: point(x, y), horizontal, vertical, role: role, color: color, width: width.map { $0 * unit })
  }

  /// Words broken at a width; returns how far down the next may begin.
  func paragraph(
    _ text: RichText, _ x: Double, _ y: Double, width: Double, role: FontRole = .note, color: ColorRole = .ink
  ) -> Double {
    words(text, x, y, .start, .top, role: role, color: color, width: width)
    return y + style.size(of: text, role, width: width * unit).height / unit + 0.35
  }

  func arrow(_ points: [(Double, Double)], _ color: ColorRole = .muted, width: Double = 1.6, dash: [Double] = []) {
    canvas.arrow(along: points.map { point($0.0, $0.1) }, color, width: width, dash: dash)
  }

  // MARK: Areas

  func drawAreas() {
    let (a, gap, height) = (Self.areas, Self.gap, ArchitecturePoster.size.height)
    area("pixel space", Self.pixels, a.pixels, a.latents - gap - a.pixels, height)
    area("latent space", Self.latents, a.latents, a.text - gap - a.latents, height)
    area("condition", Self.text, a.text, a.end - a.text, height)
  }

  private func area(_ title: RichText, _ color: ColorRole, _ x: Double, _ width: Double, _ height: Double) {
    let outline = Path.rectangle(rect(x, 0, width, height), radius: unit)
    canvas.fill(outline, .surface)
    canvas.fill(outline, color, opacity: 0.05)
    canvas.stroke(outline, color, width: 1.2)
    words(title, x + 1.2, 0.9, .start, .top, role: .title, color: color)
  }
}
