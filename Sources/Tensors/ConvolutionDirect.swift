import CKernels

/// Convolution tap by tap on images turned to [y][x][channel], for any kernel and stride.
///
/// For each row of outputs and each tap (k, l), the inputs the tap meets are a matrix [x][C_in] whose rows lie
/// stride · C_in apart, so that y[x][C_out] += inputs · w[k, l] is a matrix product without copying windows. The input's
/// gradient adds to the same rows, the weight's gradient multiplies with their transpose.
struct DirectConvolution {
  let shape: ConvolutionShape
  private let taps: Int
  /// Channels rounded up to vectors of 16.
  private let inRow: Int
  private let outRow: Int
  /// The padded image as [y][x][inRow].
  private let paddedWidth: Int
  private let paddedFloats: Int

  /// Into how many parts at most the samples are cut for the weight's gradient; each part has a sum of its own.
  private static let parts = 8

  init(_ shape: ConvolutionShape) {
    self.shape = shape.flattenedIfPointwise
    taps = shape.kernelHeight * shape.kernelWidth
    inRow = (shape.inChannels + 15) / 16 * 16
    outRow = (shape.outChannels + 15) / 16 * 16
    let padding = self.shape.padding
    paddedWidth = self.shape.width + padding.left + padding.right
    paddedFloats = (self.shape.height + padding.top + padding.bottom) * paddedWidth * inRow
  }

  /// Whether a padded sample stays near the cache and vectors of 16 channels are mostly full.
  static func suits(_ shape: ConvolutionShape) -> Bool {
    let pixels =
      (shape.height + shape.padding.top + shape.padding.bottom)
      * (shape.width + shape.padding.left + shape.padding.right)
    return shape.inChannels >= 8 && shape.outChannels >= 8 && pixels * (shape.inChannels + 15) <= 1 << 19
      && shape.samples > 0
  }

  // MARK: Layouts

  /// Where each pixel of the image goes in the padded image.
  private var inOffsets: [Int32] {
    (0..<shape.pixels).map {
      let (y, x) = ($0 / shape.width + shape.padding.top, $0 % shape.width + shape.padding.left)
      return Int32((y * paddedWidth + x) * inRow)
    }
  }

  private var outOffsets: [Int32] { (0..<shape.outPixels).map { Int32($0 * outRow) } }

  /// [channels][pixels] → [pixels][channels]
  private func load(
    _ image: UnsafePointer<Float>, channels: Int, _ offsets: [Int32], to lanes: UnsafeMutablePointer<Float>
  ) {
    for channel in stride(from: 0, to: channels, by: 16) {
      ck_rows_to_lanes(
        image + channel * offsets.count, offsets.count, min(16, channels - channel), offsets.count, lanes + channel,
        offsets)
    }
  }

  /// [pixels][channels] → [channels][pixels]
  private func store(
    _ lanes: UnsafePointer<Float>, channels: Int, _ offsets: [Int32], bias: UnsafePointer<Float>?,
    to image: UnsafeMutablePointer<Float>
  ) {
    for channel in stride(from: 0, to: channels, by: 16) {
      ck_lanes_to_rows(
        lanes + channel, offsets, offsets.count, bias.map { $0 + channel }, image + channel * offsets.count,
        offsets.count, min(16, channels - channel))
    }
  }

  /// Calls `body(tap, output row's first pixel, offset of the row's first input)`.
  private func forEachRow(_ body: (Int, Int, Int) -> Void) {
    for tap in 0..<taps {
      let (k, l) = (tap / shape.kernelWidth, tap % shape.kernelWidth)
      for y in 0..<shape.outHeight {
        body(tap, y * shape.outWidth, ((y * shape.stride + k) * paddedWidth + l) * inRow)
      }
    }
  }

  // MARK: Forward

  func forward(_ input: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
    let planes = weightByOutput(weight)
    let (inOffsets, outOffsets) = (inOffsets, outOffsets)
    let bias = bias?.scalars
    return Tensor(unsafeUninitialized: shape.outShape) { out in
      input.withUnsafeBufferPointer { x in
        guard let x = x.baseAddress, let y = out.baseAddress, !out.isEmpty else { return }
        Parallel.forEach(shape.samples) { sample in
          let buffer = Storage(count: paddedFloats + shape.outPixels * outRow)
          let (padded, result) = (buffer.pointer, buffer.pointer + paddedFloats)
          if shape.padding != Padding(0) { padded.update(repeating: 0, count: paddedFloats) }
          load(x + sample * shape.inChannels * shape.pixels, channels: shape.inChannels, inOffsets, to: padded)
          forEachRow { tap, pixel, row in
            ck_product(
              shape.outWidth, outRow, shape.inChannels, padded + row, shape.stride * inRow, 1,
              planes.pointer + tap * shape.inChannels * outRow, outRow, result + pixel * outRow, outRow,
              tap == 0 ? 0 : 1)
          }
          let image = y + sample * shape.outChannels * shape.outPixels
          if let bias {
            bias.withUnsafeBufferPointer {
              store(result, channels: shape.outChannels, outOffsets, bias: $0.baseAddress, to: image)
            }
          } else {
            store(result, channels: shape.outChannels, outOffsets, bias: nil, to: image)
          }
        }
      }
    }
  }

