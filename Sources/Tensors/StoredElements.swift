import CKernels

/// How the elements of a tensor are stored in a file, little-endian.
public enum ElementType: String, CaseIterable, Sendable {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int64 = "I64"
  case int32 = "I32"
  case uint8 = "U8"
  case bool = "BOOL"

  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16: 2
    case .uint8, .bool: 1
    }
  }

  public var isInteger: Bool {
    switch self {
    case .int64, .int32, .uint8, .bool: true
    case .float64, .float32, .float16, .bfloat16: false
    }
  }
}

/// A run of elements in a mapped file; the range lies in the file and is a multiple of the element's size.
struct StoredElements: Sendable {
  let file: MappedFile
  let type: ElementType
  let range: Range<Int>

  var count: Int { range.count / type.byteCount }

  /// The elements as Float32; float64 and large integers are rounded to the nearest.
  func tensor(shape: [Int]) -> Tensor {
    Tensor(unsafeUninitialized: shape) { out in
      guard let out = out.baseAddress, let base = file.bytes.baseAddress else { return }
      let source = base + range.lowerBound
      Parallel.forRanges(count, grain: 1 << 18) { run in
        convert(source + run.lowerBound * type.byteCount, out + run.lowerBound, run.count)
      }
    }
  }

  private func convert(_ source: UnsafeRawPointer, _ out: UnsafeMutablePointer<Float>, _ count: Int) {
    switch type {
    case .float32: UnsafeMutableRawPointer(out).copyMemory(from: source, byteCount: 4 * count)
    case .float16: ck_half_to_float(source, out, count)
    case .bfloat16: ck_bfloat_to_float(source, out, count)
    case .float64: for i in 0..<count { out[i] = Float(load(source, i, Double.self)) }
    case .int64: for i in 0..<count { out[i] = Float(load(source, i, Int64.self)) }
    case .int32: for i in 0..<count { out[i] = Float(load(source, i, Int32.self)) }
    case .uint8, .bool: for i in 0..<count { out[i] = Float(load(source, i, UInt8.self)) }
    }
  }

  /// The elements of an integer type, exactly; nil for the others.
  func integers() -> [Int]? {
    guard type.isInteger else { return nil }
    guard let base = file.bytes.baseAddress else { return [] }
    let source = base + range.lowerBound
    switch type {
    case .int64: return (0..<count).map { Int(load(source, $0, Int64.self)) }
    case .int32: return (0..<count).map { Int(load(source, $0, Int32.self)) }
    default: return (0..<count).map { Int(load(source, $0, UInt8.self)) }
    }
  }

  private func load<T: BitwiseCopyable>(_ source: UnsafeRawPointer, _ index: Int, _ type: T.Type) -> T {
    source.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.stride, as: T.self)
  }
}

/// The product of extents, or nil when an extent is negative or the product of those that are not 0 does not fit.
func elementCount(_ shape: [Int]) -> Int? {
  var (count, isEmpty) = (1, false)
  for extent in shape {
    if extent < 0 { return nil }
    if extent == 0 {
      isEmpty = true
      continue
    }
    let (product, overflow) = count.multipliedReportingOverflow(by: extent)
    if overflow { return nil }
    count = product
  }
  return isEmpty ? 0 : count
}
