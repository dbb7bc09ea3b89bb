/// One array in NumPy's NPY format, versions 1 to 3, mapped into memory.
///
/// Layout: "\x93NUMPY", two bytes version, the header's length (2 bytes in version 1, else 4), a Python dictionary
/// { 'descr', 'fortran_order', 'shape' }, then the elements. Source: numpy.lib.format.
public struct NumPyFile: Sendable {
  public let path: String
  public let type: ElementType
  public let shape: [Int]
  private let elements: StoredElements

  /// Opens the file and checks all of its header.
  ///
  /// Types read: float64, float32, float16, int64, int32, uint8 and bool, little-endian and in C order. Throws with code
  /// `noInput` when the file cannot be read, `data` when it is no such array.
  public init(contentsOf path: String) throws(UserError) {
    self.path = path
    let file = try MappedFile(path)
    let wrong = { (what: String) in UserError("\(path) is not a readable NPY file: \(what)", code: .data) }
    let bytes = file.bytes
    guard bytes.count >= 12, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw wrong("it does not begin with \\x93NUMPY and a header")
    }
    let version = bytes[6]
    guard (1...3).contains(version) else { throw wrong("its version is \(version), outside 1…3") }
    let begin = version == 1 ? 10 : 12
    let length =
      version == 1
      ? Int(bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
      : Int(bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    guard length <= bytes.count - begin else {
      throw wrong("its header's length \(length) runs past the end, \(bytes.count - begin) bytes are left")
    }
    let start = begin + length
    var header = NumPyHeader([UInt8](bytes[begin..<start]), failure: wrong)
    (type, shape) = try header.read()
    guard let count = elementCount(shape), count <= Int.max / type.byteCount else {
      throw wrong("its shape \(shape) is too large")
    }
    guard count * type.byteCount == bytes.count - start else {
      throw wrong(
        "it has \(bytes.count - start) bytes of data, but shape \(shape) of \(type.rawValue) needs \(count * type.byteCount)"
      )
    }
    elements = StoredElements(file: file, type: type, range: start..<bytes.count)
  }

  /// The array as Float32, converted from whatever type it is stored in.
  public func tensor() -> Tensor { elements.tensor(shape: shape) }

  /// The elements of an integer array in row-major order, exactly; throws with code `data` for the other types.
  public func integers() throws(UserError) -> [Int] {
    guard let values = elements.integers() else {
      throw UserError("\(path) has the type \(type.rawValue), no integers", code: .data)
    }
    return values
  }

  /// Writes `tensor` as float32; the file appears under its name only when it is complete.
  public static func write(_ tensor: Tensor, to path: String) throws(UserError) {
    try FileOutput.write(header("<f4", tensor.shape) + tensor.littleEndianBytes, to: path)
  }

  /// Writes integers as int64.
  public static func write(integers: [Int], shape: [Int], to path: String) throws(UserError) {
    precondition(integers.count == shape.reduce(1, *), "\(integers.count) integers do not fill the shape \(shape)")
    try FileOutput.write(header("<i8", shape) + littleEndian(integers.map(Int64.init)), to: path)
  }

  /// Version 1, ended by a line feed so that the data begin at a multiple of 64.
  private static func header(_ type: String, _ shape: [Int]) -> [UInt8] {
    let extents = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
    var text = Array("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(extents)), }".utf8)
    while (10 + text.count + 1) % 64 != 0 { text.append(0x20) }
    text.append(0x0A)
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + littleEndian([UInt16(text.count)]) + text
  }
}

/// Reads the one Python dictionary that an NPY header is.
private struct NumPyHeader {
  private static let types: [String: ElementType] = [
    "<f8": .float64, "<f4": .float32, "<f2": .float16, "<i8": .int64, "<i4": .int32, "|u1": .uint8, "|b1": .bool,
  ]

  private let text: [UInt8]
  private var position = 0
  private let failure: (String) -> UserError

  init(_ text: [UInt8], failure: @escaping (String) -> UserError) {
    self.text = text
    self.failure = failure
  }

  mutating func read() throws(UserError) -> (ElementType, [Int]) {
    var (type, shape, isFortran) = (ElementType?.none, [Int]?.none, Bool?.none)
    try expect("{")
    while !take("}") {
      switch try string() {
      case "descr" where type == nil:
        try expect(":")
        let name = try string()
        guard let known = Self.types[name] else {
          let all = Self.types.keys.sorted().joined(separator: ", ")
          throw failure("its type \(quoted(name)) is none of \(all)")
        }
        type = known
      case "shape" where shape == nil:
        try expect(":")
        shape = try tuple()
      case "fortran_order" where isFortran == nil:
        try expect(":")
        isFortran = take("True")
        if isFortran == false { try expect("False") }
      case let key: throw failure("its header has the key \(quoted(key)) too much")
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard position == text.count, let type, let shape, let isFortran else {
      throw failure("its header is not { 'descr', 'fortran_order', 'shape' }")
    }
    if isFortran { throw failure("its elements are in Fortran order; save numpy.ascontiguousarray(array)") }
    return (type, shape)
  }

  private mutating func skipSpace() {
    while position < text.count, text[position] == 0x20 || text[position] == 0x0A { position += 1 }
  }

  private mutating func take(_ token: String) -> Bool {
    skipSpace()
    guard text[position...].starts(with: token.utf8) else { return false }
    position += token.utf8.count
    return true
  }

  private mutating func expect(_ token: String) throws(UserError) {
    if !take(token) { throw failure("its header lacks '\(token)' at byte \(position)") }
  }

  private mutating func string() throws(UserError) -> String {
    let quote: UInt8 = take("'") ? 0x27 : 0x22
    if quote == 0x22 { try expect("\"") }
    guard let end = text[position...].firstIndex(of: quote) else {
      throw failure("a string in its header does not end")
    }
    defer { position = end + 1 }
    return String(decoding: text[position..<end], as: UTF8.self)
  }

  private mutating func tuple() throws(UserError) -> [Int] {
    var extents: [Int] = []
    try expect("(")
    while !take(")") {
      skipSpace()
      let digits = text[position...].prefix { (0x30...0x39).contains($0) }
      guard extents.count < 32, let extent = Int(String(decoding: digits, as: UTF8.self)) else {
        throw failure("its shape is no tuple of up to 32 extents")
      }
      extents.append(extent)
      position += digits.count
      if !take(",") {
        try expect(")")
        break
      }
    }
    return extents
  }
}
