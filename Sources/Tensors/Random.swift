import CKernels

/// Random numbers equal to those of PyTorch's CPU generator, bit for bit.
///
/// The bits come from the Mersenne Twister mt19937 (Matsumoto and Nishimura 1998); how they become samples follows
/// PyTorch, so that a seed starts from the same noise there and here. A source is a value: a copy goes on with the same
/// numbers as its original. Every method moves it forward, in the way the PyTorch function named beside it does.
public struct RandomSource: Sendable, Equatable {
  static let wordCount = 624

  /// The twister's words, of which those before `position` are used up.
  private var words: [UInt32]
  private var position: Int
  /// The second half of the last pair that the scalar path of `normal` made, still unused.
  var spareNormal: Double?

  /// The state after `torch.manual_seed(seed)`. As there, seeds that agree in their low 32 bits give the same numbers.
  public init(seed: UInt64) {
    var word = UInt32(truncatingIfNeeded: seed)
    words = [word]
    words.reserveCapacity(Self.wordCount)
    for i in 1..<UInt32(Self.wordCount) {
      word = 1_812_433_253 &* (word ^ (word >> 30)) &+ i
      words.append(word)
    }
    position = Self.wordCount
  }

  // MARK: Bits

  /// 32 random bits.
  mutating func next32() -> UInt32 {
    var word: UInt32 = 0
    withUnsafeMutablePointer(to: &word) { out in draw(1) { ck_mt19937_words($0, out, $2) } }
    return word
  }

  /// 64 random bits, the upper half drawn first.
  mutating func next64() -> UInt64 {
    let upper = UInt64(next32())
    return upper << 32 | UInt64(next32())
  }

  /// Fills memory with samples k · 2⁻²⁴, k uniform on 0 ..< 2²⁴.
  mutating func fillUniform(_ out: UnsafeMutablePointer<Float>, count: Int) {
    draw(count) { ck_mt19937_uniforms($0, out + $1, $2) }
  }

  /// Uses up `count` words, handing them to `body(state words, how many came before, how many now)` in runs.
  private mutating func draw(_ count: Int, _ body: (UnsafePointer<UInt32>, Int, Int) -> Void) {
    words.withUnsafeMutableBufferPointer { words in
      guard let base = words.baseAddress else { return }
      var done = 0
      while done < count {
        if position == Self.wordCount {
          ck_mt19937_twist(base)
          position = 0
        }
        let run = min(count - done, Self.wordCount - position)
        body(base + position, done, run)
        position += run
        done += run
      }
    }
  }

  // MARK: Saving

  /// The whole state as 627 integers, for a checkpoint: the words, the position, and the spare normal sample.
  public var savedState: [Int] {
    words.map(Int.init) + [position, spareNormal == nil ? 0 : 1, Int(bitPattern: UInt((spareNormal ?? 0).bitPattern))]
  }

  /// The source that `savedState` described; throws when the integers are no such state.
  public init(savedState: [Int]) throws(UserError) {
    let count = Self.wordCount
    guard savedState.count == count + 3 else {
      throw UserError("a random state has \(count + 3) integers, not \(savedState.count)", code: .data)
    }
    for (index, value) in savedState[..<count].enumerated() where UInt32(exactly: value) == nil {
      throw UserError("word \(index) of a random state is \(value), outside 0…\(UInt32.max)", code: .data)
    }
    guard (0...count).contains(savedState[count]) else {
      throw UserError("the position of a random state is \(savedState[count]), outside 0…\(count)", code: .data)
    }
    words = savedState[..<count].map { UInt32(truncatingIfNeeded: $0) }
    position = savedState[count]
    let spare = Double(bitPattern: UInt64(UInt(bitPattern: savedState[count + 2])))
    spareNormal = savedState[count + 1] == 0 ? nil : spare
  }
}
