import Datasets
import Drawing
import Foundation
import Tensors
import TestSupport
import Testing

/// These need the packages fonts-noto-color-emoji and unicode-cldr-core, which Scripts/prepare installs.
struct CaptionedEmojiTests {
  let emoji: CaptionedEmoji

  init() throws { emoji = try CaptionedEmoji() }

  @Test func theWorldHasAtLeastAThousandEmojiAndThreeHundredInPairs() {
    #expect(emoji.names.count >= 1000)
    #expect(emoji.pairMembers.count >= 300)
    #expect(Set(emoji.names).count == emoji.names.count && Set(emoji.symbols).count == emoji.names.count)
    #expect(emoji.chineseNames.count { $0 != nil } > 1000)
    for name in ["red heart", "pizza", "cat face", "soccer ball", "green apple"] {
      #expect(emoji.index(ofName: name).map(emoji.pairMembers.contains) == true, "\(name)")
    }
    for name in ["grinning face", "rocket", "santa claus", "woman's hat"] {
      #expect(emoji.index(ofName: name).map(emoji.pairMembers.contains) == false, "\(name)")
    }
    for name in ["man judge", "ten o'clock", "ok hand", "black small square", "flag: france"] {
      #expect(emoji.index(ofName: name) == nil, "\(name)")
    }
    #expect(emoji.index(ofName: "pizza").map { emoji.chineseNames[$0] } == "披萨")
  }

  @Test func aPrefixIsTheSmallerWorldWithHalfOfItInPairs() throws {
    let small = try CaptionedEmoji(worldLimit: 300)
    #expect(small.names == Array(emoji.names.prefix(300)))
    #expect(small.pairMembers == emoji.pairMembers.filter { $0 < 300 })
    #expect(small.pairMembers.count == 150)
    #expect(small.heldOutPairs == emoji.heldOutPairs.filter { $0[1] < 300 })
  }

