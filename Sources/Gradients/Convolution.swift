import Tensors

extension Variable {
  /// Cross-correlation of [N, Cin, H, W] with a weight [Cout, Cin, kH, kW] and a bias [Cout].
  public func convolved(
    weight: Variable, bias: Variable? = nil, stride: Int = 1, padding: Padding = Padding(0)
  ) -> Variable {
    let (x, w) = (value, weight.value)
    let needs = (input: requiresGradient, weight: weight.requiresGradient)
    let result = x.convolved(with: w, bias: bias?.value, stride: stride, padding: padding)
    return Variable(result, from: [self, weight] + (bias.map { [$0] } ?? [])) { gradient in
      let gradients = Tensor.convolutionGradients(
        input: x, weight: w, outputGradient: gradient, stride: stride, padding: padding, needsInput: needs.input,
        needsWeight: needs.weight)
      return [gradients.input, gradients.weight] + (bias == nil ? [] : [gradients.bias])
    }
  }

  /// Repeats every pixel of [N, C, H, W] twice in both directions; the gradient sums each 2×2 block.
  public func upsampledNearest2x() -> Variable {
    Variable(value.upsampledNearest2x(), from: [self]) { [$0.summedBlocks2x2()] }
  }

  /// Nearest upsampling of [N, C, H, W] to any larger size; the gradient of a pixel is the sum over its copies.
  public func upsampledNearest(height: Int, width: Int) -> Variable {
    let (h, w) = (shape[2], shape[3])
    if (height, width) == (2 * h, 2 * w) { return upsampledNearest2x() }
    return Variable(value.upsampledNearest(height: height, width: width), from: [self]) {
      [$0.summedCopies(height: h, width: w)]
    }
  }

  /// The mean of every 2×2 block of [N, C, H, W]; H and W even.
  public func averagePooled2x2() -> Variable {
    Variable(value.summedBlocks2x2() * 0.25, from: [self]) { [$0.upsampledNearest2x() * 0.25] }
  }
}
