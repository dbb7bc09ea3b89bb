import Tensors

/// Which pictures a training step sees: endless epochs, each in an order of its own that depends on the seed alone.
final class EpochOrder {
  private let count: Int
  private let seed: UInt64
  private var current: (epoch: Int, order: [Int])?

  init(count: Int, seed: UInt64) {
    self.count = count
    self.seed = seed
  }

  /// The indices of batch `step`; an epoch's incomplete last batch is left out.
  func batch(step: Int, size: Int) -> [Int] {
    let perEpoch = count / size
    let (epoch, position) = (step / perEpoch, step % perEpoch)
    if current?.epoch != epoch {
      var random = RandomSource(seed: (seed &* 7_919 &+ UInt64(epoch) &+ 1) & 0xffff_ffff)
      current = (epoch, random.permutation(count))
    }
    return Array((current?.order ?? [])[(position * size)..<((position + 1) * size)])
  }
}
