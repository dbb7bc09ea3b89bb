import CKernels

/// Zeros around an image, in pixels.
public struct Padding: Sendable, Equatable {
  public var top: Int
  public var bottom: Int
  public var left: Int
  public var right: Int

  public init(top: Int, bottom: Int, left: Int, right: Int) {
    precondition(
      top >= 0 && bottom >= 0 && left >= 0 && right >= 0, "negative padding \([top, bottom, left, right])")
    (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
  }

  /// The same on all four sides.
  public init(_ all: Int) { self.init(top: all, bottom: all, left: all, right: all) }

  /// What the gradient of a result needs around it, for a kernel of this size and stride 1.
  func transposed(_ kernelHeight: Int, _ kernelWidth: Int) -> Padding {
    Padding(
      top: kernelHeight - 1 - top, bottom: kernelHeight - 1 - bottom, left: kernelWidth - 1 - left,
      right: kernelWidth - 1 - right)
  }

  func isWithin(_ kernelHeight: Int, _ kernelWidth: Int) -> Bool {
    max(top, bottom) < kernelHeight && max(left, right) < kernelWidth
  }
}

/// The extents of one convolution.
struct ConvolutionShape: Equatable {
  let samples, inChannels, height, width: Int
  let outChannels, kernelHeight, kernelWidth: Int
  let outHeight, outWidth: Int
  let stride: Int
  let padding: Padding

  private init(_ other: ConvolutionShape, height: Int, width: Int) {
    (samples, inChannels, self.height, self.width) = (other.samples, other.inChannels, height, width)
    (outChannels, kernelHeight, kernelWidth) = (other.outChannels, 1, 1)
    (outHeight, outWidth, stride, padding) = (height, width, 1, Padding(0))
  }

  init(input: [Int], weight: [Int], stride: Int, padding: Padding) {
    precondition(
      input.count == 4 && weight.count == 4 && input[1] == weight[1] && stride > 0,
      "convolution of \(input) with \(weight), stride \(stride)")
    (samples, inChannels, height, width) = (input[0], input[1], input[2], input[3])
    (outChannels, kernelHeight, kernelWidth) = (weight[0], weight[2], weight[3])
    let freeRows = height + padding.top + padding.bottom - kernelHeight
    let freeColumns = width + padding.left + padding.right - kernelWidth
    precondition(
      freeRows >= 0 && freeColumns >= 0, "kernel \(weight) is larger than the padded image \(input), \(padding)")
    (outHeight, outWidth) = (freeRows / stride + 1, freeColumns / stride + 1)
    self.stride = stride
    self.padding = padding
  }

  /// A 1×1 kernel that meets every pixel: rows do not matter, and the image may be seen as a single one.
  var isPointwise: Bool { kernelHeight == 1 && kernelWidth == 1 && stride == 1 && padding == Padding(0) }
  var flattenedIfPointwise: ConvolutionShape {
    isPointwise ? ConvolutionShape(self, height: 1, width: pixels) : self
  }

  var pixels: Int { height * width }
  var outPixels: Int { outHeight * outWidth }
  var outShape: [Int] { [samples, outChannels, outHeight, outWidth] }
  var inShape: [Int] { [samples, inChannels, height, width] }
  var weightShape: [Int] { [outChannels, inChannels, kernelHeight, kernelWidth] }
}

extension Tensor {
  /// The convolution (cross-correlation) of a batch of images with a bank of kernels.
  ///
  /// y[n, o, i, j] = b[o] + Σ_{c, k, l} w[o, c, k, l] · x[n, c, i·stride + k − top, j·stride + l − left], x being 0
  /// outside the image.
  ///
  /// - Parameters:
  ///   - weight: kernels [C_out, C_in, kH, kW]; `self` is [N, C_in, H, W].
  ///   - bias: [C_out], added to every pixel of a channel.
  /// - Returns: [N, C_out, H′, W′] with H′ = ⌊(H + top + bottom − kH) / stride⌋ + 1, W′ likewise.
  public func convolved(
    with weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Padding = Padding(0)
  ) -> Tensor {
    let shape = ConvolutionShape(input: shape, weight: weight.shape, stride: stride, padding: padding)
    if let bias {
      precondition(bias.shape == [shape.outChannels], "bias \(bias.shape) for \(shape.outChannels) channels")
    }
    if WinogradConvolution.suits(shape) { return WinogradConvolution(shape).forward(self, weight, bias) }
    if FewOutputConvolution.suits(shape) { return FewOutputConvolution(shape).forward(self, weight, bias) }
    if DirectConvolution.suits(shape) {
      return DirectConvolution(shape).forward(self, weight, bias).reshaped(shape.outShape)
    }
    return ColumnConvolution(shape).forward(self, weight, bias)
  }

