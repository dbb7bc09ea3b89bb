import CKernels

/// Convolution as a matrix product: every window of the image becomes a column (im2col), weight [C_out, C_in·kH·kW]
/// times columns is the result.
///
/// Columns are made a block at a time: some rows of one image, or several small images side by side, so that the block
/// stays in the cache and the product has enough columns. A 1×1 kernel needs no copy: the image is its own columns.
struct ColumnConvolution {
  let shape: ConvolutionShape
  /// Rows of `columns`: C_in·kH·kW.
  private let depth: Int
  private let samplesPerBlock: Int
  private let rowsPerBlock: Int

  /// Floats a block of columns may hold: 512 KiB.
  private static let blockFloats = 1 << 17
  /// Into how many parts at most the samples are cut for the weight's gradient; each part has a sum of its own.
  private static let parts = 8

  init(_ shape: ConvolutionShape) {
    self.shape = shape
    depth = shape.inChannels * shape.kernelHeight * shape.kernelWidth
    let columns = max(1, Self.blockFloats / max(depth, 1))
    let outPixels = max(shape.outPixels, 1)
    samplesPerBlock = max(1, min(min(columns, 512) / outPixels, (shape.samples + 1) / 2))
    rowsPerBlock = samplesPerBlock > 1 ? shape.outHeight : max(1, min(shape.outHeight, columns / shape.outWidth))
  }

  private var windows: ck_windows {
    ck_windows(
      channels: shape.inChannels, height: shape.height, width: shape.width, kernel_height: shape.kernelHeight,
      kernel_width: shape.kernelWidth, stride: shape.stride, top: shape.padding.top, left: shape.padding.left,
      out_width: shape.outWidth)
  }

  /// Samples and output rows whose columns are made together.
  private struct Block {
    let samples: Range<Int>
    let rows: Range<Int>
  }

  private var rowBlocks: Int { (shape.outHeight + rowsPerBlock - 1) / rowsPerBlock }

  private func blocks(of samples: Range<Int>) -> [Block] {
    stride(from: samples.lowerBound, to: samples.upperBound, by: samplesPerBlock).flatMap { first in
      (0..<rowBlocks).map { row in
        Block(
          samples: first..<min(first + samplesPerBlock, samples.upperBound),
          rows: (row * rowsPerBlock)..<min((row + 1) * rowsPerBlock, shape.outHeight))
      }
    }
  }

  private func width(_ block: Block) -> Int { block.samples.count * block.rows.count * shape.outWidth }

  /// The largest block's columns.
  private var maxWidth: Int { samplesPerBlock * rowsPerBlock * shape.outWidth }

  private func fill(_ columns: UnsafeMutablePointer<Float>, _ block: Block, from x: UnsafePointer<Float>) {
    var w = windows
    let pixels = block.rows.count * shape.outWidth
    for (i, sample) in block.samples.enumerated() {
      ck_im2col(
        x + sample * shape.inChannels * shape.pixels, &w, block.rows.lowerBound, block.rows.count,
        columns + i * pixels, width(block))
    }
  }

  // MARK: Forward

  func forward(_ input: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
    Tensor(unsafeUninitialized: shape.outShape) { out in
      guard let y = out.baseAddress, !out.isEmpty else { return }
      if depth == 0 { out.update(repeating: 0) }
      input.withUnsafeBufferPointer { x in
        weight.withUnsafeBufferPointer { w in
          guard depth > 0, let x = x.baseAddress, let w = w.baseAddress else { return }
          let blocks = blocks(of: 0..<shape.samples)
          Parallel.forEach(blocks.count) { forward(blocks[$0], x, w, bias, y) }
        }
      }
    }
  }

  private func forward(
    _ block: Block, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ bias: Tensor?,
    _ y: UnsafeMutablePointer<Float>
  ) {
    let n = width(block)
    let first = block.samples.lowerBound * shape.outChannels * shape.outPixels + block.rows.lowerBound * shape.outWidth
    if shape.isPointwise && block.samples.count == 1 {
      let image = x + block.samples.lowerBound * shape.inChannels * shape.pixels + block.rows.lowerBound * shape.width
      ck_product(shape.outChannels, n, depth, w, depth, 1, image, shape.pixels, y + first, shape.outPixels, 0)
    } else {
      let columns = Storage(count: depth * n)
      fill(columns.pointer, block, from: x)
      if block.samples.count == 1 {
        ck_product(shape.outChannels, n, depth, w, depth, 1, columns.pointer, n, y + first, shape.outPixels, 0)
      } else {
        let result = Storage(count: shape.outChannels * n)
        ck_product(shape.outChannels, n, depth, w, depth, 1, columns.pointer, n, result.pointer, n, 0)
        scatter(result.pointer, block, to: y)
      }
    }
    guard let bias else { return }
    bias.withUnsafeBufferPointer { b in
      for sample in block.samples {
        for channel in 0..<shape.outChannels {
          ck_add_scalar(
            y + (sample * shape.outChannels + channel) * shape.outPixels + block.rows.lowerBound * shape.outWidth,
            b[channel], block.rows.count * shape.outWidth)
        }
      }
    }
  }

