import Tensors

/// Which examples each training step sees: every epoch goes through all of them in a new random order.
///
/// Batches are always full; the examples left over at an epoch's end (fewer than a batch) are left out of that epoch. The
/// same seed gives the same batches, and `savedState` lets an interrupted training go on with the next one.
public struct ShuffledBatches: Sendable, Equatable {
  /// The number of examples.
  public let count: Int
  public let batchSize: Int
  /// The epoch the next batch is of, from 0.
  public private(set) var epoch = 0
  /// How many batches of the epoch were handed out.
  public private(set) var position = 0
  /// The random numbers as they were before the epoch's order was drawn, and the order.
  private var before: RandomSource
  private var after: RandomSource
  private var order: [Int]

  /// Batches of `batchSize` of `count` examples, 1 ≤ batchSize ≤ count.
  public init(count: Int, batchSize: Int, random: RandomSource) {
    precondition(batchSize >= 1 && batchSize <= count, "batches of \(batchSize) from \(count) examples")
    self.count = count
    self.batchSize = batchSize
    before = random
    after = random
    order = after.permutation(count)
  }

  public var batchesPerEpoch: Int { count / batchSize }

  /// The indices of the next batch.
  public mutating func next() -> [Int] {
    let batch = Array(order[(position * batchSize)..<((position + 1) * batchSize)])
    position += 1
    if position == batchesPerEpoch {
      position = 0
      epoch += 1
      before = after
      order = after.permutation(count)
    }
    return batch
  }

  /// Everything needed to go on, as integers for a checkpoint.
  public var savedState: [Int] { [count, batchSize, epoch, position] + before.savedState }

  /// The batches that `savedState` described; throws when it is of other data, another batch size, or damaged.
  public init(count: Int, batchSize: Int, savedState: [Int]) throws(UserError) {
    guard savedState.count > 4 else {
      throw UserError("the saved order of batches has only \(savedState.count) integers", code: .data)
    }
    guard savedState[0] == count, savedState[1] == batchSize else {
      throw UserError(
        "the saved training used batches of \(savedState[1]) from \(savedState[0]) examples, not of \(batchSize) from "
          + "\(count)", code: .data)
    }
    self.init(count: count, batchSize: batchSize, random: try RandomSource(savedState: Array(savedState[4...])))
    guard savedState[2] >= 0, (0..<batchesPerEpoch).contains(savedState[3]) else {
      throw UserError(
        "the saved order of batches is at epoch \(savedState[2]), batch \(savedState[3]) of \(batchesPerEpoch)",
        code: .data)
    }
    epoch = savedState[2]
    position = savedState[3]
  }
}