  /// The gradients of a loss L with respect to a convolution's input, weight and bias, from ∂L/∂y.
  ///
  /// ∂L/∂x is y's gradient convolved with the rotated kernels, ∂L/∂w[o, c, k, l] = Σ_{n, i, j} ∂L/∂y[n, o, i, j] ·
  /// x[n, c, i·stride + k − top, j·stride + l − left], ∂L/∂b[o] = Σ_{n, i, j} ∂L/∂y[n, o, i, j].
  ///
  /// - Parameters:
  ///   - outputGradient: ∂L/∂y, of the shape of the result.
  ///   - needsInput: whether ∂L/∂x is wanted; nil is returned otherwise.
  ///   - needsWeight: whether ∂L/∂w and ∂L/∂b are wanted.
  package static func convolutionGradients(
    input: Tensor, weight: Tensor, outputGradient: Tensor, stride: Int, padding: Padding, needsInput: Bool,
    needsWeight: Bool
  ) -> (input: Tensor?, weight: Tensor?, bias: Tensor?) {
    let shape = ConvolutionShape(input: input.shape, weight: weight.shape, stride: stride, padding: padding)
    precondition(
      outputGradient.shape == shape.outShape, "gradient \(outputGradient.shape) of a result \(shape.outShape)")
    guard needsInput || needsWeight else { return (nil, nil, nil) }
    let biasGradient = needsWeight ? channelSums(outputGradient) : nil
    if WinogradConvolution.suits(shape) {
      let winograd = WinogradConvolution(shape)
      return (
        needsInput ? winograd.inputGradient(weight, outputGradient) : nil,
        needsWeight ? winograd.weightGradient(input, outputGradient) : nil, biasGradient
      )
    }
    if FewOutputConvolution.suits(shape) {
      return (
        needsInput ? transposedConvolution(shape, weight, outputGradient) : nil,
        needsWeight
          ? DirectConvolution(shape).gradients(input, weight, outputGradient, needsInput: false, needsWeight: true)
            .weight
          : nil, biasGradient
      )
    }
    let (inputGradient, weightGradient) =
      DirectConvolution.suits(shape)
      ? DirectConvolution(shape).gradients(
        input, weight, outputGradient, needsInput: needsInput, needsWeight: needsWeight)
      : ColumnConvolution(shape).gradients(
        input, weight, outputGradient, needsInput: needsInput, needsWeight: needsWeight)
    return (inputGradient?.reshaped(input.shape), weightGradient, biasGradient)
  }

  /// The input's gradient at stride 1 as the convolution of the output's gradient with the rotated kernels.
  private static func transposedConvolution(
    _ shape: ConvolutionShape, _ weight: Tensor, _ outputGradient: Tensor
  ) -> Tensor {
    let taps = shape.kernelHeight * shape.kernelWidth
    let rotated = Tensor(
      unsafeUninitialized: [shape.inChannels, shape.outChannels, shape.kernelHeight, shape.kernelWidth]
    ) { out in
      weight.withUnsafeBufferPointer { w in
        for i in out.indices {
          let (c, o, tap) = (i / taps / shape.outChannels, i / taps % shape.outChannels, i % taps)
          out[i] = w[(o * shape.inChannels + c) * taps + taps - 1 - tap]
        }
      }
    }
    let padding = shape.padding
    return outputGradient.convolved(with: rotated, padding: padding.transposed(shape.kernelHeight, shape.kernelWidth))
  }

  /// Σ over samples and pixels of [N, C, H, W]: shape [C].
  private static func channelSums(_ tensor: Tensor) -> Tensor {
    let (samples, channels) = (tensor.shape[0], tensor.shape[1])
    let pixels = tensor.shape[2] * tensor.shape[3]
    return Tensor(unsafeUninitialized: [channels]) { out in
      tensor.withUnsafeBufferPointer { x in
        guard let o = out.baseAddress, let x = x.baseAddress else { return }
        Parallel.forRanges(channels, grain: Swift.max(1, 100_000 / Swift.max(1, samples * pixels))) { range in
          for channel in range {
            var sum = 0.0
            for sample in 0..<samples { sum += ck_sum(x + (sample * channels + channel) * pixels, pixels) }
            o[channel] = Float(sum)
          }
        }
      }
    }
  }
}
