import Tensors
import Yams

/// The entries of a YAML mapping with the lines of the lesson file they stand on.
struct YamlEntries {
  struct Entry {
    let key: String
    let node: Node
    let line: Int
  }

  let file: String
  /// The line of the file before the first line of the YAML text.
  let lineOffset: Int
  private(set) var entries: [Entry] = []

  /// Reads a mapping whose keys are words; an empty text is an empty mapping.
  init(_ text: String, file: String, lineOffset: Int) throws(UserError) {
    self.file = file
    self.lineOffset = lineOffset
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw Self.sentence(error, file: file, lineOffset: lineOffset)
    }
    guard let node, node.null == nil || node.mapping != nil else { return }
    guard case .mapping(let mapping) = node else {
      throw UserError(
        "\(place(node)): expected lines such as 'timestep: 250', found '\(node.string ?? "a list")'", code: .config)
    }
    for (key, value) in mapping {
      guard let name = key.scalar?.string else {
        throw UserError("\(place(key)): a key must be a word", code: .config)
      }
      entries.append(Entry(key: name, node: value, line: lineOffset + (key.mark?.line ?? 1)))
    }
  }

  private static func sentence(_ error: any Error, file: String, lineOffset: Int) -> UserError {
    func at(_ line: Int, _ problem: String) -> UserError {
      UserError("\(file), line \(line + lineOffset): broken YAML: \(problem)", code: .config)
    }
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return at(mark.line, problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      return at(context.mark.line, "the key \(duplicates.joined(separator: ", ")) appears twice")
    case .reader(let problem, _, _, _):
      return at(1, problem)
    default:
      return at(1, "\(error)")
    }
  }

  // MARK: Places

  func place(_ node: Node) -> String { "\(file), line \(lineOffset + (node.mark?.line ?? 1))" }
  func place(_ entry: Entry) -> String { "\(file), line \(entry.line)" }

  // MARK: Values

  subscript(_ key: String) -> Entry? { entries.first { $0.key == key } }

  /// Refuses keys other than these.
  func allow(only keys: [String], in what: String) throws(UserError) {
    for entry in entries where !keys.contains(entry.key) {
      throw .unknown("key of \(what)", entry.key, among: keys, at: place(entry), code: .config)
    }
  }

  /// The scalar's text as written, whatever type YAML would give it.
  func text(_ key: String) throws(UserError) -> String? {
    guard let entry = self[key] else { return nil }
    guard let scalar = entry.node.scalar else {
      throw UserError("\(place(entry)): \(key) must be one value", code: .config)
    }
    return scalar.string
  }

  func requiredText(_ key: String, of what: String, line: Int) throws(UserError) -> String {
    if let found = try text(key), !found.isEmpty { return found }
    throw UserError("\(file), line \(line): \(what) has no \(key)", code: .config)
  }

  /// A list of texts; a single value counts as a list of one.
  func texts(_ entry: Entry) throws(UserError) -> [String] {
    if let scalar = entry.node.scalar { return [scalar.string] }
    guard let sequence = entry.node.sequence else {
      throw UserError("\(place(entry)): \(entry.key) must be a value or a list [a, b]", code: .config)
    }
    var result: [String] = []
    for node in sequence {
      guard let scalar = node.scalar else {
        throw UserError("\(place(node)): an element of \(entry.key) must be one value", code: .config)
      }
      result.append(scalar.string)
    }
    return result
  }

  func texts(_ key: String) throws(UserError) -> [String]? {
    guard let entry = self[key] else { return nil }
    return try texts(entry)
  }

  func number(_ key: String) throws(UserError) -> Double? {
    guard let entry = self[key], let text = try text(key) else { return nil }
    guard let value = Double(text), value.isFinite else {
      throw UserError("\(place(entry)): \(key) must be a number, not '\(text)'", code: .config)
    }
    return value
  }
}
