import Drawing
import Synchronization
import Tensors

/// Every emoji of the world drawn once, at two sizes from which any smaller one is resampled.
final class EmojiSprites: Sendable {
  /// Sides of the two sizes in pixels, the larger first.
  let sides: [Int]
  /// One array a size; colours multiplied by opacity, one emoji after the other.
  private let pixels: [[SIMD4<UInt8>]]
  let count: Int

  /// - Parameter side: of the pictures the sprites are for; none is drawn larger than that.
  init(_ symbols: [String], font: EmojiFont, side: Int) {
    // A little more than a picture's side keeps the largest emoji sharp; half of it serves the pairs.
    let large = min(side * 9 / 8, EmojiFont.side) / 2 * 2
    sides = [large, large / 2]
    count = symbols.count
    var levels: [[SIMD4<UInt8>]] = sides.map { _ in [] }
    for (level, side) in sides.enumerated() { levels[level].reserveCapacity(symbols.count * side * side) }
    for symbol in symbols {
      let drawn = font.pixels(of: symbol)
      for (level, side) in sides.enumerated() { levels[level] += Self.resized(drawn, to: side) }
    }
    pixels = levels
  }

  private static func resized(_ source: [SIMD4<UInt8>], to side: Int) -> [SIMD4<UInt8>] {
    let axis = ResamplingAxis(origin: 0, length: Float(side), samples: EmojiFont.side, target: 0..<side)
    var result = [SIMD4<UInt8>](repeating: .zero, count: side * side)
    source.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      resample(base, EmojiFont.side, horizontal: axis, vertical: axis) { x, y, value in
        result[y * side + x] = SIMD4<UInt8>(clamping: SIMD4<Int32>(value.rounded(.toNearestOrAwayFromZero)))
      }
    }
    return result
  }

  /// Calls `paint(x, y, colour times opacity and opacity in 0…255)` for every pixel of a `side` × `side` picture that the emoji
  /// touches.
  ///
  /// - Parameters:
  ///   - left: edge of the emoji's square in pixels of the picture; so `top`.
  ///   - size: side of that square in pixels.
  func draw(
    _ emoji: Int, left: Float, top: Float, size: Float, side: Int, _ paint: (Int, Int, SIMD4<Float>) -> Void
  ) {
    precondition((0..<count).contains(emoji) && size > 0, "emoji \(emoji) of \(count), size \(size)")
    let level = size <= Float(sides[1]) ? 1 : 0
    let samples = sides[level]
    func axis(_ origin: Float) -> ResamplingAxis {
      let first = max(0, Int((origin - 1).rounded(.down)))
      let last = max(first, min(side, Int((origin + size + 1).rounded(.up))))
      return ResamplingAxis(origin: origin, length: size, samples: samples, target: first..<last)
    }
    pixels[level].withUnsafeBufferPointer { all in
      guard let base = all.baseAddress else { return }
      resample(
        base + emoji * samples * samples, samples, horizontal: axis(left), vertical: axis(top), paint)
    }
  }

  // MARK: Cache

  private struct Key: Hashable {
    let symbols: [String]
    let side: Int
  }

  private static let cache = Mutex<[Key: EmojiSprites]>([:])

  /// The sprites of these symbols, drawn when they are asked for first in this process.
  static func shared(_ symbols: [String], side: Int) throws(UserError) -> EmojiSprites {
    let key = Key(symbols: symbols, side: side)
    return try cache.withLock { (cache) throws(UserError) in
      if let known = cache[key] { return known }
      let drawn = EmojiSprites(symbols, font: try EmojiFont(), side: side)
      cache[key] = drawn
      return drawn
    }
  }
}

/// Which samples of a row, and how much of each, make each pixel of a resized row: the triangle filter, as wide as a pixel or
/// a sample, whichever is wider. Beyond the samples' ends everything is transparent.
struct ResamplingAxis {
  let target: Range<Int>
  /// For each target pixel its first sample; there are `taps` of them.
  let firsts: [Int]
  let taps: Int
  let weights: [Float]

  /// - Parameters:
  ///   - origin: where on the target axis the samples begin.
  ///   - length: how many target pixels they cover.
  ///   - samples: their number.
  init(origin: Float, length: Float, samples: Int, target: Range<Int>) {
    self.target = target
    let scale = Float(samples) / length
    let radius = max(1, scale)
    let taps = min(samples, Int((2 * radius).rounded(.up)) + 1)
    var firsts: [Int] = []
    var weights: [Float] = []
    for pixel in target {
      let center = (Float(pixel) + 0.5 - origin) * scale
      func weight(_ sample: Int) -> Float { max(0, 1 - abs(Float(sample) + 0.5 - center) / radius) }
      let (from, to) = (Int((center - radius).rounded(.down)), Int((center + radius).rounded(.up)))
      // What lies beyond the ends counts too: it is transparent.
      let total = (from...to).reduce(0) { $0 + weight($1) }
      let first = min(max(0, from), samples - taps)
      firsts.append(first)
      weights += (first..<(first + taps)).map { weight($0) / total }
    }
    self.taps = taps
    self.firsts = firsts
    self.weights = weights
  }
}

/// Resamples a square of `samples` × `samples` pixels, first along its rows, then along its columns.
func resample(
  _ source: UnsafePointer<SIMD4<UInt8>>, _ samples: Int, horizontal: ResamplingAxis, vertical: ResamplingAxis,
  _ paint: (Int, Int, SIMD4<Float>) -> Void
) {
  let (width, height) = (horizontal.target.count, vertical.target.count)
  guard width > 0, height > 0 else { return }
  withUnsafeTemporaryAllocation(of: SIMD4<Float>.self, capacity: samples * (width + 1)) { memory in
    guard let row = memory.baseAddress else { return }
    let narrowed = row + samples
    for y in 0..<samples {
      for x in 0..<samples { row[x] = SIMD4<Float>(source[y * samples + x]) }
      for x in 0..<width {
        var sum = SIMD4<Float>.zero
        for tap in 0..<horizontal.taps {
          sum += row[horizontal.firsts[x] + tap] * horizontal.weights[x * horizontal.taps + tap]
        }
        narrowed[y * width + x] = sum
      }
    }
    for y in 0..<height {
      for x in 0..<width {
        var sum = SIMD4<Float>.zero
        for tap in 0..<vertical.taps {
          sum += narrowed[(vertical.firsts[y] + tap) * width + x] * vertical.weights[y * vertical.taps + tap]
        }
        paint(horizontal.target.lowerBound + x, vertical.target.lowerBound + y, sum)
      }
    }
  }
}
