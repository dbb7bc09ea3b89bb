import Testing
import Training

/// The shipped models saw the data in these orders; another order would make another model of the same seed.
@Suite("Order of examples")
struct EpochOrderTests {
  /// From PyTorch 2.15: `torch.randperm(13)` after `torch.manual_seed(7919 * seed + epoch + 1)`.
  static let permutations: [(seed: UInt64, epochs: [[Int]])] = [
    (0, [[6, 12, 7, 11, 3, 0, 5, 1, 2, 9, 8, 10, 4], [5, 4, 7, 2, 12, 8, 1, 0, 3, 6, 10, 9, 11]]),
    (3, [[2, 6, 10, 4, 0, 3, 8, 9, 7, 1, 12, 11, 5], [1, 7, 4, 9, 6, 2, 11, 10, 3, 8, 0, 5, 12]]),
  ]

  @Test(arguments: permutations)
  func epochsArePermutationsOfPyTorch(_ expected: (seed: UInt64, epochs: [[Int]])) {
    let order = EpochOrder(count: 13, seed: expected.seed)
    for (epoch, indices) in expected.epochs.enumerated() {
      let batches = (0..<3).map { order.batch(step: 3 * epoch + $0, size: 4) }
      // The thirteenth is left out: it does not fill a batch.
      #expect(Array(batches.joined()) == Array(indices.prefix(12)))
    }
  }

  /// The first pictures that `fashion-ddpm` was shown, and the first of its second epoch, by PyTorch's `randperm(60000)`.
  @Test func theShippedModelSawThese() {
    let order = EpochOrder(count: 60_000, seed: 0)
    #expect(order.batch(step: 0, size: 64).prefix(6) == [35845, 27522, 33254, 23645, 11299, 16178])
    #expect(order.batch(step: 0, size: 64).suffix(2) == [14371, 24548])
    #expect(order.batch(step: 937, size: 64).prefix(4) == [43848, 54736, 56013, 37602])
  }

  @Test func anEpochHoldsEveryExampleOnce() {
    let order = EpochOrder(count: 103, seed: 1)
    let epochs = (0..<3).map { epoch in (0..<10).flatMap { order.batch(step: 10 * epoch + $0, size: 10) } }
    for seen in epochs { #expect(Set(seen).count == 100 && seen.allSatisfy((0..<103).contains)) }
    #expect(epochs[0] != epochs[1] && epochs[1] != epochs[2])
  }

  /// A resumed run begins in the middle.
  @Test(arguments: [0, 1, 9, 10, 11, 25])
  func aBatchDependsOnItsStepAlone(_ step: Int) {
    let walked = EpochOrder(count: 103, seed: 2)
    for earlier in 0..<step { _ = walked.batch(step: earlier, size: 10) }
    #expect(walked.batch(step: step, size: 10) == EpochOrder(count: 103, seed: 2).batch(step: step, size: 10))
  }
}
