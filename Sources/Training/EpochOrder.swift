import Tensors

/// Which examples each training step sees: endless epochs, each in an order of its own that depends on the seed alone.
///
/// The order of epoch e is `torch.randperm(count)` after `torch.manual_seed((7919 · seed + e + 1) mod 2³²)`. Nothing is
/// handed on from step to step, so a resumed run needs no more than the step's number to go on with the same batches.
package final class EpochOrder {
  private let count: Int
  private let seed: UInt64
  private var current: (epoch: Int, order: [Int])?

  /// The order of `count` examples, 1 or more.
  package init(count: Int, seed: UInt64) {
    precondition(count >= 1, "an order of \(count) examples")
    self.count = count
    self.seed = seed
  }

  /// The indices of batch `step`, counted from 0; batches are always full, so an epoch's incomplete last one is left out.
  package func batch(step: Int, size: Int) -> [Int] {
    precondition(step >= 0 && (1...count).contains(size), "batch \(step) of \(size) from \(count) examples")
    let perEpoch = count / size
    let (epoch, position) = (step / perEpoch, step % perEpoch)
    if current?.epoch != epoch {
      var random = RandomSource(seed: (seed &* 7_919 &+ UInt64(epoch) &+ 1) & 0xffff_ffff)
      current = (epoch, random.permutation(count))
    }
    return Array((current?.order ?? [])[(position * size)..<((position + 1) * size)])
  }
}