  /// [C_out, (sample, pixel)] → [sample, C_out, pixel]; the block holds whole images.
  private func scatter(_ result: UnsafePointer<Float>, _ block: Block, to y: UnsafeMutablePointer<Float>) {
    let (n, pixels) = (width(block), shape.outPixels)
    for (i, sample) in block.samples.enumerated() {
      for channel in 0..<shape.outChannels {
        (y + (sample * shape.outChannels + channel) * pixels).update(
          from: result + channel * n + i * pixels, count: pixels)
      }
    }
  }

  /// [sample, C_out, pixel] → [C_out, (sample, pixel)]
  private func gather(_ y: UnsafePointer<Float>, _ block: Block, into rows: UnsafeMutablePointer<Float>) {
    let (n, pixels) = (width(block), shape.outPixels)
    for (i, sample) in block.samples.enumerated() {
      for channel in 0..<shape.outChannels {
        (rows + channel * n + i * pixels).update(
          from: y + (sample * shape.outChannels + channel) * pixels, count: pixels)
      }
    }
  }

  // MARK: Gradients

  func gradients(
    _ input: Tensor, _ weight: Tensor, _ outputGradient: Tensor, needsInput: Bool, needsWeight: Bool
  ) -> (input: Tensor?, weight: Tensor?) {
    let parts = min(shape.samples, Self.parts)
    let weightCount = shape.outChannels * depth
    let partials = Storage(count: needsWeight ? parts * weightCount : 0)
    partials.pointer.update(repeating: 0, count: needsWeight ? parts * weightCount : 0)
    let gradient = Storage(count: needsInput ? shape.samples * shape.inChannels * shape.pixels : 0)
    input.withUnsafeBufferPointer { x in
      weight.withUnsafeBufferPointer { w in
        outputGradient.withUnsafeBufferPointer { g in
          guard let x = x.baseAddress, let w = w.baseAddress, let g = g.baseAddress else { return }
          Parallel.forEach(parts) { part in
            let samples = (shape.samples * part / parts)..<(shape.samples * (part + 1) / parts)
            let pointers = Pointers(
              x: x, w: w, g: g, dx: needsInput ? gradient.pointer : nil,
              dw: needsWeight ? partials.pointer + part * weightCount : nil)
            gradients(of: samples, pointers)
          }
        }
      }
    }
    var weightGradient: Tensor?
    if needsWeight {
      weightGradient = Tensor(unsafeUninitialized: shape.weightShape) { out in
        guard let o = out.baseAddress, !out.isEmpty else { return }
        out.update(repeating: 0)
        for part in 0..<parts { ck_axpy(partials.pointer + part * weightCount, 1, o, weightCount) }
      }
    }
    return (needsInput ? Tensor(shape: shape.inShape, storage: gradient) : nil, weightGradient)
  }

  private struct Pointers {
    let x, w, g: UnsafePointer<Float>
    let dx, dw: UnsafeMutablePointer<Float>?
  }

  private func gradients(of samples: Range<Int>, _ p: Pointers) {
    let imageCount = shape.inChannels * shape.pixels
    if let dx = p.dx { (dx + samples.lowerBound * imageCount).update(repeating: 0, count: samples.count * imageCount) }
    guard depth > 0, shape.outPixels > 0 else { return }
    let columns = Storage(count: depth * maxWidth)
    let rows = Storage(count: samplesPerBlock > 1 ? shape.outChannels * maxWidth : 0)
    for block in blocks(of: samples) {
      let n = width(block)
      var g = p.g + block.samples.lowerBound * shape.outChannels * shape.outPixels
      g += block.rows.lowerBound * shape.outWidth
      var rowLength = shape.outPixels
      if block.samples.count > 1 {
        gather(p.g, block, into: rows.pointer)
        (g, rowLength) = (UnsafePointer(rows.pointer), n)
      }
      if let dw = p.dw {
        fill(columns.pointer, block, from: p.x)
        sgemm(
          transposeB: true, m: shape.outChannels, n: depth, k: n, g, lda: rowLength, columns.pointer, ldb: n, beta: 1,
          dw, ldc: depth)
      }
      if let dx = p.dx {
        sgemm(
          transposeA: true, m: depth, n: n, k: shape.outChannels, p.w, lda: depth, g, ldb: rowLength, columns.pointer,
          ldc: n)
        var w = windows
        for (i, sample) in block.samples.enumerated() {
          ck_col2im(
            columns.pointer + i * block.rows.count * shape.outWidth, &w, block.rows.lowerBound, block.rows.count,
            dx + sample * imageCount, n)
        }
      }
    }
  }
}
