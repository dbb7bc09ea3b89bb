import CKernels

extension SafetensorsFile {
  /// What is written under one name.
  public enum Content: Sendable {
    case float32(Tensor)
    /// Rounded to the nearest half-precision number; finite values beyond ±65504 are refused.
    case float16(Tensor)
    case int64([Int], shape: [Int])

    var type: ElementType {
      switch self {
      case .float32: .float32
      case .float16: .float16
      case .int64: .int64
      }
    }

    var shape: [Int] {
      switch self {
      case .float32(let tensor), .float16(let tensor): tensor.shape
      case .int64(_, let shape): shape
      }
    }

    var byteCount: Int { shape.reduce(type.byteCount, *) }
  }

  /// The two floating-point types that are written.
  public enum FloatType: Sendable {
    case float32
    case float16
  }

  /// Writes tensors, all in one type.
  ///
  /// The same tensors give the same bytes: wide types come first, equal ones by name, as the reference implementation
  /// orders them. The file appears under its name only when it is complete. Names must differ.
  ///
  /// Throws with code `cannotCreate` or `io` when the file cannot be written, `data` for a value float16 cannot hold.
  public static func write(
    _ tensors: [(String, Tensor)], to path: String, as type: FloatType = .float32, metadata: [String: String] = [:]
  ) throws(UserError) {
    let contents = tensors.map { ($0.0, type == .float16 ? Content.float16($0.1) : .float32($0.1)) }
    try write(contents, to: path, metadata: metadata)
  }

  /// Writes tensors of several types.
  public static func write(
    _ contents: [(String, Content)], to path: String, metadata: [String: String] = [:]
  ) throws(UserError) {
    let names = Set(contents.map(\.0))
    precondition(names.count == contents.count, "a name is written twice among \(contents.map(\.0))")
    precondition(!names.contains("__metadata__"), "a tensor is named __metadata__")
    let sorted = contents.sorted { a, b in
      let (wideA, wideB) = (a.1.type.byteCount, b.1.type.byteCount)
      return wideA == wideB ? a.0.utf8.lexicographicallyPrecedes(b.0.utf8) : wideA > wideB
    }
    try FileOutput.write(to: path) { (output) throws(UserError) in
      try output.write(header(sorted, metadata: metadata))
      for (name, content) in sorted { try write(content, named: name, output, path) }
    }
  }

  /// The length, the JSON, and spaces up to a multiple of 8 so that every element is aligned.
  private static func header(_ contents: [(String, Content)], metadata: [String: String]) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(jsonString($0.key)):\(jsonString($0.value))" }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for (name, content) in contents {
      let end = offset + content.byteCount
      let shape = content.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(jsonString(name)):{\"dtype\":\"\(content.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var json = Array("{\(members.joined(separator: ","))}".utf8)
    while json.count % 8 != 0 { json.append(0x20) }
    return littleEndian([Int64(json.count)]) + json
  }

  private static func write(
    _ content: Content, named name: String, _ output: FileOutput, _ path: String
  ) throws(UserError) {
    switch content {
    case .float32(let tensor):
      try output.write(tensor.littleEndianBytes)
    case .float16(let tensor):
      guard let bytes = tensor.halfPrecisionBytes else {
        throw UserError(
          "\(path) was not written: tensor \(quoted(name)) has values beyond ±65504, the largest of float16",
          code: .data)
      }
      try output.write(bytes)
    case .int64(let values, let shape):
      precondition(values.count == shape.reduce(1, *), "\(values.count) integers do not fill the shape \(shape)")
      try output.write(littleEndian(values.map(Int64.init)))
    }
  }
}

/// The memory of `values` on the little-endian machines this runs on.
func littleEndian<T: FixedWidthInteger>(_ values: [T]) -> [UInt8] {
  values.map(\.littleEndian).withUnsafeBytes { Array($0) }
}

extension Tensor {
  var littleEndianBytes: [UInt8] { withUnsafeBufferPointer { Array(UnsafeRawBufferPointer($0)) } }

  /// The elements rounded to half precision, or nil when a finite one is too large.
  var halfPrecisionBytes: [UInt8]? {
    var overflows = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 2 * count) { buffer, initialized in
      guard let out = buffer.baseAddress else { return }
      withUnsafeBufferPointer { overflows = ck_float_to_half($0.baseAddress, out, count) }
      initialized = 2 * count
    }
    return overflows == 0 ? bytes : nil
  }
}
