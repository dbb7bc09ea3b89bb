import CKernels

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
    convolved(with: weight, bias: bias, stride: stride, padding: padding, by: nil)
  }

  /// The same by a given algorithm; nil is the one that measured fastest for the shape.
  package func convolved(
    with weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Padding = Padding(0),
    by algorithm: ConvolutionAlgorithm?
  ) -> Tensor {
    let shape = ConvolutionShape(input: shape, weight: weight.shape, stride: stride, padding: padding)
    if let bias {
      precondition(bias.shape == [shape.outChannels], "bias \(bias.shape) for \(shape.outChannels) channels")
    }
    switch algorithm ?? .fastest(for: shape) {
    case .columns: return ColumnConvolution(shape).forward(self, weight, bias)
    case .direct: return DirectConvolution(shape).forward(self, weight, bias).reshaped(shape.outShape)
    case .planes: return PlaneConvolution(shape).forward(self, weight, bias)
    case .winograd: return WinogradConvolution(shape).forward(self, weight, bias)
    }
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
    needsWeight: Bool, by algorithm: ConvolutionAlgorithm? = nil
  ) -> (input: Tensor?, weight: Tensor?, bias: Tensor?) {
    let shape = ConvolutionShape(input: input.shape, weight: weight.shape, stride: stride, padding: padding)
    precondition(
      outputGradient.shape == shape.outShape, "gradient \(outputGradient.shape) of a result \(shape.outShape)")
    guard needsInput || needsWeight else { return (nil, nil, nil) }
    var result: (input: Tensor?, weight: Tensor?)
    var bias: Tensor?
    switch algorithm ?? .fastestForGradients(of: shape) {
    case .columns:
      result = ColumnConvolution(shape).gradients(
        input, weight, outputGradient, needsInput: needsInput, needsWeight: needsWeight)
    case .direct:
      result = DirectConvolution(shape).gradients(
        input, weight, outputGradient, needsInput: needsInput, needsWeight: needsWeight)
    case .planes:
      result.input = needsInput ? transposedConvolution(shape, weight, outputGradient) : nil
      result.weight =
        needsWeight
        ? DirectConvolution(shape).gradients(input, weight, outputGradient, needsInput: false, needsWeight: true).weight
        : nil
    case .winograd:
      let winograd = WinogradConvolution(shape)
      result.input = needsInput ? winograd.inputGradient(weight, outputGradient) : nil
      if needsWeight { (result.weight, bias) = winograd.weightGradient(input, outputGradient) }
    }
    if needsWeight && bias == nil { bias = channelSums(outputGradient) }
    return (result.input?.reshaped(input.shape), result.weight, bias)
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

  /// The elements of a tensor that may be missing.
  static func withOptionalPointer<R>(_ tensor: Tensor?, _ body: (UnsafePointer<Float>?) -> R) -> R {
    guard let tensor else { return body(nil) }
    return tensor.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
