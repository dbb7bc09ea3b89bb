import CKernels

/// Convolution with 3×3 kernels and stride 1 by Winograd's F(4×4, 3×3): a quarter of the multiplications.
///
/// A chunk of tiles small enough for the cache is transformed, multiplied as 36 matrix products, and transformed back.
/// The input's gradient is the same with rotated kernels; the weight's gradient sums 36 products over all tiles in the
/// transformed domain and is transformed back once.
struct WinogradConvolution {
  let shape: ConvolutionShape
  /// The images the products are made for, and where their tiles lie.
  private let tiling: ck_tiling
  private let tilesY: Int
  private let inRow: Int
  private let outRow: Int

  /// Floats the transformed tiles of a chunk may fill, input and output together: 640 KiB of the second-level cache.
  private static let chunkFloats = 160 * 1024

  init(_ shape: ConvolutionShape) {
    self.shape = shape
    tilesY = (shape.outHeight + 3) / 4
    tiling = ck_tiling(
      channels: shape.inChannels, height: shape.height, width: shape.width, top: shape.padding.top,
      left: shape.padding.left, tiles_x: (shape.outWidth + 3) / 4)
    inRow = (shape.inChannels + 15) / 16 * 16
    outRow = (shape.outChannels + 15) / 16 * 16
  }

  static func handles(_ shape: ConvolutionShape) -> Bool {
    shape.kernelHeight == 3 && shape.kernelWidth == 3 && shape.stride == 1 && shape.padding.isWithin(3, 3)
  }

  private var outTiling: ck_tiling {
    ck_tiling(
      channels: shape.outChannels, height: shape.outHeight, width: shape.outWidth, top: 0, left: 0,
      tiles_x: tiling.tiles_x)
  }

  /// Chunks of about `tiles` tiles: rows of tiles of one sample, or several whole samples; at least two if possible.
  private func chunks(of tiles: Int) -> [ck_tile_chunk] {
    let perSample = tilesY * tiling.tiles_x
    if perSample <= tiles && shape.samples > 1 {
      let samples = min(tiles / perSample, (shape.samples + 1) / 2)
      return stride(from: 0, to: shape.samples, by: samples).map {
        ck_tile_chunk(first_sample: $0, samples: min(samples, shape.samples - $0), first_row: 0, rows: tilesY)
      }
    }
    let rows = max(1, min(tiles / tiling.tiles_x, (tilesY + 1) / 2))
    return (0..<shape.samples).flatMap { sample in
      stride(from: 0, to: tilesY, by: rows).map {
        ck_tile_chunk(first_sample: sample, samples: 1, first_row: $0, rows: min(rows, tilesY - $0))
      }
    }
  }

  private func tiles(_ chunk: ck_tile_chunk) -> Int { chunk.samples * chunk.rows * tiling.tiles_x }

  private func scratch(_ chunk: ck_tile_chunk) -> Int {
    var (inner, outer, chunk) = (tiling, outTiling, chunk)
    return max(ck_winograd_scratch(&inner, &chunk), ck_winograd_scratch(&outer, &chunk))
  }

  // MARK: Forward

  func forward(_ input: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
    // Rows of taps are input channels, lanes are output channels.
    let taps = ck_taps(
      rows: shape.inChannels, lanes: shape.outChannels, row_stride: 9, lane_stride: shape.inChannels * 9)
    return convolve(input, weight, taps, rotated: false, bias)
  }

  private func convolve(_ input: Tensor, _ weight: Tensor, _ taps: ck_taps, rotated: Bool, _ bias: Tensor?) -> Tensor {
    let planes = transformed(weight, taps, rotated: rotated)
    let chunks = chunks(of: max(32, min(256, Self.chunkFloats / (36 * (inRow + outRow)))))
    return Tensor(unsafeUninitialized: shape.outShape) { out in
      input.withUnsafeBufferPointer { x in
        guard let x = x.baseAddress, let y = out.baseAddress, !out.isEmpty else { return }
        Tensor.withOptionalPointer(bias) { b in
          Parallel.forEach(chunks.count) { forward(chunks[$0], x, planes.pointer, b, y) }
        }
      }
    }
  }

  /// 36 planes [rows][lanes]
  private func transformed(_ weight: Tensor, _ taps: ck_taps, rotated: Bool) -> Storage {
    weight.storage.derived([0, taps.rows, taps.lanes, rotated ? 1 : 0]) {
      let lanes = (taps.lanes + 15) / 16
      let planes = Storage(count: 36 * taps.rows * lanes * 16)
      let grain = max(1, 16_384 / max(1, taps.rows * 144))
      Parallel.forRanges(lanes, grain: grain) { range in
        var taps = taps
        let scratch = Storage(count: taps.rows * 144)
        for lane in range {
          ck_winograd_weight(
            weight.storage.pointer, &taps, lane * 16, rotated ? 1 : 0, planes.pointer, scratch.pointer)
        }
      }
      return planes
    }
  }

