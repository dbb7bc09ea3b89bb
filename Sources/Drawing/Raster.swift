import Tensors

/// How the numbers of a tensor become colours.
public enum PixelMapping: Sendable {
  /// Grey for one channel, RGB for three; `lowerBound` is black, `upperBound` full brightness.
  case intensity(ClosedRange<Float>)
  /// Signed values of one channel; 0 is the neutral middle, ±`limit` the ends.
  case diverging(limit: Float)
  /// Magnitudes of one channel, in even steps from dark to light.
  case sequential(ClosedRange<Float>)

  /// Images with values from 0 to 1.
  public static let unit = PixelMapping.intensity(0...1)
  /// Images with values from −1 to 1, as diffusion models see them.
  public static let symmetric = PixelMapping.intensity(-1...1)

  /// Whether the theme has a say in the colours.
  func map(in theme: Theme) -> ColorMap {
    switch self {
    case .intensity: .gray
    case .diverging: theme.divergingMap
    case .sequential: .sequential
    }
  }

  /// The values at the two ends of the colour map.
  public var range: ClosedRange<Double> {
    switch self {
    case .intensity(let range), .sequential(let range): Double(range.lowerBound)...Double(range.upperBound)
    case .diverging(let limit): -Double(limit)...Double(limit)
    }
  }

  func position(of value: Double) -> Double {
    let width = range.upperBound - range.lowerBound
    return width > 0 ? (value - range.lowerBound) / width : 0.5
  }
}

/// Opaque pixels, eight bits for red, green and blue, row after row.
public struct Raster: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// 3 · width · height bytes.
  public let bytes: [UInt8]

  public init(width: Int, height: Int, bytes: [UInt8]) {
    precondition(bytes.count == 3 * width * height, "\(bytes.count) bytes for \(width)×\(height) pixels")
    self.width = width
    self.height = height
    self.bytes = bytes
  }

  /// The pixels of an image tensor of shape [1, H, W], [3, H, W] or [H, W].
  public init(_ image: Tensor, _ mapping: PixelMapping, theme: Theme = .light) {
    let shape = image.rank == 2 ? [1] + image.shape : image.shape
    precondition(shape.count == 3 && (shape[0] == 1 || shape[0] == 3), "an image of shape \(image.shape)")
    let (channels, height, width) = (shape[0], shape[1], shape[2])
    var bytes = [UInt8](repeating: 0, count: 3 * width * height)
    let plane = width * height
    let map = channels == 1 ? mapping.map(in: theme).table.map(Raster.bytes) : []
    image.withUnsafeBufferPointer { values in
      for i in 0..<plane {
        if channels == 1 {
          let position = min(max(mapping.position(of: Double(values[i])), 0), 1)
          let entry = position.isNaN ? 0 : Int((position * Double(map.count - 1)).rounded())
          (bytes[3 * i], bytes[3 * i + 1], bytes[3 * i + 2]) = map[entry]
        } else {
          for c in 0..<3 { bytes[3 * i + c] = Raster.byte(mapping.position(of: Double(values[c * plane + i]))) }
        }
      }
    }
    self.init(width: width, height: height, bytes: bytes)
  }

  /// Every pixel repeated `factor` times in both directions, so that no viewer blurs it.
  public func enlarged(by factor: Int) -> Raster {
    guard factor > 1 else { return self }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count * factor * factor)
    for y in 0..<height {
      var row: [UInt8] = []
      row.reserveCapacity(3 * width * factor)
      for x in 0..<width {
        let at = 3 * (y * width + x)
        for _ in 0..<factor { row += bytes[at..<(at + 3)] }
      }
      for _ in 0..<factor { result += row }
    }
    return Raster(width: width * factor, height: height * factor, bytes: result)
  }

  /// Enlarged until a pixel of the result is smaller than one of a screen at twice the usual resolution.
  func enlarged(for target: Size) -> Raster {
    let wanted = max(target.width / Double(width), target.height / Double(height)) * 2 * 96 / 72
    return enlarged(by: wanted <= 1 ? 1 : min(Int(wanted.rounded(.up)), max(1, 1200 / max(width, height))))
  }

  /// Rasters of one size in rows of `columns`, `gap` pixels of the background between and around them.
  public static func grid(_ rasters: [Raster], columns: Int, gap: Int, background: Color) -> Raster {
    guard let first = rasters.first else { preconditionFailure("a grid of no rasters") }
    let rows = (rasters.count + columns - 1) / columns
    let used = min(columns, rasters.count)
    let (width, height) = (used * (first.width + gap) + gap, rows * (first.height + gap) + gap)
    let (r, g, b) = bytes(of: background)
    var result = [UInt8](repeating: 0, count: 3 * width * height)
    for i in 0..<(width * height) { (result[3 * i], result[3 * i + 1], result[3 * i + 2]) = (r, g, b) }
    for (n, raster) in rasters.enumerated() {
      precondition(
        raster.width == first.width && raster.height == first.height,
        "a grid of \(first.width)×\(first.height) and \(raster.width)×\(raster.height) pixels")
      let (left, top) = (gap + n % columns * (first.width + gap), gap + n / columns * (first.height + gap))
      for y in 0..<raster.height {
        let target = 3 * ((top + y) * width + left)
        let source = 3 * y * raster.width
        result.replaceSubrange(
          target..<(target + 3 * raster.width), with: raster.bytes[source..<(source + 3 * raster.width)])
      }
    }
    return Raster(width: width, height: height, bytes: result)
  }

  private static func bytes(of color: Color) -> (UInt8, UInt8, UInt8) {
    (byte(color.red), byte(color.green), byte(color.blue))
  }

  static func byte(_ value: Double) -> UInt8 {
    value.isNaN ? 0 : UInt8((min(max(value, 0), 1) * 255).rounded())
  }
}
