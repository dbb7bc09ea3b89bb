/// A file of named tensors in the safetensors format, mapped into memory.
///
/// Opening reads and checks the header alone; a tensor's bytes are touched when it is asked for. Whatever is wrong with
/// the file is one `UserError` that names the file and the tensor.
///
/// Layout: 8 bytes little-endian length n, n bytes JSON { name: { dtype, shape, data_offsets } }, then the data, which
/// the tensors fill without gaps. Source: the format's description in the safetensors project.
public struct SafetensorsFile: Sendable {
  /// What the header says of one tensor.
  public struct Entry: Sendable {
    public let name: String
    public let type: ElementType
    public let shape: [Int]
    /// Where the elements lie in the file, in bytes.
    let range: Range<Int>
  }

  public let path: String
  /// The tensors in the order of the header.
  public let entries: [Entry]
  /// The free texts under `__metadata__`.
  public let metadata: [String: String]
  private let file: MappedFile
  private let positions: [String: Int]

  /// Opens the file and checks all of its header.
  ///
  /// Throws with code `noInput` when the file cannot be read, `data` when it is no valid safetensors file.
  public init(contentsOf path: String) throws(UserError) {
    self.path = path
    file = try MappedFile(path)
    let header = try SafetensorsHeader(file)
    entries = header.entries
    metadata = header.metadata
    positions = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($0.element.name, $0.offset) })
  }

  /// The names of the tensors in the order of the header.
  public var names: [String] { entries.map(\.name) }

  /// What the header says of the tensor `name`, or nil when there is none.
  public subscript(name: String) -> Entry? { positions[name].map { entries[$0] } }

  /// The tensor `name` as Float32, converted from whatever type it is stored in.
  ///
  /// Throws with code `data` when there is no such tensor.
  public func tensor(_ name: String) throws(UserError) -> Tensor {
    let entry = try entry(name)
    return elements(entry).tensor(shape: entry.shape)
  }

  /// The tensor `name`, which must have `shape`.
  public func tensor(_ name: String, shape: [Int]) throws(UserError) -> Tensor {
    let entry = try entry(name)
    guard entry.shape == shape else {
      throw UserError("\(path): tensor \(quoted(name)) has the shape \(entry.shape), not \(shape)", code: .data)
    }
    return elements(entry).tensor(shape: shape)
  }

  /// The elements of the integer tensor `name` in row-major order, exactly.
  ///
  /// Throws with code `data` when there is no such tensor or it holds no integers.
  public func integers(_ name: String) throws(UserError) -> [Int] {
    let entry = try entry(name)
    guard let values = elements(entry).integers() else {
      throw UserError("\(path): tensor \(quoted(name)) has the type \(entry.type.rawValue), no integers", code: .data)
    }
    return values
  }

  /// All tensors as Float32 by name.
  public func tensors() -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: entries.map { ($0.name, elements($0).tensor(shape: $0.shape)) })
  }

  private func entry(_ name: String) throws(UserError) -> Entry {
    guard let entry = self[name] else { throw UserError("\(path) has no tensor \(quoted(name))", code: .data) }
    return entry
  }

  private func elements(_ entry: Entry) -> StoredElements {
    StoredElements(file: file, type: entry.type, range: entry.range)
  }
}
