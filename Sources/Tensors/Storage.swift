import Synchronization

import Glibc

/// The memory of one tensor: `count` floats, aligned to 64 bytes, returned to a pool when the last tensor lets go.
///
/// Unchecked Sendable: the memory is written only while a tensor holds the sole reference (`isKnownUniquelyReferenced`)
/// or before the storage is shared, so concurrent readers never meet a writer.
final class Storage: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int
  /// What the pool gave, which may be more than asked for.
  let bytes: Int

  /// Memory with undefined content.
  init(count: Int) {
    self.count = count
    (pointer, bytes) = BufferPool.shared.take(floats: max(count, 1))
  }

  deinit {
    BufferPool.shared.give(pointer, bytes: bytes)
  }

  // MARK: Other layouts of the same numbers

  private struct Derived {
    var requests: [[Int]: Int] = [:]
    var layouts: [[Int]: Storage] = [:]
  }
  private let derived = Mutex(Derived())

  /// A layout computed from this memory, such as a convolution's transformed weight, under a key of its kind and extents.
  ///
  /// It is kept from the second request on: inference asks again and again for the same weight, training once before it
  /// changes the weight. What is kept lives as long as this memory stays as it is.
  func derived(_ key: [Int], _ make: () -> Storage) -> Storage {
    let (kept, requests) = derived.withLock { derived in
      derived.requests[key, default: 0] += 1
      return (derived.layouts[key], derived.requests[key, default: 1])
    }
    if let kept { return kept }
    let layout = make()
    if requests > 1 { derived.withLock { $0.layouts[key] = layout } }
    return layout
  }

  /// To be called before the memory is written again.
  func forgetDerived() { derived.withLock { if !$0.requests.isEmpty { $0 = Derived() } } }
}

/// Freed buffers kept for the next tensor of about the same size.
///
/// Fresh memory of the operating system costs a page fault for every 4 KiB, which for the tensors of a training step is
/// as much time as computing on them. Sizes are rounded up to four classes an octave, so at most a fifth is unused.
final class BufferPool: Sendable {
  static let shared = BufferPool()

  private struct State {
    var free: [Int: [UInt]] = [:]
    var pooledBytes = 0
    var liveBytes = 0
    var peakBytes = 0
  }
  private let state = Mutex(State())

  /// The class size in bytes for a request: powers of two in four steps, at least 256.
  static func classBytes(_ floats: Int) -> Int {
    let bytes = max(floats * MemoryLayout<Float>.stride, 256)
    let top = Int.bitWidth - 1 - bytes.leadingZeroBitCount
    let step = 1 << max(top - 2, 6)
    return (bytes + step - 1) / step * step
  }

  func take(floats: Int) -> (UnsafeMutablePointer<Float>, Int) {
    let bytes = Self.classBytes(floats)
    let reused: UInt? = state.withLock { state in
      state.liveBytes += bytes
      state.peakBytes = max(state.peakBytes, state.liveBytes)
      guard let address = state.free[bytes]?.popLast() else { return nil }
      state.pooledBytes -= bytes
      return address
    }
    if let reused, let pointer = UnsafeMutableRawPointer(bitPattern: reused) {
      return (pointer.assumingMemoryBound(to: Float.self), bytes)
    }
    if let pointer = allocate(bytes) { return (pointer, bytes) }
    trim()
    guard let pointer = allocate(bytes) else { preconditionFailure("out of memory: \(bytes) bytes for a tensor") }
    return (pointer, bytes)
  }

  private func allocate(_ bytes: Int) -> UnsafeMutablePointer<Float>? {
    aligned_alloc(64, bytes)?.assumingMemoryBound(to: Float.self)
  }

  func give(_ pointer: UnsafeMutablePointer<Float>, bytes: Int) {
    state.withLock { state in
      state.liveBytes -= bytes
      state.pooledBytes += bytes
      state.free[bytes, default: []].append(UInt(bitPattern: pointer))
    }
  }

  /// Returns every pooled buffer to the operating system.
  func trim() {
    let freed = state.withLock { state in
      let all = state.free.values.flatMap { $0 }
      state.free = [:]
      state.pooledBytes = 0
      return all
    }
    for address in freed { free(UnsafeMutableRawPointer(bitPattern: address)) }
  }

  /// Bytes in use now, at most since the start, and kept for reuse.
  var statistics: (live: Int, peak: Int, pooled: Int) {
    state.withLock { ($0.liveBytes, $0.peakBytes, $0.pooledBytes) }
  }
}

/// What the tensors of this process hold.
public enum TensorMemory {
  /// Bytes in use now, at most since the start, and kept for reuse.
  public static var statistics: (live: Int, peak: Int, pooled: Int) { BufferPool.shared.statistics }

  /// Returns the memory kept for reuse to the operating system.
  public static func trim() { BufferPool.shared.trim() }
}
