import CKernels

/// Convolution to few channels with stride 1: the lanes of the vectors are pixels, since channels would leave them empty.
///
/// On planes padded with zeros, tap (k, l) of every output of an image is the plane shifted by k rows and l pixels, so that
/// y[C_out][pixel] += w[k, l] · planes is a matrix product. Rows come out as wide as the padded planes; what does not
/// belong to the image is dropped.
struct PlaneConvolution {
  let shape: ConvolutionShape
  private let paddedWidth: Int
  private let plane: Int

  init(_ shape: ConvolutionShape) {
    self.shape = shape
    paddedWidth = shape.width + shape.padding.left + shape.padding.right
    plane = (shape.height + shape.padding.top + shape.padding.bottom) * paddedWidth
  }

  func forward(_ input: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
    let bias = bias?.scalars ?? [Float](repeating: 0, count: shape.outChannels)
    return Tensor(unsafeUninitialized: shape.outShape) { out in
      input.withUnsafeBufferPointer { x in
        weight.withUnsafeBufferPointer { w in
          guard let x = x.baseAddress, let w = w.baseAddress, let y = out.baseAddress, !out.isEmpty else { return }
          Parallel.forEach(shape.samples) { sample in
            forward(
              x + sample * shape.inChannels * shape.pixels, w, bias, y + sample * shape.outChannels * shape.outPixels)
          }
        }
      }
    }
  }

  private func forward(
    _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ bias: [Float], _ y: UnsafeMutablePointer<Float>
  ) {
    let count = shape.outHeight * paddedWidth - (paddedWidth - shape.outWidth)
    let buffer = Storage(count: shape.inChannels * plane + shape.outChannels * count)
    let result = buffer.pointer + shape.inChannels * plane
    buffer.pointer.update(repeating: 0, count: shape.inChannels * plane)
    for channel in 0..<shape.inChannels {
      let to = buffer.pointer + channel * plane + shape.padding.top * paddedWidth + shape.padding.left
      for row in 0..<shape.height {
        (to + row * paddedWidth).update(from: x + channel * shape.pixels + row * shape.width, count: shape.width)
      }
    }
    let taps = shape.kernelHeight * shape.kernelWidth
    for tap in 0..<taps {
      let shift = tap / shape.kernelWidth * paddedWidth + tap % shape.kernelWidth
      ck_product(
        shape.outChannels, count, shape.inChannels, w + tap, shape.inChannels * taps, taps, buffer.pointer + shift,
        plane, result, count, tap == 0 ? 0 : 1)
    }
    for channel in 0..<shape.outChannels {
      for row in 0..<shape.outHeight {
        let to = y + channel * shape.outPixels + row * shape.outWidth
        to.update(from: result + channel * count + row * paddedWidth, count: shape.outWidth)
        ck_add_scalar(to, bias[channel], shape.outWidth)
      }
    }
  }
}
