import Gradients
import Layers
import Tensors

/// Linear layers with SiLU between them: [N, widths.first] → [N, widths.last].
public struct Perceptron: Module {
  /// The numbers that each level holds, input and output among them.
  public let widths: [Int]
  private let layers: [Linear]

  public init(_ widths: [Int]) {
    precondition(widths.count >= 2 && widths.allSatisfy { $0 > 0 }, "a network of widths \(widths)")
    self.widths = widths
    layers = zip(widths, widths.dropFirst()).map { Linear($0, $1) }
  }

  /// With these weights, by their names in `namedParameters`.
  init(_ widths: [Int], weights: [String: Tensor]) {
    self.init(widths)
    for (name, parameter) in namedParameters() {
      guard let value = weights[name] else { preconditionFailure("no weights for \(name) among \(weights.keys)") }
      parameter.value = value
    }
  }

  public var children: [(name: String, module: any Module)] {
    layers.enumerated().map { ("layers.\($0)", $1) }
  }

  public func callAsFunction(_ x: Variable) -> Variable {
    layers.dropLast().reduce(x) { $1($0).silu() }.linear(
      weight: layers[layers.count - 1].weight.variable, bias: layers[layers.count - 1].bias?.variable)
  }
}
