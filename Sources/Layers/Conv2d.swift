import Gradients
import Tensors

/// Cross-correlation of [N, Cin, H, W] with learned kernels: [N, Cout, H′, W′], H′ = (H + padding − kernel) / stride + 1.
public struct Conv2d: Module {
  public let weight: Parameter
  public let bias: Parameter?
  public let stride: Int
  public let padding: Padding

  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Padding = Padding(0), bias: Bool = true
  ) {
    let bound = 1 / Float(inputs * kernel * kernel).squareRoot()
    weight = Parameter([outputs, inputs, kernel, kernel], .uniform(bound: bound))
    self.bias = bias ? Parameter([outputs], .uniform(bound: bound)) : nil
    self.stride = stride
    self.padding = padding
  }

  public var parameters: [(name: String, parameter: Parameter)] {
    [("weight", weight)] + (bias.map { [("bias", $0)] } ?? [])
  }

  public func callAsFunction(_ x: Variable, _ recording: Recording? = nil) -> Variable {
    let y = x.convolved(weight: weight.variable, bias: bias?.variable, stride: stride, padding: padding)
    recording?.record(y.value)
    return y
  }
}