  private func forward(
    _ chunk: ck_tile_chunk, _ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?,
    _ y: UnsafeMutablePointer<Float>
  ) {
    let count = tiles(chunk)
    // A line more than needed keeps the planes from meeting in the same sets of the cache.
    let (inPlane, outPlane) = (count * inRow + 16, count * outRow + 16)
    let buffer = Storage(count: 36 * (inPlane + outPlane) + scratch(chunk))
    let (v, m) = (buffer.pointer, buffer.pointer + 36 * inPlane)
    let scratch = m + 36 * outPlane
    var (inner, outer, chunk) = (tiling, outTiling, chunk)
    ck_winograd_input(x, &inner, &chunk, v, inPlane, scratch)
    for k in 0..<36 {
      ck_product(
        count, outRow, shape.inChannels, v + k * inPlane, inRow, 1, weight + k * shape.inChannels * outRow, outRow,
        m + k * outPlane, outRow, 0)
    }
    ck_winograd_output(m, outPlane, &outer, &chunk, bias, y, scratch)
  }

  // MARK: Gradients

  func inputGradient(_ weight: Tensor, _ outputGradient: Tensor) -> Tensor {
    let transposed = ConvolutionShape(
      input: shape.outShape, weight: [shape.inChannels, shape.outChannels, 3, 3], stride: 1,
      padding: shape.padding.transposed(3, 3))
    let taps = ck_taps(
      rows: shape.outChannels, lanes: shape.inChannels, row_stride: shape.inChannels * 9, lane_stride: 9)
    return WinogradConvolution(transposed).convolve(outputGradient, weight, taps, rotated: true, nil)
  }

  /// The gradients of the weight and of the bias, which is summed while the output's gradient passes by.
  func weightGradient(_ input: Tensor, _ outputGradient: Tensor) -> (weight: Tensor, bias: Tensor) {
    let chunks = chunks(of: max(64, min(256, Self.chunkFloats / (36 * (inRow + outRow)))))
    let planeFloats = 36 * shape.outChannels * inRow
    // Each part has a sum of its own; their number depends on the shape alone.
    let parts = min(chunks.count, planeFloats > 1 << 19 ? 2 : 4)
    let sums = Storage(count: parts * planeFloats)
    let channelSums = Storage(count: chunks.count * outRow)
    input.withUnsafeBufferPointer { x in
      outputGradient.withUnsafeBufferPointer { g in
        guard let x = x.baseAddress, let g = g.baseAddress else { return }
        Parallel.forEach(parts) { part in
          let range = (chunks.count * part / parts)..<(chunks.count * (part + 1) / parts)
          for i in range {
            add(
              chunks[i], x, g, to: sums.pointer + part * planeFloats, isFirst: i == range.lowerBound,
              channelSums.pointer + i * outRow)
          }
        }
      }
    }
    let bias = (0..<shape.outChannels).map { channel in
      Float(chunks.indices.reduce(0.0) { $0 + Double(channelSums.pointer[$1 * outRow + channel]) })
    }
    let weight = Tensor(unsafeUninitialized: shape.weightShape) { out in
      guard let w = out.baseAddress else { return }
      let taps = ck_taps(
        rows: shape.outChannels, lanes: shape.inChannels, row_stride: shape.inChannels * 9, lane_stride: 9)
      Parallel.forRanges(shape.outChannels, grain: max(1, 16_384 / (shape.inChannels * 9))) { range in
        var taps = taps
        ck_winograd_weight_gradient(sums.pointer, parts, planeFloats, &taps, range.lowerBound, range.upperBound, w)
      }
    }
    return (weight, Tensor(bias))
  }

  /// Adds a chunk's 36 products (gradient)ᵀ · (input) to `sum`, planes [C_out][C_in], and sets the gradient's channel sums.
  private func add(
    _ chunk: ck_tile_chunk, _ x: UnsafePointer<Float>, _ g: UnsafePointer<Float>, to sum: UnsafeMutablePointer<Float>,
    isFirst: Bool, _ channelSums: UnsafeMutablePointer<Float>
  ) {
    let count = tiles(chunk)
    let (inPlane, outPlane) = (count * inRow + 16, count * outRow + 16)
    let buffer = Storage(count: 36 * (inPlane + outPlane) + scratch(chunk))
    let (v, m) = (buffer.pointer, buffer.pointer + 36 * inPlane)
    let scratch = m + 36 * outPlane
    var (inner, outer, chunk) = (tiling, outTiling, chunk)
    ck_winograd_input(x, &inner, &chunk, v, inPlane, scratch)
    ck_winograd_output_gradient(g, &outer, &chunk, m, outPlane, channelSums, scratch)
    for k in 0..<36 {
      ck_product(
        shape.outChannels, inRow, count, m + k * outPlane, 1, outRow, v + k * inPlane, inRow,
        sum + k * shape.outChannels * inRow, inRow, isFirst ? 0 : 1)
    }
  }
}
