import Gradients
import Tensors

/// Group normalisation with a weight and a bias for every channel of [N, C, ...].
public struct GroupNorm: Module {
  public let weight: Parameter
  public let bias: Parameter
  public let groups: Int
  public let epsilon: Float

  public init(groups: Int, channels: Int, epsilon: Float = 1e-5) {
    weight = Parameter([channels], .ones)
    bias = Parameter([channels], .zeros)
    self.groups = groups
    self.epsilon = epsilon
  }

  public var parameters: [(name: String, parameter: Parameter)] { [("weight", weight), ("bias", bias)] }

  public func callAsFunction(_ x: Variable, _ recording: Recording? = nil) -> Variable {
    let y = x.groupNorm(groups: groups, weight: weight.variable, bias: bias.variable, epsilon: epsilon)
    recording?.record(y.value)
    return y
  }

  /// The norm followed by x · sigmoid(x), in one sweep unless the norm's own output is recorded.
  public func withSiLU(_ x: Variable, _ recording: Recording? = nil) -> Variable {
    if let recording, recording.keeps() { return self(x, recording).silu() }
    return x.groupNorm(groups: groups, weight: weight.variable, bias: bias.variable, epsilon: epsilon, silu: true)
  }
}

/// Layer normalisation over the last dimension.
public struct LayerNorm: Module {
  public let weight: Parameter
  public let bias: Parameter
  public let epsilon: Float

  public init(_ width: Int, epsilon: Float = 1e-5) {
    weight = Parameter([width], .ones)
    bias = Parameter([width], .zeros)
    self.epsilon = epsilon
  }

  public var parameters: [(name: String, parameter: Parameter)] { [("weight", weight), ("bias", bias)] }

  public func callAsFunction(_ x: Variable, _ recording: Recording? = nil) -> Variable {
    let y = x.layerNorm(weight: weight.variable, bias: bias.variable, epsilon: epsilon)
    recording?.record(y.value)
    return y
  }
}
