import Gradients
import Tensors

/// A part of a network: parameters of its own and children, under the names a checkpoint uses.
///
/// A module is called like a function with `Variable`s. The tree is what `diffuse inspect` prints, what checkpoints are
/// read into, and what the U-Net figure is drawn from.
public protocol Module {
  /// The parts this module is made of, in the order they run.
  var children: [(name: String, module: any Module)] { get }
  /// Its own parameters, without those of its children.
  var parameters: [(name: String, parameter: Parameter)] { get }
}

extension Module {
  public var children: [(name: String, module: any Module)] { [] }
  public var parameters: [(name: String, parameter: Parameter)] { [] }

  /// Every parameter below this module with its full path, for example "down_blocks.0.resnets.1.conv1.weight".
  public func namedParameters(prefix: String = "") -> [(name: String, parameter: Parameter)] {
    let own = parameters.map { (name: prefix + $0.name, parameter: $0.parameter) }
    return own + children.flatMap { $0.module.namedParameters(prefix: prefix + $0.name + ".") }
  }

  /// Every module below this one with its full path, parents before children.
  public func namedModules(prefix: String = "") -> [(name: String, module: any Module)] {
    children.flatMap { child in
      [(name: prefix + child.name, module: child.module)]
        + child.module.namedModules(prefix: prefix + child.name + ".")
    }
  }

  /// The number of scalars in all parameters.
  public var parameterCount: Int { namedParameters().reduce(0) { $0 + $1.parameter.value.count } }

  /// Draws every parameter from its initial distribution, in the order of `namedParameters`.
  public func initialize(_ random: inout RandomSource) {
    for (_, parameter) in namedParameters() { parameter.initialize(&random) }
  }

  /// Asks for gradients of all parameters (training), or stops asking (inference).
  public func requireGradients(_ required: Bool = true) {
    for (_, parameter) in namedParameters() { parameter.requiresGradient = required }
  }
}

/// A learned tensor.
public final class Parameter {
  /// How a parameter starts.
  public enum Initializer: Sendable {
    case zeros
    case ones
    case constant(Float)
    case normal(standardDeviation: Float)
    /// Uniform in ±bound; PyTorch's default for convolutions and linear layers has bound 1/√fan-in.
    case uniform(bound: Float)
  }

  public let initializer: Initializer
  private var current: Tensor
  private var leaf: Variable?

  public init(_ shape: [Int], _ initializer: Initializer) {
    self.initializer = initializer
    current = .zeros(shape)
    initializeConstant()
  }

  /// The present value; setting it must keep the shape and starts a new leaf of the tape.
  public var value: Tensor {
    get { current }
    set {
      precondition(newValue.shape == current.shape, "value \(newValue.shape) for a parameter \(current.shape)")
      let required = requiresGradient
      leaf = nil
      current = newValue
      requiresGradient = required
    }
  }

  public var shape: [Int] { current.shape }

  /// Whether operations on this parameter are recorded for `backward()`.
  public var requiresGradient: Bool {
    get { leaf != nil }
    set { leaf = newValue ? (leaf ?? Variable.leaf(current)) : nil }
  }

  /// The parameter as an operand.
  public var variable: Variable { leaf ?? Variable(current) }

  /// The gradient `backward()` left here.
  public var gradient: Tensor? { leaf?.gradient }

  /// Changes the value in place, for optimisers: no copy as long as nothing else holds the tensor.
  public func update(_ body: (inout Tensor) -> Void) {
    let required = requiresGradient
    leaf = nil
    body(&current)
    requiresGradient = required
  }

  /// Forgets the gradient.
  public func clearGradient() { leaf?.clearGradient() }

  func initialize(_ random: inout RandomSource) {
    switch initializer {
    case .zeros, .ones, .constant: initializeConstant()
    case .normal(let deviation): value = random.normal(shape) * deviation
    case .uniform(let bound): value = random.uniform(shape).affine(scale: 2 * bound, shift: -bound)
    }
  }

  private func initializeConstant() {
    switch initializer {
    case .ones: value = .ones(shape)
    case .constant(let start): value = Tensor(repeating: start, shape: shape)
    default: break
    }
  }
}
