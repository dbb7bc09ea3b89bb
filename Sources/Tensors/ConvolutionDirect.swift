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
  /// From one row of outputs to the next in [y][x][outRow]: at stride 1 as far as in the padded image, so that all rows
  /// are one matrix, with some outputs between them that belong to no pixel.
  private let outPitch: Int
  private let rowsAtOnce: Int

  /// Into how many parts at most the samples are cut for the weight's gradient; each part has a sum of its own.
  private static let parts = 8

  init(_ shape: ConvolutionShape) {
    self.shape = shape.flattenedIfPointwise
    taps = shape.kernelHeight * shape.kernelWidth
    inRow = (shape.inChannels + 15) / 16 * 16
    outRow = (shape.outChannels + 15) / 16 * 16
    let padding = self.shape.padding
    paddedWidth = self.shape.width + padding.left + padding.right
    paddedFloats = self.shape.paddedPixels * inRow
    outPitch = shape.stride == 1 ? paddedWidth : shape.outWidth
    rowsAtOnce = shape.stride == 1 ? self.shape.outHeight : 1
  }

  // MARK: Layouts

  /// Where each pixel of the image goes in the padded image.
  private var inOffsets: [Int32] {
    (0..<shape.pixels).map {
      let (y, x) = ($0 / shape.width + shape.padding.top, $0 % shape.width + shape.padding.left)
      return Int32((y * paddedWidth + x) * inRow)
    }
  }

  private var outOffsets: [Int32] {
    (0..<shape.outPixels).map { Int32(($0 / shape.outWidth * outPitch + $0 % shape.outWidth) * outRow) }
  }

  private var outFloats: Int { shape.outHeight * outPitch * outRow }
  /// Outputs of one product.
  private var productRows: Int { (rowsAtOnce - 1) * outPitch + shape.outWidth }

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

  /// Calls `body(tap, first output, offset of its input)` for every product; outputs are counted with their pitch.
  private func forEachProduct(_ body: (Int, Int, Int) -> Void) {
    for tap in 0..<taps {
      let (k, l) = (tap / shape.kernelWidth, tap % shape.kernelWidth)
      for y in Swift.stride(from: 0, to: shape.outHeight, by: rowsAtOnce) {
        body(tap, y * outPitch, ((y * shape.stride + k) * paddedWidth + l) * inRow)
      }
    }
  }

  // MARK: Forward

  func forward(_ input: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
    let planes = weightByOutput(weight)
    let (inOffsets, outOffsets) = (inOffsets, outOffsets)
    // A few samples alone would leave threads idle: their output channels are shared out, three vectors a task.
    let lanes = shape.samples < 4 ? min(48, outRow) : outRow
    let parts = (outRow + lanes - 1) / lanes
    return Tensor(unsafeUninitialized: shape.outShape) { out in
      input.withUnsafeBufferPointer { x in
        guard let x = x.baseAddress, let y = out.baseAddress, !out.isEmpty else { return }
        Parallel.forEach(shape.samples * parts) { task in
          let (sample, first) = (task / parts, task % parts * lanes)
          let buffer = Storage(count: paddedFloats + outFloats)
          let (padded, result) = (buffer.pointer, buffer.pointer + paddedFloats)
          if shape.padding != Padding(0) { padded.update(repeating: 0, count: paddedFloats) }
          load(x + sample * shape.inChannels * shape.pixels, channels: shape.inChannels, inOffsets, to: padded)
          forEachProduct { tap, output, row in
            ck_product(
              productRows, min(lanes, outRow - first), shape.inChannels, padded + row, shape.stride * inRow, 1,
              planes.pointer + tap * shape.inChannels * outRow + first, outRow, result + output * outRow + first,
              outRow, tap == 0 ? 0 : 1)
          }
          let channels = min(first + lanes, shape.outChannels) - first
          let image = y + (sample * shape.outChannels + first) * shape.outPixels
          Tensor.withOptionalPointer(bias) { b in
            store(result + first, channels: channels, outOffsets, bias: b.map { $0 + first }, to: image)
          }
        }
      }
    }
  }

  /// The weight as [tap][C_in][outRow].
  private func weightByOutput(_ weight: Tensor) -> Storage {
    weight.storage.derived([1, shape.inChannels, shape.outChannels, taps]) {
      let planes = Storage(count: taps * shape.inChannels * outRow)
      let depth = shape.inChannels * taps
      let offsets = (0..<depth).map { Int32(($0 % taps * shape.inChannels + $0 / taps) * outRow) }
      load(weight.storage.pointer, channels: shape.outChannels, offsets, to: planes.pointer)
      return planes
    }
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
          let buffer = Storage(count: paddedFloats + outFloats)
          let (padded, lanes) = (buffer.pointer, buffer.pointer + paddedFloats)
          let sum = sums.pointer + part * sumFloats
          if needsWeight { sum.update(repeating: 0, count: sumFloats) }
          lanes.update(repeating: 0, count: outFloats)
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
    forEachProduct { tap, output, row in
      ck_product(
        shape.outChannels, inRow, productRows, lanes + output * outRow, 1, outRow, padded + row, shape.stride * inRow,
        sum + tap * shape.outChannels * inRow, inRow, 1)
    }
  }

  private func addInputGradient(
    _ planes: UnsafePointer<Float>, _ lanes: UnsafePointer<Float>, to padded: UnsafeMutablePointer<Float>
  ) {
    forEachProduct { tap, output, row in
      ck_product(
        productRows, inRow, shape.outChannels, lanes + output * outRow, outRow, 1,
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
