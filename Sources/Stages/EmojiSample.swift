import Datasets
import Drawing
import Foundation
import Models
import Tensors

/// A bundled scene of emoji, which lessons and tests use without the data set's packages.
public struct EmojiSample: Codable, Sendable, Equatable {
  /// The picture's file beside captions.json: "red-heart-left-of-pizza.png".
  public let file: String
  /// "red heart left of pizza".
  public let caption: String
  /// Names of the one or two emoji.
  public let emoji: [String]
  /// Where the first is, seen from the second: "left of", "right of", "above" or "below".
  public let relation: String?
  /// Name of the background's colour; nil is white.
  public let background: String?
  /// For each emoji left, top, width and height of its square in pixels.
  public let boxes: [[Float]]

  /// The file's name without ending.
  public var name: String { String(file.dropLast(4)) }

  /// The samples of the package, in their order.
  /// - Throws: when captions.json is missing or damaged.
  public static func all(_ home: Home) throws(UserError) -> [EmojiSample] {
    let path = home.emojiSamples + "/captions.json"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw UserError("\(path) is missing or cannot be read", code: .noInput)
    }
    do {
      return try JSONDecoder().decode([EmojiSample].self, from: data)
    } catch {
      throw UserError("\(path) is no list of captions", code: .data)
    }
  }

  /// The picture, [3, 64, 64] in −1…1.
  public func picture(_ home: Home) throws(UserError) -> Tensor {
    try ImageFile.read("\(home.emojiSamples)/\(file)").affine(scale: 2, shift: -1)
  }

  // MARK: Writing

  /// What is bundled: every kind of scene, and emoji that differ in shape, colour and detail.
  private static let chosen: [(first: String, relation: EmojiRelation?, second: String, background: String?)] = [
    ("red heart", nil, "", nil), ("pizza", nil, "", nil), ("cat face", nil, "", nil), ("rocket", nil, "", nil),
    ("soccer ball", nil, "", nil), ("sunflower", nil, "", nil), ("grinning face", nil, "", nil),
    ("green apple", nil, "", "blue"), ("penguin", nil, "", "orange"), ("guitar", nil, "", "yellow"),
    ("red heart", .leftOf, "pizza", nil), ("pizza", .leftOf, "red heart", nil),
    ("cat face", .above, "soccer ball", nil),
    ("butterfly", .below, "cherry blossom", nil), ("penguin", .rightOf, "ice cream", "green"),
    ("hamburger", .above, "banana", "purple"),
  ]

  /// Draws the samples and writes pictures and captions.json.
  /// - Throws: when the data set's packages are missing or the folder cannot be written.
  public static func write(to folder: String) throws(UserError) -> [EmojiSample] {
    let data = try CaptionedEmoji()
    try FileOutput.makeFolder(folder)
    var random = RandomSource(seed: 0)
    var samples: [EmojiSample] = []
    for choice in chosen {
      let scene = scene(choice, data, &random)
      let sample = EmojiSample(
        file: scene.caption.replacing(" ", with: "-") + ".png", caption: scene.caption,
        emoji: scene.emoji.map { data.names[$0] },
        relation: scene.relation?.rawValue, background: choice.background,
        boxes: data.boxes(of: scene).map { [$0.x, $0.y, $0.width, $0.height] })
      try ImageFile.writePNG(data.picture(of: scene), .symmetric, to: "\(folder)/\(sample.file)")
      samples.append(sample)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let json = try? encoder.encode(samples) else { preconditionFailure("captions that are no JSON: \(samples)") }
    try FileOutput.write([UInt8](json) + [10], to: folder + "/captions.json")
    return samples
  }

  private static func scene(
    _ choice: (first: String, relation: EmojiRelation?, second: String, background: String?), _ data: CaptionedEmoji,
    _ random: inout RandomSource
  ) -> EmojiScene {
    func index(_ name: String) -> Int {
      guard let index = data.index(ofName: name) else { preconditionFailure("the world has no '\(name)'") }
      return index
    }
    let background = choice.background.flatMap { CaptionedEmoji.backgroundNames.firstIndex(of: $0) }
    guard let relation = choice.relation else {
      return data.singleScene(of: index(choice.first), background: background, &random)
    }
    return data.pairScene(index(choice.first), relation, index(choice.second), background: background, &random)
  }
}
