import TestSupport
import Tensors
import Testing

@Suite("Random numbers as PyTorch makes them")
struct RandomTests {
  @Test func firstNormalsOfSeedZero() {
    var random = RandomSource(seed: 0)
    expectClose(random.normal([3]), Tensor([1.5409961, -0.2934289, -2.1787894]), .absolute(1e-6))
  }

  @Test func savedStateGoesOn() throws {
    var random = RandomSource(seed: 5)
    _ = random.normal([3])
    _ = random.uniform([1000])
    var restored = try RandomSource(savedState: random.savedState)
    #expect(restored == random)
    #expect(restored.normal([1]) == random.normal([1]))
    #expect(restored.normal([100]) == random.normal([100]))
    #expect(restored.permutation(50) == random.permutation(50))
  }

  @Test(arguments: [(626, 3), (0, -1), (300, 1 << 32), (624, 625), (624, -1)])
  func alteredStateIsRefused(_ index: Int, _ value: Int) {
    var state = RandomSource(seed: 1).savedState
    if index == 626 { state.removeLast() } else { state[index] = value }
    #expect(throws: UserError.self) { try RandomSource(savedState: state) }
  }
}
