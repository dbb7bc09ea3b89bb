/// The checked header of a safetensors file.
struct SafetensorsHeader {
  /// Longer headers are refused, as by the reference implementation.
  static let longestHeader = 100_000_000

  private(set) var entries: [SafetensorsFile.Entry] = []
  private(set) var metadata: [String: String] = [:]
  private let path: String
  /// Where the data begin in the file, and how many bytes they are.
  private let start: Int
  private let byteCount: Int

  init(_ file: MappedFile) throws(UserError) {
    path = file.path
    let path = path
    let wrong = { (what: String) in UserError("\(path) is not a valid safetensors file: \(what)", code: .data) }
    let size = file.bytes.count
    guard size >= 8 else { throw wrong("it has \(size) bytes, fewer than the 8 of the header's length") }
    let length = file.bytes.loadUnaligned(as: UInt64.self)
    guard length <= UInt64(Self.longestHeader) else {
      throw wrong("its header's length \(length) is over the limit of \(Self.longestHeader) bytes")
    }
    guard length <= UInt64(size - 8) else {
      throw wrong("its header's length \(length) runs past the end, \(size - 8) bytes are left")
    }
    start = 8 + Int(length)
    byteCount = size - start
    let text = [UInt8](file.bytes[8..<start])
    guard text.first == UInt8(ascii: "{") else { throw wrong("its header does not begin with '{'") }
    var scanner = JSONScanner(text) { wrong("its header is broken: \($0)") }
    try readMembers(&scanner)
    try scanner.end()
    try checkCoverage()
  }

  private func wrong(_ what: String) -> UserError {
    UserError("\(path) is not a valid safetensors file: \(what)", code: .data)
  }

  private mutating func readMembers(_ scanner: inout JSONScanner) throws(UserError) {
    var entries: [SafetensorsFile.Entry] = []
    var metadata: [String: String] = [:]
    try scanner.object { (scanner, name) throws(UserError) in
      if name == "__metadata__" {
        try scanner.object { (scanner, key) throws(UserError) in metadata[key] = try scanner.string() }
      } else {
        entries.append(try readEntry(name, &scanner))
      }
    }
    self.entries = entries
    self.metadata = metadata
  }

  private func readEntry(
    _ name: String, _ scanner: inout JSONScanner
  ) throws(UserError) -> SafetensorsFile.Entry {
    var dtype: String?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object { (scanner, key) throws(UserError) in
      switch key {
      case "dtype": dtype = try scanner.string()
      case "shape": shape = try readIntegers(&scanner, limit: 32)
      case "data_offsets": offsets = try readIntegers(&scanner, limit: 2)
      default: try scanner.skip()
      }
    }
    let tensor = "tensor \(quoted(name))"
    guard let dtype else { throw wrong("\(tensor) has no dtype") }
    guard let shape else { throw wrong("\(tensor) has no shape") }
    guard let offsets, offsets.count == 2 else { throw wrong("\(tensor) has no pair of data_offsets") }
    guard let type = ElementType(rawValue: dtype) else {
      let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
      throw wrong("\(tensor) has the dtype \(quoted(dtype)), which is none of \(known)")
    }
    guard offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= byteCount else {
      throw wrong("\(tensor) has the data_offsets \(offsets), outside 0…\(byteCount) or backwards")
    }
    if let extent = shape.first(where: { $0 < 0 }) { throw wrong("\(tensor) has the negative extent \(extent)") }
    guard let count = elementCount(shape), count <= Int.max / type.byteCount else {
      throw wrong("\(tensor) has the shape \(shape), which is too large")
    }
    guard count * type.byteCount == offsets[1] - offsets[0] else {
      throw wrong(
        "\(tensor) has \(offsets[1] - offsets[0]) bytes, but shape \(shape) of \(dtype) needs \(count * type.byteCount)"
      )
    }
    return SafetensorsFile.Entry(
      name: name, type: type, shape: shape, range: (start + offsets[0])..<(start + offsets[1]))
  }

  private func readIntegers(_ scanner: inout JSONScanner, limit: Int) throws(UserError) -> [Int] {
    var values: [Int] = []
    try scanner.array { (scanner) throws(UserError) in
      guard values.count < limit else { throw scanner.error("more than \(limit) integers") }
      values.append(try scanner.integer())
    }
    return values
  }

  /// The tensors must fill the data without overlaps and gaps.
  private func checkCoverage() throws(UserError) {
    var end = start
    let sorted = entries.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for entry in sorted {
      let begin = entry.range.lowerBound
      if begin < end {
        throw wrong("tensor \(quoted(entry.name)) at \(begin - start) overlaps the one that ends at \(end - start)")
      }
      if begin > end {
        throw wrong("tensor \(quoted(entry.name)) at \(begin - start) leaves a gap after \(end - start)")
      }
      end = entry.range.upperBound
    }
    if end != start + byteCount {
      throw wrong("the tensors end at \(end - start), but there are \(byteCount) bytes of data")
    }
  }
}