  @Test func onlySequencesTheFontKnowsAreOneGlyph() throws {
    let font = try EmojiFont()
    for symbol in ["🍕", "❤", "🐻‍❄", "🏴‍☠", "👍🏽", "🇫🇷"] { #expect(font.drawsAsOneGlyph(symbol), "\(symbol)") }
    for symbol in ["🍕🍕", "🐻‍🍕", "a", "≽", "", "♪"] { #expect(!font.drawsAsOneGlyph(symbol), "\(symbol)") }
    #expect(emoji.symbols.allSatisfy(font.drawsAsOneGlyph))
  }

  @Test func theSameSeedGivesTheSameScenesAndPixels() {
    var (a, b, other) = (RandomSource(seed: 3), RandomSource(seed: 3), RandomSource(seed: 4))
    let first = emoji.batch(24, .train, &a)
    let second = onThreads(1) { emoji.batch(24, .train, &b) }
    #expect(first.scenes == second.scenes && first.images == second.images && a == b)
    #expect(emoji.batch(24, .train, &other).scenes != first.scenes)
    for (n, scene) in first.scenes.enumerated() { #expect(emoji.picture(of: scene) == first.images[index: n]) }
  }

  @Test func onlyTheRelationsOfTheMixOccur() throws {
    let ordered = try CaptionedEmoji(worldLimit: 100, mix: SceneMix(pairs: 1, relations: [.leftOf, .above]))
    var random = RandomSource(seed: 6)
    for part in [CaptionedEmoji.Part.train, .heldOutPairs] {
      let relations = Set((0..<200).compactMap { _ in ordered.scene(part, &random).relation })
      #expect(relations == [.leftOf, .above])
    }
  }

  @Test func whatIsHeldOutIsNeverInTraining() {
    var random = RandomSource(seed: 5)
    var kinds: Set<[Bool]> = []
    for _ in 0..<20_000 {
      let scene = emoji.scene(.train, &random)
      #expect(emoji.isInTraining(scene), "\(scene.caption)")
      kinds.insert([scene.emoji.count == 2, scene.background != nil])
    }
    #expect(kinds.count == 4)
    for _ in 0..<1000 {
      let pair = emoji.scene(.heldOutPairs, &random)
      #expect(pair.emoji.count == 2 && emoji.isHeldOut(pair: pair.emoji[0], pair.emoji[1]), "\(pair.caption)")
      // Only one thing at a time is new.
      if let background = pair.background {
        #expect(!pair.emoji.contains { emoji.isHeldOut(emoji: $0, background: background) }, "\(pair.caption)")
      }
      let colored = emoji.scene(.heldOutBackgrounds, &random)
      #expect(!emoji.isInTraining(colored) && colored.emoji.count == 1, "\(colored.caption)")
    }
  }

  @Test func aTenthIsHeldOutWhateverTheOrderOfAPair() {
    let (members, names) = (emoji.pairMembers, emoji.names.count)
    let pairs = Double(emoji.heldOutPairs.count) / Double(members.count * (members.count - 1) / 2)
    #expect(abs(pairs - CaptionedEmoji.heldOutShare) < 0.01)
    let colored = Double(emoji.heldOutBackgrounds.count) / Double(names * CaptionedEmoji.backgroundNames.count)
    #expect(abs(colored - CaptionedEmoji.heldOutShare) < 0.02)
    for pair in emoji.heldOutPairs.prefix(500) { #expect(emoji.isHeldOut(pair: pair[1], pair[0])) }
    #expect(Set(emoji.heldOutPairs.flatMap { $0 }).count == members.count)
  }

  @Test func captionsFollowTheGrammar() throws {
    let heart = try #require(emoji.index(ofName: "red heart"))
    let pizza = try #require(emoji.index(ofName: "pizza"))
    let (blue, orange) = (4, 1)
    #expect(emoji.caption(of: heart) == "red heart")
    #expect(emoji.caption(of: heart, background: orange) == "red heart on an orange background")
    #expect(
      emoji.caption(of: heart, .leftOf, pizza, background: blue) == "red heart left of pizza on a blue background")
    var random = RandomSource(seed: 6)
    let grammar = /^([a-z' -]+?)( (left of|right of|above|below) ([a-z' -]+?))?( on an? ([a-z]+) background)?$/
    for _ in 0..<2000 {
      let scene = emoji.scene(.train, &random)
      let match = try #require(scene.caption.wholeMatch(of: grammar), "\(scene.caption)")
      #expect(match.3.map(String.init) == scene.relation?.rawValue)
      #expect(match.6.map(String.init) == scene.background.map { CaptionedEmoji.backgroundNames[$0] })
      #expect([String(match.1)] + (match.4.map { [String($0)] } ?? []) == scene.emoji.map { emoji.names[$0] })
    }
  }

  @Test func emojiAreDrawnWhereTheSceneSays() throws {
    var random = RandomSource(seed: 7)
    for _ in 0..<200 {
      let scene = emoji.scene(.train, &random)
      let boxes = emoji.boxes(of: scene)
      for box in boxes { #expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= 64 && box.y + box.height <= 64) }
      if let relation = scene.relation {
        let (a, b) = (boxes[0], boxes[1])
        let first: Bool =
          switch relation {
          case .leftOf: a.x + a.width <= 32 && b.x >= 32
          case .rightOf: b.x + b.width <= 32 && a.x >= 32
          case .above: a.y + a.height <= 32 && b.y >= 32
          case .below: b.y + b.height <= 32 && a.y >= 32
          }
        #expect(first, "\(scene.caption): \(boxes)")
      }
      expectBackground(of: scene, boxes)
    }
  }

  /// Every pixel outside the boxes has the colour of the background, and something is drawn in each box.
  private func expectBackground(of scene: EmojiScene, _ boxes: [(x: Float, y: Float, width: Float, height: Float)]) {
    let picture = emoji.picture(of: scene).scalars
    let color = scene.background.map { CaptionedEmoji.backgroundColors[$0] } ?? [255, 255, 255]
    var drawn = boxes.map { _ in 0 }
    var wrong = 0
    for y in 0..<64 {
      for x in 0..<64 {
        let isPlain = (0..<3).allSatisfy { abs(picture[$0 * 4096 + y * 64 + x] - (color[$0] / 127.5 - 1)) < 1e-5 }
        let inside = boxes.indices.filter {
          let box = boxes[$0]
          return Float(x) > box.x - 2 && Float(x) < box.x + box.width + 1 && Float(y) > box.y - 2
            && Float(y) < box.y + box.height + 1
        }
        if !isPlain { for box in inside { drawn[box] += 1 } }
        if !isPlain && inside.isEmpty { wrong += 1 }
      }
    }
    #expect(wrong == 0 && drawn.allSatisfy { $0 > 20 }, "\(scene.caption): \(wrong) stray pixels, drawn \(drawn)")
    #expect(picture.allSatisfy { $0 >= -1 && $0 <= 1 })
  }

  @Test func aSmallSpriteHasTheMeanOfALargeOne() throws {
    let pizza = try #require(emoji.index(ofName: "pizza"))
    func opacity(_ size: Float) -> Double {
      let place = EmojiPlacement(x: 0.5, y: 0.5, size: size)
      let scene = EmojiScene(emoji: [pizza], relation: nil, background: nil, placements: [place], caption: "")
      return emoji.picture(of: scene).scalars.reduce(0) { $0 + Double(1 - $1) } / Double(size * size)
    }
    #expect(abs(opacity(0.44) / opacity(0.9) - 1) < 0.01)
    #expect(abs(opacity(0.6) / opacity(0.9) - 1) < 0.01)
  }

  @Test func missingAndDamagedNamesAreSaidSo() throws {
    let missing = #expect(throws: UserError.self) { try EmojiNames.read(folder: "/nowhere/cldr") }
    #expect(missing?.code == .unavailable && missing?.sentence.contains("apt-get install unicode-cldr-core") == true)
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(atPath: folder + "/annotations", withIntermediateDirectories: true)
      for text in ["", "<ldml><annotation", "<ldml/>"] {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/annotations/en.xml"))
        let damaged = #expect(throws: UserError.self) { try EmojiNames.read(folder: folder) }
        #expect(damaged?.code == .data && damaged?.sentence.contains("en.xml is damaged") == true, "\(text)")
      }
    }
  }
}
