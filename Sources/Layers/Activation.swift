import Gradients

/// A pointwise nonlinearity under the name a configuration file gives it.
public enum Activation: String, Sendable, CaseIterable {
  case silu
  case gelu
  case geluTanh = "gelu_pytorch_tanh"
  case quickGELU = "quick_gelu"
  case relu

  /// The activation diffusers or transformers call `name`, nil when it is unknown here.
  public init?(configured name: String) {
    switch name {
    case "swish": self = .silu
    case "gelu_new": self = .geluTanh
    default: self.init(rawValue: name)
    }
  }

  public func callAsFunction(_ x: Variable) -> Variable {
    switch self {
    case .silu: x.silu()
    case .gelu: x.gelu()
    case .geluTanh: x.geluTanh()
    case .quickGELU: x.quickGELU()
    case .relu: x.relu()
    }
  }
}
