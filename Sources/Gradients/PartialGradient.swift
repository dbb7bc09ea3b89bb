import Tensors

extension Variable {
  /// The gradient of this scalar (or of ⟨self, seed⟩) with respect to one leaf, leaving the tape and all leaves as they are.
  ///
  /// Only operations between the leaf and here are passed, so the gradient at a network's last layer costs one layer. nil when
  /// nothing here depends on the leaf.
  public func gradient(of leaf: Variable, seed: Tensor? = nil) -> Tensor? {
    guard let root = node, let target = leaf.node else { return nil }
    precondition(seed != nil || value.count == 1, "the gradient of shape \(shape) needs a seed")
    precondition(seed.map { $0.shape == shape } ?? true, "seed \(seed?.shape ?? []) for \(shape)")
    let order = Self.topologicalOrder(from: root)
    var between: Set<ObjectIdentifier> = [ObjectIdentifier(target)]
    for node in order where node.inputs.contains(where: { $0.map { between.contains(ObjectIdentifier($0)) } ?? false })
    {
      between.insert(ObjectIdentifier(node))
    }
    guard between.contains(ObjectIdentifier(root)) else { return nil }
    var gradients = [ObjectIdentifier(root): seed ?? Tensor.ones(shape)]
    for node in order.reversed() where node !== target {
      guard between.contains(ObjectIdentifier(node)),
        let gradient = gradients.removeValue(forKey: ObjectIdentifier(node)),
        let results = node.pullback?(gradient)
      else { continue }
      for (input, result) in zip(node.inputs, results) {
        guard let input, let result, between.contains(ObjectIdentifier(input)) else { continue }
        if var sum = gradients.removeValue(forKey: ObjectIdentifier(input)) {
          sum.add(result)
          gradients[ObjectIdentifier(input)] = sum
        } else {
          gradients[ObjectIdentifier(input)] = result
        }
      }
    }
    return gradients[ObjectIdentifier(target)]
  }
}
