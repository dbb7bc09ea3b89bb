import Datasets
import Drawing
import Tensors

/// The world of captioned emoji that the emoji models learn from: which there are, and what scenes look like.
struct EmojiData: Stage {
  let name = "emoji-data"
  let summary = "Shows the emoji the models know and scenes composed of them"
  let parameters: [StageParameter] = []

  let facts = [
    FactDeclaration("emoji", "emoji in the world"),
    FactDeclaration("in_pairs", "those that also appear in pairs"),
    FactDeclaration("pairs", "unordered pairs of them"),
    FactDeclaration("held_out_pairs", "pairs that are never in training"),
    FactDeclaration("combinations", "combinations of an emoji and a coloured background"),
    FactDeclaration("held_out_combinations", "combinations that are never in training"),
  ]

  let figures = [
    FigureDeclaration("emoji-world", "Every emoji the models know, those that appear in pairs apart"),
    FigureDeclaration("emoji-scenes", "Scenes of each kind with their captions, and some that are held out"),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let emoji = try CaptionedEmoji()
    let (count, paired) = (emoji.names.count, emoji.pairMembers.count)
    var result = StageResult()
    result.fact("emoji", count)
    result.fact("in_pairs", paired)
    result.fact("pairs", paired * (paired - 1) / 2)
    result.fact("held_out_pairs", emoji.heldOutPairs.count)
    result.fact("combinations", count * CaptionedEmoji.backgroundNames.count)
    result.fact("held_out_combinations", emoji.heldOutBackgrounds.count)
    let rows = try Self.sampleRows(seed: context.seed)
    result.tensor("scenes", emoji.pictures(of: rows.flatMap(\.scenes)))
    result.figure("emoji-world") { () throws(UserError) in try Self.world() }
    result.figure("emoji-scenes") { () throws(UserError) in Self.scenes(rows, emoji) }
    return result
  }

  // MARK: The world

  /// Rows of the contact sheet.
  private static let sheetRows = 24

  private static func world() throws(UserError) -> Figure {
    let emoji = try CaptionedEmoji(side: 32)
    let paired = Set(emoji.pairMembers)
    let alone = emoji.names.indices.filter { !paired.contains($0) }
    let groups = [(emoji.pairMembers, "alone and in pairs"), (alone, "alone")]
    let widths = groups.map { Double(columns($0.0.count)) }
    let grids = groups.map { members, words in
      ImageGrid(
        rows: [[ImageCell(sheet(of: members, emoji))]], title: "\(members.count) appear \(words)",
        maximumEms: 200)
    }
    return Figure(
      name: "emoji-world", title: "The models know \(NumberText.fixed(Double(emoji.names.count), decimals: 0)) emoji",
      caption: """
        Every emoji the models know, drawn from the font Noto Color Emoji and named by CLDR, those with short names first. \
        Left the \(paired.count) things (animals, plants, food, play, hearts) of which pairs are made. Flags, skin tones, \
        variants of one figure, and emoji that differ in size alone are left out.
        """,
      alternativeText: "Two large sheets of small emoji in rows, \(paired.count) left and \(alone.count) right.",
      provenance: Provenance(command: ""), content: Panels(rows: [grids], columnWeights: widths))
  }

  private static func columns(_ count: Int) -> Int { max(1, (count + sheetRows - 1) / sheetRows) }

  /// All members in reading order, one picture of a tile each.
  private static func sheet(of members: [Int], _ emoji: CaptionedEmoji) -> Tensor {
    let (columns, side) = (columns(members.count), emoji.side)
    let (width, height) = (columns * side, sheetRows * side)
    let tiles = members.map { index in
      emoji.picture(
        of: EmojiScene(
          emoji: [index], relation: nil, background: nil, placements: [EmojiPlacement(x: 0.5, y: 0.5, size: 0.9)],
          caption: emoji.names[index]))
    }
    return Tensor(unsafeUninitialized: [3, height, width]) { out in
      out.update(repeating: 1)
      for (n, tile) in tiles.enumerated() {
        let corner = n / columns * side * width + n % columns * side
        tile.withUnsafeBufferPointer { tile in
          for c in 0..<3 {
            for y in 0..<side {
              for x in 0..<side { out[c * height * width + corner + y * width + x] = tile[(c * side + y) * side + x] }
            }
          }
        }
      }
    }
  }

  // MARK: Scenes

  private struct SampleRow {
    let label: String
    let scenes: [EmojiScene]
  }

  private static func sampleRows(seed: UInt64) throws(UserError) -> [SampleRow] {
    var random = RandomSource(seed: seed)
    var rows: [SampleRow] = []
    for (label, mixes) in [
      ("one emoji", [SceneMix(pairs: 0, backgrounds: 0), SceneMix(pairs: 0, backgrounds: 1)]),
      ("two emoji", [SceneMix(pairs: 1, backgrounds: 0), SceneMix(pairs: 1, backgrounds: 1)]),
    ] {
      var scenes: [EmojiScene] = []
      for mix in mixes {
        let emoji = try CaptionedEmoji(mix: mix)
        scenes += (0..<4).map { _ in emoji.scene(.train, &random) }
      }
      rows.append(SampleRow(label: label, scenes: scenes))
    }
    let emoji = try CaptionedEmoji(mix: SceneMix(pairs: 1, backgrounds: 0))
    let parts: [CaptionedEmoji.Part] =
      Array(repeating: .heldOutPairs, count: 4) + Array(repeating: .heldOutBackgrounds, count: 4)
    rows.append(SampleRow(label: "held out", scenes: parts.map { emoji.scene($0, &random) }))
    return rows
  }

  private static func scenes(_ rows: [SampleRow], _ emoji: CaptionedEmoji) -> Figure {
    let cells = rows.map { row in
      row.scenes.map { ImageCell(emoji.picture(of: $0), caption: RichText(verbatim: $0.caption)) }
    }
    return Figure(
      name: "emoji-scenes", title: "Every picture is composed on the fly, and its caption with it",
      caption: """
        Random scenes of 64×64 pixels. Size and place are jittered. A tenth of the pairs and a tenth of the combinations of \
        emoji and background (last row) are never in training: what a model draws for them it has composed.
        """,
      alternativeText: """
        A grid of three rows of eight pictures with captions: single emoji, pairs, and what is held out; half of each row on \
        white, half on coloured backgrounds.
        """,
      provenance: Provenance(command: ""),
      content: ImageGrid(rows: cells, rowLabels: rows.map { RichText(verbatim: $0.label) }))
  }
}
