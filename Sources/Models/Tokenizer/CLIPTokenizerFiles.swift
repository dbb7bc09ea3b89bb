import Foundation
import Tensors

extension CLIPTokenizer {
  /// Where a context length that no file names is taken from: CLIP's own.
  private static let usualContextLength = 77
  private static let contextLengths = 3...4096

  /// Reads `vocab.json` and `merges.txt` (or `tokenizer.json`, where a newer library wrote only that), and the context length
  /// and padding token from `tokenizer_config.json` and `special_tokens_map.json`.
  ///
  /// - Parameter folder: a tokenizer's own folder, or that of a pipeline that holds it as `tokenizer`.
  /// - Throws: a sentence that names the file and, in `merges.txt`, the line.
  public init(folder: String) throws(UserError) {
    let files = FileManager.default
    func has(_ path: String) -> Bool { files.fileExists(atPath: path) }
    let places = [folder, folder + "/tokenizer"]
    guard let place = places.first(where: { has($0 + "/vocab.json") || has($0 + "/tokenizer.json") }) else {
      throw UserError("\(folder) has no tokenizer: neither vocab.json nor tokenizer.json is there", code: .noInput)
    }
    let encoding =
      has(place + "/vocab.json")
      ? BytePairEncoding(
        vocabulary: try VocabularyFile.vocabulary(place + "/vocab.json"),
        merges: try VocabularyFile.merges(place + "/merges.txt"))
      : try VocabularyFile.encoding(inTokenizerFile: place + "/tokenizer.json")
    for special in [Self.startToken, Self.endToken] where encoding.vocabulary[special] == nil {
      throw UserError("the vocabulary in \(place) has no token '\(special)'", code: .config)
    }
    if let pair = encoding.merges.first(where: { encoding.vocabulary[$0.left + $0.right] == nil }) {
      throw UserError(
        "\(place): the merge '\(pair.left) \(pair.right)' makes a token the vocabulary does not have", code: .config)
    }
    var padding = Self.endToken
    for name in ["special_tokens_map.json", "tokenizer_config.json"] where has("\(place)/\(name)") {
      padding = try VocabularyFile.token("pad_token", "\(place)/\(name)") ?? padding
    }
    guard encoding.vocabulary[padding] != nil else {
      throw UserError("\(place): the padding token '\(padding)' is not in the vocabulary", code: .config)
    }
    self.init(encoding: encoding, paddingToken: padding, contextLength: try Self.contextLength(place))
  }

  private static func contextLength(_ place: String) throws(UserError) -> Int {
    let path = place + "/tokenizer_config.json"
    guard FileManager.default.fileExists(atPath: path) else { return usualContextLength }
    // Libraries write 10³⁰ where no length is known.
    let config = try ConfigurationObject(contentsOf: path)
    guard let length = try config.number("model_max_length"), length < 1e9 else { return usualContextLength }
    guard let whole = Int(exactly: length), contextLengths.contains(whole) else {
      throw config.error(
        "model_max_length \(length) is no whole number in \(contextLengths.lowerBound)…\(contextLengths.upperBound)")
    }
    return whole
  }

  /// Writes the four files that transformers' `CLIPTokenizer.from_pretrained` reads.
  public func write(to folder: String) throws(UserError) {
    try FileOutput.makeFolder(folder)
    let vocabulary = encoding.vocabulary.sorted { $0.value < $1.value }
      .map { "\(VocabularyFile.quoted($0.key)): \($0.value)" }
    try FileOutput.write("{" + vocabulary.joined(separator: ", ") + "}\n", to: folder + "/vocab.json")
    let merges = encoding.merges.map { "\($0.left) \($0.right)\n" }
    try FileOutput.write("#version: 0.2\n" + merges.joined(), to: folder + "/merges.txt")
    let special = [
      ("bos_token", Self.startToken), ("eos_token", Self.endToken), ("pad_token", paddingToken),
      ("unk_token", Self.endToken),
    ].map { "  \"\($0)\": \(VocabularyFile.quoted($1))" }.joined(separator: ",\n")
    try FileOutput.write("{\n\(special)\n}\n", to: folder + "/special_tokens_map.json")
    try FileOutput.write(
      """
      {
        "add_prefix_space": false,
      \(special),
        "do_lower_case": true,
        "errors": "replace",
        "model_max_length": \(contextLength),
        "tokenizer_class": "CLIPTokenizer"
      }

      """, to: folder + "/tokenizer_config.json")
  }
}

/// The parts of a tokenizer's files, checked.
private enum VocabularyFile {
  static func vocabulary(_ path: String) throws(UserError) -> [String: Int] {
    try checked(try object(path), path)
  }

  private static func object(_ path: String) throws(UserError) -> [String: Any] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw UserError("\(path) is missing or cannot be read", code: .noInput)
    }
    guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw UserError("\(path) is not a JSON object", code: .data)
    }
    return object
  }

  /// Ids must be whole numbers from 0, each given once.
  private static func checked(_ object: [String: Any], _ path: String) throws(UserError) -> [String: Int] {
    var vocabulary: [String: Int] = [:]
    var seen: Set<Int> = []
    for (piece, value) in object {
      guard let number = value as? NSNumber, let id = Int(exactly: number.doubleValue), (0..<10_000_000).contains(id)
      else { throw UserError("\(path): the id of '\(piece)' is \(value), not a whole number from 0", code: .data) }
      guard seen.insert(id).inserted else {
        throw UserError("\(path): the id \(id) of '\(piece)' is given twice", code: .data)
      }
      vocabulary[piece] = id
    }
    guard !vocabulary.isEmpty else { throw UserError("\(path) holds no tokens", code: .data) }
    return vocabulary
  }

  static func merges(_ path: String) throws(UserError) -> [BytePairEncoding.Pair] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw UserError("\(path) is missing or cannot be read", code: .noInput)
    }
    guard let text = String(data: data, encoding: .utf8) else { throw UserError("\(path) is not UTF-8", code: .data) }
    var pairs: [BytePairEncoding.Pair] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.isEmpty || line.hasPrefix("#version") { continue }
      guard let pair = pair(String(line)) else {
        throw UserError("\(path):\(index + 1): '\(line)' is not two pieces with a space between", code: .data)
      }
      pairs.append(pair)
    }
    return pairs
  }

  private static func pair(_ line: String) -> BytePairEncoding.Pair? {
    let parts = line.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    return .init(left: String(parts[0]), right: String(parts[1]))
  }

  /// The model part of `tokenizer.json`, whose merges are "a b" or ["a", "b"].
  static func encoding(inTokenizerFile path: String) throws(UserError) -> BytePairEncoding {
    guard let model = try object(path)["model"] as? [String: Any], let vocabulary = model["vocab"] as? [String: Any],
      let listed = model["merges"] as? [Any], model["end_of_word_suffix"] as? String == BytePairEncoding.endOfWord
    else { throw UserError("\(path) holds no byte-pair encoding with the word end '</w>'", code: .config) }
    var merges: [BytePairEncoding.Pair] = []
    for (index, entry) in listed.enumerated() {
      let line = entry as? String ?? (entry as? [String])?.joined(separator: " ") ?? ""
      guard let pair = pair(line) else {
        throw UserError("\(path): merge \(index) is not two pieces", code: .data)
      }
      merges.append(pair)
    }
    return BytePairEncoding(vocabulary: try checked(vocabulary, path), merges: merges)
  }

  /// A special token, written as a string or as an object with `content`.
  static func token(_ key: String, _ path: String) throws(UserError) -> String? {
    let value = try object(path)[key]
    return value as? String ?? (value as? [String: Any])?["content"] as? String
  }

  static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
