import Datasets
import Tensors
import Testing

@Suite("Shuffled batches")
struct ShuffledBatchesTests {
  @Test func anEpochHoldsEveryExampleOnce() {
    var batches = ShuffledBatches(count: 103, batchSize: 10, random: RandomSource(seed: 1))
    #expect(batches.batchesPerEpoch == 10)
    var epochs: [[Int]] = []
    for epoch in 0..<3 {
      #expect(batches.epoch == epoch)
      let seen = (0..<10).flatMap { _ in batches.next() }
      #expect(Set(seen).count == 100 && seen.allSatisfy((0..<103).contains))
      epochs.append(seen)
    }
    #expect(epochs[0] != epochs[1] && epochs[1] != epochs[2])
  }

  /// The first order is `torch.randperm` of the same seed.
  @Test func theOrderIsThePermutationOfTheSource() {
    var random = RandomSource(seed: 7)
    var batches = ShuffledBatches(count: 12, batchSize: 4, random: random)
    for _ in 0..<2 {
      let order = random.permutation(12)
      #expect((0..<3).flatMap { _ in batches.next() } == order)
    }
  }

  @Test(arguments: [0, 1, 9, 10, 11, 25]) func aSavedStateGoesOn(_ steps: Int) throws {
    var batches = ShuffledBatches(count: 103, batchSize: 10, random: RandomSource(seed: 2))
    for _ in 0..<steps { _ = batches.next() }
    var restored = try ShuffledBatches(count: 103, batchSize: 10, savedState: batches.savedState)
    #expect(restored == batches)
    for _ in 0..<25 { #expect(restored.next() == batches.next()) }
  }

  @Test func otherStatesAreRefused() throws {
    let state = ShuffledBatches(count: 103, batchSize: 10, random: RandomSource(seed: 2)).savedState
    let other = try #require(throws: UserError.self) {
      try ShuffledBatches(count: 103, batchSize: 20, savedState: state)
    }
    #expect(other.sentence.contains("batches of 10 from 103 examples, not of 20 from 103"))
    for (index, value) in [(2, -1), (3, 10), (3, -1), (4 + 624, 999)] {
      var altered = state
      altered[index] = value
      #expect(throws: UserError.self) { try ShuffledBatches(count: 103, batchSize: 10, savedState: altered) }
    }
    #expect(throws: UserError.self) { try ShuffledBatches(count: 103, batchSize: 10, savedState: []) }
    #expect(throws: UserError.self) { try ShuffledBatches(count: 103, batchSize: 10, savedState: state.dropLast()) }
  }
}
