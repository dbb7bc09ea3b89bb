import Drawing
import Stages
import Tensors

/// Tensors of a stage that are pictures, small, a row for each: what was computed, before any figure is made of it.
struct TensorPictures {
  /// One tensor's pictures side by side.
  struct Row {
    let name: String
    let shape: [Int]
    let raster: Raster
    /// Columns of the terminal it fills.
    let columns: Int
  }

  static let mostRows = 4
  private static let mostPictures = 8
  private static let sides = 8...64

  /// - Parameter columns: of the terminal.
  static func rows(of result: StageResult, theme: Theme, columns: Int) -> [Row] {
    // Recorded modules come last and are many; the stage's own tensors are what it is about.
    Array(result.tensors.lazy.compactMap { row($0.name, $0.tensor, theme, columns) }.prefix(mostRows))
  }

  private static func row(_ name: String, _ tensor: Tensor, _ theme: Theme, _ columns: Int) -> Row? {
    let shape = tensor.shape
    guard (3...4).contains(shape.count) else { return nil }
    let (channels, height, width) = (shape[shape.count - 3], shape[shape.count - 2], shape[shape.count - 1])
    guard channels == 1 || channels == 3 || channels == 4, sides.contains(height), sides.contains(width) else {
      return nil
    }
    let batch = tensor.reshaped([shape.count == 4 ? shape[0] : 1, channels, height, width])
    let shown = evenly(batch.shape[0])
    // A latent's four channels are four pictures.
    let pictures = shown.flatMap { n -> [Tensor] in
      let picture = batch[index: n]
      return channels == 4 ? (0..<4).map { picture[index: $0].reshaped([1, height, width]) } : [picture]
    }
    let used = Array(pictures.prefix(mostPictures))
    let mapping = mapping(of: tensor, isPicture: channels != 4)
    let rasters = used.map { Raster($0, mapping, theme: theme) }
    let grid = Raster.grid(rasters, columns: rasters.count, gap: max(1, width / 16), background: theme.background)
    let each = min(20, max(8, (columns - 2) / rasters.count))
    return Row(name: name, shape: shape, raster: grid, columns: min(columns, each * rasters.count))
  }

  /// The first, the last and some between.
  private static func evenly(_ count: Int) -> [Int] {
    guard count > mostPictures else { return Array(0..<count) }
    return (0..<mostPictures).map { $0 * (count - 1) / (mostPictures - 1) }
  }

  /// Grey or colours, the noise of noisy pictures included; signed values around 0 for latents.
  private static func mapping(of tensor: Tensor, isPicture: Bool) -> PixelMapping {
    let (low, high) = tensor.withUnsafeBufferPointer { ($0.min() ?? 0, $0.max() ?? 0) }
    let largest = max(-low, high)
    guard isPicture else { return .diverging(limit: max(largest, 1e-6)) }
    return .intensity(largest <= 1.5 ? -1...1 : -min(largest, 3)...min(largest, 3))
  }
}

extension FigureDesk {
  /// The pictures among a stage's tensors as text for the terminal; none when pictures are not shown or values compared.
  func tensors(of outcome: StageOutcome, renderer: TerminalRenderer) -> [String] {
    guard showsPictures, outcome.runs.count == 1, let result = outcome.runs.first?.result else { return [] }
    return TensorPictures.rows(of: result, theme: theme, columns: renderer.width).map { row in
      let shape = row.shape.map(String.init).joined(separator: ", ")
      return renderer.lines("Tensor \(row.name) [\(shape)]")
        + TerminalPicture.text(
          rgb: row.raster.bytes, width: row.raster.width, height: row.raster.height, columns: row.columns) + "\n"
    }
  }
}