  /// The weight as [tap][C_in][outRow].
  private func weightByOutput(_ weight: Tensor) -> Storage {
    let planes = Storage(count: taps * shape.inChannels * outRow)
    let depth = shape.inChannels * taps
    let offsets = (0..<depth).map { Int32(($0 % taps * shape.inChannels + $0 / taps) * outRow) }
    weight.withUnsafeBufferPointer { w in
      guard let w = w.baseAddress else { return }
      load(w, channels: shape.outChannels, offsets, to: planes.pointer)
    }
    return planes
  }

  /// The weight as [tap][C_out][inRow].
  private func weightByInput(_ weight: Tensor) -> Storage {
    let planes = Storage(count: taps * shape.outChannels * inRow)
    let offsets = (0..<taps).map { Int32($0 * shape.outChannels * inRow) }
    weight.withUnsafeBufferPointer { w in
      guard let w = w.baseAddress else { return }
      for o in 0..<shape.outChannels {
        load(w + o * shape.inChannels * taps, channels: shape.inChannels, offsets, to: planes.pointer + o * inRow)
      }
    }
    return planes
  }

  // MARK: Gradients

  func gradients(
    _ input: Tensor, _ weight: Tensor, _ outputGradient: Tensor, needsInput: Bool, needsWeight: Bool
  ) -> (input: Tensor?, weight: Tensor?) {
    let parts = min(shape.samples, Self.parts)
    let sumFloats = taps * shape.outChannels * inRow
    let sums = Storage(count: needsWeight ? parts * sumFloats : 0)
    let gradient = Storage(count: needsInput ? shape.samples * shape.inChannels * shape.pixels : 0)
    let planes = needsInput ? weightByInput(weight) : nil
    let (inOffsets, outOffsets) = (inOffsets, outOffsets)
    input.withUnsafeBufferPointer { x in
      outputGradient.withUnsafeBufferPointer { g in
        guard let x = x.baseAddress, let g = g.baseAddress else { return }
        Parallel.forEach(parts) { part in
          let buffer = Storage(count: paddedFloats + shape.outPixels * outRow)
          let (padded, lanes) = (buffer.pointer, buffer.pointer + paddedFloats)
          let sum = sums.pointer + part * sumFloats
          if needsWeight { sum.update(repeating: 0, count: sumFloats) }
          for sample in (shape.samples * part / parts)..<(shape.samples * (part + 1) / parts) {
            let image = sample * shape.inChannels * shape.pixels
            load(g + sample * shape.outChannels * shape.outPixels, channels: shape.outChannels, outOffsets, to: lanes)
            if needsWeight {
              padded.update(repeating: 0, count: paddedFloats)
              load(x + image, channels: shape.inChannels, inOffsets, to: padded)
              addWeightGradient(padded, lanes, to: sum)
            }
            if let planes {
              padded.update(repeating: 0, count: paddedFloats)
              addInputGradient(planes.pointer, lanes, to: padded)
              store(padded, channels: shape.inChannels, inOffsets, bias: nil, to: gradient.pointer + image)
            }
          }
        }
      }
    }
    return (
      needsInput
        ? Tensor(shape: [shape.samples, shape.inChannels, shape.height, shape.width], storage: gradient) : nil,
      needsWeight ? weightGradient(sums, parts: parts) : nil
    )
  }

  private func addWeightGradient(
    _ padded: UnsafePointer<Float>, _ lanes: UnsafePointer<Float>, to sum: UnsafeMutablePointer<Float>
  ) {
    forEachRow { tap, pixel, row in
      ck_product(
        shape.outChannels, inRow, shape.outWidth, lanes + pixel * outRow, 1, outRow, padded + row,
        shape.stride * inRow, sum + tap * shape.outChannels * inRow, inRow, 1)
    }
  }

  private func addInputGradient(
    _ planes: UnsafePointer<Float>, _ lanes: UnsafePointer<Float>, to padded: UnsafeMutablePointer<Float>
  ) {
    forEachRow { tap, pixel, row in
      ck_product(
        shape.outWidth, inRow, shape.outChannels, lanes + pixel * outRow, outRow, 1,
        planes + tap * shape.outChannels * inRow, inRow, padded + row, shape.stride * inRow, 1)
    }
  }

  /// The sum of the parts, [tap][C_out][inRow] → [C_out][C_in][tap].
  private func weightGradient(_ sums: Storage, parts: Int) -> Tensor {
    let sumFloats = taps * shape.outChannels * inRow
    for part in 1..<max(parts, 1) { ck_axpy(sums.pointer + part * sumFloats, 1, sums.pointer, sumFloats) }
    let offsets = (0..<taps).map { Int32($0 * shape.outChannels * inRow) }
    return Tensor(unsafeUninitialized: shape.weightShape) { out in
      guard let w = out.baseAddress else { return }
      for o in 0..<shape.outChannels {
        store(
          sums.pointer + o * inRow, channels: shape.inChannels, offsets, bias: nil, to: w + o * shape.inChannels * taps)
      }
    }
  }
}
