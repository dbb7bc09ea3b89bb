/// Where the first emoji of a pair is, seen from the second.
public enum EmojiRelation: String, CaseIterable, Sendable, Hashable {
  case leftOf = "left of"
  case rightOf = "right of"
  case above
  case below

  /// Whether the two stand side by side rather than one over the other.
  public var isHorizontal: Bool { self == .leftOf || self == .rightOf }
  /// The relation seen from the other emoji.
  public var reversed: EmojiRelation {
    switch self {
    case .leftOf: .rightOf
    case .rightOf: .leftOf
    case .above: .below
    case .below: .above
    }
  }
}

/// Where an emoji is drawn, in shares of the picture's side.
public struct EmojiPlacement: Sendable, Hashable {
  /// The centre, from the left and from the top.
  public let x: Float
  public let y: Float
  /// Width and height of the square that holds it.
  public let size: Float

  public init(x: Float, y: Float, size: Float) {
    self.x = x
    self.y = y
    self.size = size
  }
}

/// A picture to be drawn and its caption: one emoji or two, on white or a coloured background.
public struct EmojiScene: Sendable, Hashable {
  /// One or two indices into the world.
  public let emoji: [Int]
  /// The first emoji's place relative to the second; nil for a single one.
  public let relation: EmojiRelation?
  /// Index into `CaptionedEmoji.backgroundNames`; nil is white.
  public let background: Int?
  /// One for each emoji.
  public let placements: [EmojiPlacement]
  /// "red heart left of pizza on a blue background".
  public let caption: String

  public init(
    emoji: [Int], relation: EmojiRelation?, background: Int?, placements: [EmojiPlacement], caption: String
  ) {
    precondition(emoji.count == placements.count && (emoji.count == 2) == (relation != nil), "\(emoji), \(placements)")
    self.emoji = emoji
    self.relation = relation
    self.background = background
    self.placements = placements
    self.caption = caption
  }
}

/// How often each kind of scene is drawn.
public struct SceneMix: Sendable, Hashable {
  /// Share of scenes with two emoji.
  public var pairs: Double
  /// Share of scenes on a coloured background, of singles and pairs alike.
  public var backgrounds: Double
  /// Which relations pairs have, each as often as the others.
  public var relations: [EmojiRelation]

  /// By default half of the scenes are pairs, since a pair shows two emoji and a relation, and a third is coloured.
  public init(
    pairs: Double = 0.5, backgrounds: Double = 0.35, relations: [EmojiRelation] = EmojiRelation.allCases
  ) {
    precondition((0...1).contains(pairs) && (0...1).contains(backgrounds), "shares \(pairs) and \(backgrounds)")
    precondition(!relations.isEmpty, "pairs without a relation")
    self.pairs = pairs
    self.backgrounds = backgrounds
    self.relations = relations
  }
}
