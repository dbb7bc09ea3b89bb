import Foundation
import Tensors

/// What captions are made of: what a text-to-image model trained on `CaptionedEmoji` knows, in `captions.json` beside it.
public struct CaptionVocabulary: Codable, Sendable, Equatable {
  enum CodingKeys: String, CodingKey {
    case emoji, relations, backgrounds
    case inPairs = "in_pairs"
  }

  /// Names of all emoji, in the world's order.
  public let emoji: [String]
  /// Those that also occur in pairs.
  public let inPairs: [String]
  /// "left of" …
  public let relations: [String]
  /// "blue" …
  public let backgrounds: [String]

  public static let fileName = "captions.json"

  /// The vocabulary of a data set.
  public init(_ data: CaptionedEmoji) {
    emoji = data.names
    inPairs = data.pairMembers.map { data.names[$0] }
    relations = EmojiRelation.allCases.map(\.rawValue)
    backgrounds = CaptionedEmoji.backgroundNames
  }

  /// Reads the vocabulary beside a model.
  /// - Throws: one sentence when there is none, or it is torn.
  public init(folder: String) throws(UserError) {
    let path = "\(folder)/\(Self.fileName)"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw UserError("\(folder) has no \(Self.fileName): what its captions were is not recorded", code: .noInput)
    }
    guard let read = try? JSONDecoder().decode(Self.self, from: data) else {
      throw UserError(
        "\(path) is not a JSON object with emoji, in_pairs, relations and backgrounds, each a list of strings",
        code: .data)
    }
    self = read
  }

  /// The vocabulary as JSON, keys sorted.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    guard let data = try? encoder.encode(self) else { preconditionFailure("strings that are no JSON: \(self)") }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  /// Writes it beside a model.
  public func write(to folder: String) throws(UserError) {
    try FileOutput.write(json, to: "\(folder)/\(Self.fileName)")
  }
}
