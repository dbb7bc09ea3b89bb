/// A finite set of training examples in memory.
public protocol Dataset: Sendable {
  /// What a training step is given of several examples.
  associatedtype Batch

  /// The number of examples.
  var count: Int { get }

  /// The examples at `indices`, each in 0 ..< count, in that order; one may occur twice.
  func batch(_ indices: [Int]) -> Batch
}
