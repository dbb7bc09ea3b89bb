import Tensors

/// A tensor and, in training, the place on the tape from which its gradient flows back.
///
/// Operations take variables and return variables. When no operand asks for a gradient nothing is recorded, so inference
/// costs no more than the tensor operations themselves.
public struct Variable {
  public let value: Tensor
  let node: Node?

  /// A constant: no gradient flows to it.
  public init(_ value: Tensor) {
    self.value = value
    node = nil
  }

  /// A leaf whose gradient is kept for reading after `backward()`; used by parameters and tests.
  public static func leaf(_ value: Tensor) -> Variable {
    Variable(value: value, node: Node(inputs: [], keepsGradient: true, pullback: nil))
  }

  init(value: Tensor, node: Node?) {
    self.value = value
    self.node = node
  }

  /// The result of an operation on `inputs`.
  ///
  /// `pullback` maps the gradient of the result, of the shape of `value`, to one gradient for each input (nil for one that
  /// gets none). It is kept, with all it captures, only if some input asks for a gradient.
  public init(_ value: Tensor, from inputs: [Variable], pullback: @escaping (Tensor) -> [Tensor?]) {
    self.value = value
    let asks = inputs.contains { $0.node != nil }
    node = asks ? Node(inputs: inputs.map(\.node), keepsGradient: false, pullback: pullback) : nil
  }

  public var shape: [Int] { value.shape }

  /// Whether a gradient flows back from here.
  public var requiresGradient: Bool { node != nil }

  /// The gradient accumulated in a leaf, nil before the first `backward()`.
  public var gradient: Tensor? { node?.gradient }

  /// Forgets the gradient of a leaf.
  public func clearGradient() { node?.gradient = nil }

  /// The same value without its history.
  public var detached: Variable { Variable(value) }
}

/// One operation on the tape.
final class Node {
  /// Emptied with the pullback: a long chain of nodes that hold one another would be released by recursion.
  var inputs: [Node?]
  let keepsGradient: Bool
  var pullback: ((Tensor) -> [Tensor?])?
  var gradient: Tensor?
  /// Seen by the backward pass that is collecting nodes.
  var isVisited = false

  init(inputs: [Node?], keepsGradient: Bool, pullback: ((Tensor) -> [Tensor?])?) {
    self.inputs = inputs
    self.keepsGradient = keepsGradient
    self.pullback = pullback
  }

  func accumulate(_ addend: Tensor) {
    // Taken out first, so that the sum happens in place when nobody else holds the gradient.
    if var sum = gradient {
      gradient = nil
      sum.add(addend)
      gradient = sum
    } else {
      gradient = addend
    }
  }
}

extension Variable {
  /// Adds the gradient of this scalar (or of ⟨self, seed⟩) to every leaf it was computed from.
  ///
  /// The tape is consumed: each operation's intermediate tensors are released as soon as it has been passed.
  public func backward(seed: Tensor? = nil) {
    guard let node else { return }
    precondition(seed != nil || value.count == 1, "backward of shape \(shape) needs a seed")
    precondition(seed.map { $0.shape == shape } ?? true, "seed \(seed?.shape ?? []) for \(shape)")
    node.accumulate(seed ?? Tensor.ones(shape))
    var order = Self.topologicalOrder(from: node)
    while let current = order.popLast() {
      guard let pullback = current.pullback, let gradient = current.gradient else { continue }
      let inputs = current.inputs
      current.pullback = nil
      current.gradient = nil
      current.inputs = []
      let results = pullback(gradient)
      precondition(results.count == inputs.count, "\(results.count) gradients for \(inputs.count) inputs")
      for (input, result) in zip(inputs, results) {
        if let input, let result { input.accumulate(result) }
      }
    }
  }

  /// Every node reachable from `root`, inputs before what was computed from them; without recursion, since tapes are deep.
  static func topologicalOrder(from root: Node) -> [Node] {
    var order: [Node] = []
    var stack: [(node: Node, next: Int)] = [(root, 0)]
    root.isVisited = true
    while let (node, next) = stack.last {
      if next < node.inputs.count {
        stack[stack.count - 1].next += 1
        if let input = node.inputs[next], !input.isVisited {
          input.isVisited = true
          stack.append((input, 0))
        }
      } else {
        order.append(node)
        stack.removeLast()
      }
    }
    for node in order { node.isVisited = false }
    return order
  }
}
