import Drawing
import Tensors

/// Pixel space: x and the encoder above, x̃ and the decoder below.
extension PosterPainter {
  private static let pictureX = 6.6
  private static let pixelSide = 10.0

  func drawPixelSpace() {
    drawEncoder()
    drawDecoder()
  }

  private func drawEncoder() {
    let y = Self.forwardY
    let levels = Array(content.encoder.evenlyChosen(4))
    let places = levelPlaces(levels)
    let right = (places.last.map { $0.x + $0.side / 2 } ?? 0) + 0.8
    bracket("E", "encoder", from: places.first.map { $0.x - $0.side / 2 - 0.8 } ?? 0, to: right, y, tallest(places))
    picture(content.picture, .unit, at: Self.pictureX, y, side: Self.pixelSide)
    words(RichText("x, \(shape(content.picture))"), Self.pictureX, y + 5.3, role: .label)
    for (level, place) in zip(levels, places) {
      draw(level, at: place.x, y, side: place.side, labelDrop: tallest(places) / 2 + 1.3)
    }
    arrow([(Self.pictureX + 5.2, y), ((places.first?.x ?? 0) - (places.first?.side ?? 0) / 2 - 1, y)])
    arrow([(right + 0.2, y), (columnX(0) - Self.pictureSide / 2 - 0.2, y)])
    words(content.equation("vae.reparameterize") + ", times f", 14, y + 5.9, .start, color: .muted)
  }

  private func drawDecoder() {
    let y = Self.reverseY
    let levels = Array(content.decoder.reversed().map { $0 }.evenlyChosen(4))
    let places = levelPlaces(levels)
    let right = (places.last.map { $0.x + $0.side / 2 } ?? 0) + 0.8
    let left = places.first.map { $0.x - $0.side / 2 - 0.8 } ?? 0
    bracket("D", "decoder", from: left, to: right, y, tallest(places))
    picture(content.result, .unit, at: Self.pictureX, y, side: Self.pixelSide, frame: Self.pixels)
    words(RichText("x̃, \(shape(content.result))"), Self.pictureX, y + 5.3, role: .label)
    for (level, place) in zip(levels, places) {
      draw(level, at: place.x, y, side: place.side, labelDrop: tallest(places) / 2 + 1.3)
    }
    arrow([(left - 0.2, y), (Self.pictureX + 5.3, y)])
    arrow([(columnX(0) - Self.pictureSide / 2 - 0.2, y), (right + 0.2, y)])
    words(
      content.equation("vae.unscale") + RichText(", f = \(NumberText.short(content.scalingFactor, significant: 3))"),
      14, y + 5.9, .start, color: .muted)
  }

  private func shape(_ tensor: Tensor) -> String { tensor.shape.map(String.init).joined(separator: "×") }

  /// Places of levels from the largest to the smallest, in the room between the picture and latent space.
  private func levelPlaces(_ levels: [PosterContent.Level]) -> [(x: Double, side: Double)] {
    let (left, right) = (14.2, 30.0)
    let sizes = levels.map { Double($0.output.shape[2]).squareRoot() }
    let gaps = 0.9 * Double(max(levels.count - 1, 0)) + 1.6
    let scale = min((right - left - gaps) / max(sizes.reduce(0, +), 1e-6), 6.6 / (sizes.max() ?? 1))
    var x = left + 0.8 + max(0, (right - left - gaps - scale * sizes.reduce(0, +)) / 2)
    return sizes.map { size in
      defer { x += size * scale + 0.9 }
      return (x + size * scale / 2, size * scale)
    }
  }

  private func tallest(_ places: [(x: Double, side: Double)]) -> Double { places.map(\.side).max() ?? 0 }

  /// A funnel behind the levels, with the part's letter over it.
  private func bracket(
    _ letter: RichText, _ name: RichText, from left: Double, to right: Double, _ y: Double, _ height: Double
  ) {
    let (high, low) = (height / 2 + 1, height / 2 - 0.4)
    let outline = Path.polyline(
      [point(left, y - high), point(right, y - low), point(right, y + low), point(left, y + high)], closed: true)
    canvas.fill(outline, Self.pixels, opacity: 0.1)
    canvas.stroke(outline, Self.pixels, width: 1.2)
    words(letter, left, y - high - 0.3, .start, .bottom, role: .title, color: Self.pixels)
    words(name, left + 2.2, y - high - 0.45, .start, .bottom, color: Self.pixels)
  }

  private func draw(
    _ level: PosterContent.Level, at x: Double, _ y: Double, side: Double, labelDrop: Double
  ) {
    for depth in [2.0, 1.0] {
      let back = rect(x - side / 2 + 0.18 * depth, y - side / 2 - 0.18 * depth, side, side)
      canvas.fill(.rectangle(back), .surface)
      canvas.stroke(.rectangle(back), Self.pixels, width: 0.6)
    }
    let limit = max(level.channel.scalars.map { abs($0) }.max() ?? 1, 1e-6)
    picture(level.channel, .diverging(limit: limit), at: x, y, side: side)
    let (channels, height) = (level.output.shape[0], level.output.shape[1])
    words("\(channels)×\(height)^2", x, y + labelDrop, color: .muted)
  }
}
