import Drawing
import Synchronization
import Tensors

/// Which emoji the models know, in which order, and which of them appear in pairs.
///
/// **The world.** Every emoji that Noto Color Emoji draws as one glyph and whose CLDR name, in lower case,
/// - is of letters a–z, spaces, hyphens and apostrophes, at most three words and 22 characters, none of the words in capitals
///   (pictures of words, such as "SOON arrow", teach spelling);
/// - does not begin with man, woman, person or their plurals (the same figure in three variants, a few pixels apart);
/// - does not speak of size ("small", "medium", "large": sizes vary in the scenes) or of the time on a clock;
/// - is not in `lookAlikes`.
/// Flags and skin tones have names with a colon or none, and so stay outside.
///
/// **Pairs** are made of things: animals, plants, food and drink (from the monkey's face to the spoon in CLDR's order),
/// celebration, sport and play (from the jack-o-lantern to the palette), and the hearts named by a colour.
///
/// **The order**: first one that appears in pairs, then one that does not, and so on while both last; each kind by length of
/// the name, then by the alphabet. So the first n of the world are a sensible smaller world, with short names, half in pairs.
struct EmojiWorld: Sendable {
  struct Member: Sendable {
    let emoji: NamedEmoji
    /// The name as captions have it: lower case, a typewriter's apostrophe.
    let caption: String
    let appearsInPairs: Bool
  }

  let members: [Member]

  private static let loaded = Mutex<[String: EmojiWorld]>([:])

  /// The world of the installed font and names, read once in a process.
  static func installed() throws(UserError) -> EmojiWorld {
    let folder = EmojiNames.defaultFolder
    return try loaded.withLock { (worlds) throws(UserError) in
      if let known = worlds[folder] { return known }
      let world = EmojiWorld(try EmojiNames.read(folder: folder), font: try EmojiFont())
      worlds[folder] = world
      return world
    }
  }

  init(_ named: [NamedEmoji], font: EmojiFont) {
    let things = Self.things(named)
    var seen: Set<String> = []
    let all = named.compactMap { emoji -> Member? in
      guard let caption = Self.caption(emoji.name), !Self.lookAlikes.contains(caption),
        emoji.symbol.unicodeScalars.contains(where: { $0.value > 0x2000 }), !Self.hasModifier(emoji.symbol),
        font.drawsAsOneGlyph(emoji.symbol), seen.insert(caption).inserted
      else { return nil }
      let isPaired = things.contains(emoji.symbol) || Self.coloredHearts.contains(caption)
      return Member(emoji: emoji, caption: caption, appearsInPairs: isPaired)
    }
    let sorted = all.sorted { ($0.caption.count, $0.caption) < ($1.caption.count, $1.caption) }
    let (paired, single) = (sorted.filter(\.appearsInPairs), sorted.filter { !$0.appearsInPairs })
    members = (0..<max(paired.count, single.count)).flatMap { i in
      paired.dropFirst(i).prefix(1) + single.dropFirst(i).prefix(1)
    }
  }

  /// The name as captions have it, or nil when the rule leaves it out.
  static func caption(_ name: String) -> String? {
    let plain = name.replacing("’", with: "'")
    let caption = plain.lowercased()
    let words = caption.split(separator: " ").map(String.init)
    guard caption.count <= 22, words.count <= 3, let first = words.first, caption.allSatisfy(letters.contains),
      !plain.split(separator: " ").contains(where: { $0.prefix(while: \.isUppercase).count > 1 }),
      words.count == 1 || !figures.contains(first), sizesAndTimes.isDisjoint(with: words), !caption.hasSuffix("-thirty")
    else { return nil }
    return caption
  }

  private static let letters = Set("abcdefghijklmnopqrstuvwxyz '-")
  private static let figures: Set = ["man", "woman", "person", "men", "women", "people"]
  private static let sizesAndTimes: Set = ["small", "medium", "large", "medium-small", "o'clock"]

  /// The symbols from one to another of CLDR's order.
  private static func things(_ named: [NamedEmoji]) -> Set<String> {
    let position = Dictionary(named.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    let ranges = [("monkey face", "spoon"), ("jack-o-lantern", "artist palette")]
    return Set(
      ranges.flatMap { first, last -> [String] in
        guard let from = position[first], let to = position[last], from <= to else { return [] }
        return named[from...to].map(\.symbol)
      })
  }

  private static let coloredHearts = Set(
    ["red", "orange", "yellow", "green", "blue", "purple", "brown", "black", "white"].map { $0 + " heart" })

  /// Skin tones and hair, which modify another emoji, and the letters of flags.
  private static func hasModifier(_ symbol: String) -> Bool {
    symbol.unicodeScalars.contains {
      (0x1F3FB...0x1F3FF).contains($0.value) || (0x1F9B0...0x1F9B3).contains($0.value)
        || (0x1F1E6...0x1F1FF).contains($0.value) || (0xE0020...0xE007F).contains($0.value)
    }
  }

  /// Names of emoji that nobody would tell from another one's picture, found by eye among those that at 34 × 40 pixels differ by
  /// less than 0.1 (root mean square, range 0…1), and of one gesture that has no place on a slide.
  private static let lookAlikes: Set<String> = [
    "speaker low volume", "speaker medium volume", "snowman without snow", "women's room", "expressionless face",
    "slightly frowning face", "frowning face", "worried face", "up-down arrow", "left-right arrow", "cloud with snow",
    "white question mark", "white exclamation mark", "input latin lowercase", "input symbols", "inbox tray",
    "heart suit", "dim button", "middle finger",
  ]
}
