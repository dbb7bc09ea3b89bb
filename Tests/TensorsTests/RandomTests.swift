import TestSupport
import Tensors
import Testing

@Suite("Random numbers as PyTorch makes them")
struct RandomTests {
  static let seeds: [UInt64] = [
    0, 1, 2, 3, 7, 42, 123, 999, 1234, 5489, 65535, 65536, 31337, 1 << 31 - 1, 1 << 31, 1 << 32 - 1, 1 << 32,
    1 << 32 + 7, 1 << 63, .max,
  ]

  /// Draws what the golden `key` ("normal.2x3") holds and compares; integers must be equal.
  func check(_ key: String, as name: Substring, _ file: SafetensorsFile, _ random: inout RandomSource) throws {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let entry = try #require(file[key])
    switch parts[0] {
    case "normal": expectClose(random.normal(entry.shape), try file.tensor(key), .absolute(1e-6), key)
    case "uniform": expectClose(random.uniform(entry.shape), try file.tensor(key), .absolute(0), key)
    case "integers":
      let bound = try #require(Int(parts[1]))
      #expect(random.integers(below: bound, count: entry.shape[0]) == (try file.integers(key)), "\(key)")
    case "permutation":
      let count = try #require(Int(parts[1]))
      #expect(random.permutation(count) == (try file.integers(key)), "\(key)")
    default: Issue.record("unknown golden \(key)")
    }
  }

  @Test(arguments: seeds) func afterSeeding(_ seed: UInt64) throws {
    let file = try Goldens.file("random/random.safetensors")
    let keys = file.names.filter { $0.hasPrefix("\(seed)/") && !$0.contains("/mixed.") }
    #expect(keys.count == 27)
    for key in keys {
      var random = RandomSource(seed: seed)
      try check(key, as: key.split(separator: "/")[1], file, &random)
    }
  }

  @Test(arguments: seeds) func oneAfterAnother(_ seed: UInt64) throws {
    let file = try Goldens.file("random/random.safetensors")
    let prefix = "\(seed)/mixed."
    let keys = file.names.filter { $0.hasPrefix(prefix) }.sorted()
    #expect(keys.count == 14)
    var random = RandomSource(seed: seed)
    for key in keys { try check(key, as: key.dropFirst(prefix.count + 3), file, &random) }
  }

  /// The path PyTorch takes from 214,748,364 elements on.
  @Test func widePermutation() throws {
    var random = RandomSource(seed: 3)
    let expected = try Goldens.file("random/random.safetensors").integers("wide.3")
    #expect(random.permutation(1000, wide: true) == expected)
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
