import Drawing
import Tensors

/// Captioned pictures composed of emoji: one ("red heart") or two ("red heart left of pizza"), on white or "… on a blue
/// background".
///
/// The emoji are drawn from the font Noto Color Emoji, their names are CLDR's. `EmojiWorld` says which ones there are and in
/// which order. A fixed share of pairs and of emoji × background combinations, chosen by a hash of the names, is held out
/// and never in the part `train`: what a model draws for them it must have composed.
public struct CaptionedEmoji: Sendable {
  public enum Part: String, CaseIterable, Sendable {
    /// Everything that is not held out.
    case train
    /// Two emoji that are never together in `train`, in whatever order.
    case heldOutPairs
    /// One emoji on a background it never has in `train`.
    case heldOutBackgrounds
  }

  /// Share of pairs, and of emoji × background combinations, that is held out.
  public static let heldOutShare = 0.1

  /// Width and height of the pictures.
  public let side: Int
  public let mix: SceneMix
  /// The names as captions have them, in the world's order.
  public let names: [String]
  /// The Unicode characters of each.
  public let symbols: [String]
  /// CLDR's Chinese names, nil where there is none.
  public let chineseNames: [String?]
  /// Indices of the emoji that appear in pairs.
  public let pairMembers: [Int]
  /// Unordered pairs that are held out, the smaller index first.
  public let heldOutPairs: [[Int]]
  /// Emoji and background of each combination that is held out.
  public let heldOutBackgrounds: [(emoji: Int, background: Int)]

  let sprites: EmojiSprites
  let heldOut: HeldOut

  /// The standard world.
  ///
  /// - Parameters:
  ///   - side: of the pictures in pixels, 16…256.
  ///   - worldLimit: only the first so many emoji, at least 20.
  ///   - mix: how often pairs and backgrounds occur.
  /// - Throws: with code `unavailable`, naming the Debian package to install, when font or names are missing.
  public init(side: Int = 64, worldLimit: Int? = nil, mix: SceneMix = SceneMix()) throws(UserError) {
    precondition(
      (16...256).contains(side) && worldLimit.map { $0 >= 20 } ?? true, "side \(side), \(worldLimit ?? 0) emoji")
    let world = try EmojiWorld.installed()
    guard !world.members.isEmpty else {
      throw UserError("the font \(EmojiFont.family) draws none of the emoji CLDR names", code: .unavailable)
    }
    let members = world.members.prefix(worldLimit ?? world.members.count)
    self.side = side
    self.mix = mix
    names = members.map(\.caption)
    symbols = members.map(\.emoji.symbol)
    chineseNames = members.map(\.emoji.chineseName)
    let paired = members.indices.filter { members[$0].appearsInPairs }
    pairMembers = paired
    let heldOut = HeldOut(names: names)
    self.heldOut = heldOut
    heldOutPairs = paired.enumerated().flatMap { i, a in
      paired[(i + 1)...].filter { heldOut.isPairHeldOut(a, $0) }.map { [a, $0] }
    }
    heldOutBackgrounds = members.indices.flatMap { emoji in
      Self.backgroundNames.indices.filter { heldOut.isBackgroundHeldOut(emoji, $0) }.map { (emoji, $0) }
    }
    sprites = try EmojiSprites.shared(symbols, side: side)
  }

  // MARK: What is held out

  /// Whether the two never occur together in `train`.
  public func isHeldOut(pair a: Int, _ b: Int) -> Bool { heldOut.isPairHeldOut(a, b) }

  /// Whether the emoji never occurs on the background in `train`, alone or in a pair.
  public func isHeldOut(emoji: Int, background: Int) -> Bool { heldOut.isBackgroundHeldOut(emoji, background) }

  /// Whether no pair and no emoji on its background is held out.
  public func isInTraining(_ scene: EmojiScene) -> Bool {
    if let background = scene.background, scene.emoji.contains(where: { isHeldOut(emoji: $0, background: background) })
    {
      return false
    }
    return scene.emoji.count == 1 || !isHeldOut(pair: scene.emoji[0], scene.emoji[1])
  }
}

/// Decides by a hash of names, so that neither the size of the world nor the order of drawing matters.
struct HeldOut: Sendable {
  private let hashes: [UInt64]
  private let limit = UInt64(CaptionedEmoji.heldOutShare * 0x1p64)

  init(names: [String]) { hashes = names.map { Self.hash($0) } }

  func isPairHeldOut(_ a: Int, _ b: Int) -> Bool { Self.mixed(hashes[a] &+ hashes[b]) < limit }

  func isBackgroundHeldOut(_ emoji: Int, _ background: Int) -> Bool {
    Self.mixed(hashes[emoji] ^ Self.mixed(UInt64(background + 1))) < limit
  }

  /// FNV-1a over the UTF-8 bytes.
  private static func hash(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  /// The finaliser of SplitMix64 (Steele, Lea and Flood 2014), which spreads every bit over all.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
