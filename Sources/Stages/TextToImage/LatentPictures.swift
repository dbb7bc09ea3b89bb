import Drawing
import Models
import Pipelines
import Tensors

extension Tensor {
  /// The channels of [C, H, W] as tiles of one picture [1, rows · H, columns · W], in reading order; places left are 0.
  func tiled(columns: Int) -> Tensor {
    precondition(rank == 3 && columns > 0, "tiles of \(shape) in \(columns) columns")
    let (channels, height, width) = (shape[0], shape[1], shape[2])
    let rows = (channels + columns - 1) / columns
    var tiles = (0..<channels).map { self[index: $0].reshaped([1, height, width]) }
    while tiles.count < rows * columns { tiles.append(.zeros([1, height, width])) }
    let bands = (0..<rows).map { Tensor.concatenated(Array(tiles[($0 * columns)..<(($0 + 1) * columns)]), along: 2) }
    return Tensor.concatenated(bands, along: 1)
  }
}

/// Latents as pictures: their four channels as tiles, blue below zero and orange above, ±3 the ends.
enum LatentTiles {
  static let mapping = PixelMapping.diverging(limit: 3)

  /// The first of N latents, [N, C, h, w].
  static func cell(_ latents: Tensor, columns: Int = 2, caption: RichText? = nil, frame: ColorRole? = nil) -> ImageCell
  {
    ImageCell(latents[index: 0].tiled(columns: columns), mapping, caption: caption, frame: frame)
  }
}

extension PipelineModel {
  /// D of several latents [1, C, h, w], one call of the decoder for each eight: pictures [3, H, W] in 0…1.
  func decoded(_ latents: [Tensor]) -> [Tensor] {
    stride(from: 0, to: latents.count, by: 8).flatMap { start -> [Tensor] in
      let batch = Array(latents[start..<min(start + 8, latents.count)])
      let pictures = pipeline.decode(latents: Tensor.concatenated(batch))
      return batch.indices.map { pictures[index: $0] }
    }
  }
}
