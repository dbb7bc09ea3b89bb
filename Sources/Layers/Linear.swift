import Gradients
import Tensors

/// x Wᵀ + b on the last dimension: [..., in] → [..., out].
public struct Linear: Module {
  public let weight: Parameter
  public let bias: Parameter?

  public init(_ inputs: Int, _ outputs: Int, bias: Bool = true) {
    let bound = 1 / Float(inputs).squareRoot()
    weight = Parameter([outputs, inputs], .uniform(bound: bound))
    self.bias = bias ? Parameter([outputs], .uniform(bound: bound)) : nil
  }

  /// A layer whose weight starts normal with the given deviation and whose bias starts at 0, as transformers are.
  public init(_ inputs: Int, _ outputs: Int, bias: Bool = true, standardDeviation: Float) {
    weight = Parameter([outputs, inputs], .normal(standardDeviation: standardDeviation))
    self.bias = bias ? Parameter([outputs], .zeros) : nil
  }

  public var parameters: [(name: String, parameter: Parameter)] {
    [("weight", weight)] + (bias.map { [("bias", $0)] } ?? [])
  }

  public func callAsFunction(_ x: Variable, _ recording: Recording? = nil) -> Variable {
    let y = x.linear(weight: weight.variable, bias: bias?.variable)
    recording?.record(y.value)
    return y
  }
}

/// A table [count, width] of which rows are looked up by id.
public struct Embedding: Module {
  public let weight: Parameter

  public init(_ count: Int, _ width: Int, standardDeviation: Float = 1) {
    weight = Parameter([count, width], .normal(standardDeviation: standardDeviation))
  }

  public var parameters: [(name: String, parameter: Parameter)] { [("weight", weight)] }

  /// Rows for `ids`, shape `shape` + [width].
  public func callAsFunction(_ ids: [Int], shape: [Int]? = nil, _ recording: Recording? = nil) -> Variable {
    let y = Variable.embedding(weight.variable, ids: ids, shape: shape ?? [ids.count])
    recording?.record(y.value)
    return y
  }
}
