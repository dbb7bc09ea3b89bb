import Tensors

extension CaptionedEmoji {
  /// A random scene of a part.
  public func scene(_ part: Part = .train, _ random: inout RandomSource) -> EmojiScene {
    let draws = random.uniform([2])
    let isPair = Double(draws[0]) < mix.pairs && pairMembers.count > 1
    let isColored = Double(draws[1]) < mix.backgrounds
    switch part {
    case .heldOutBackgrounds:
      precondition(!heldOutBackgrounds.isEmpty, "no background is held out in a world of \(names.count)")
      let chosen = heldOutBackgrounds[random.index(below: heldOutBackgrounds.count)]
      return singleScene(of: chosen.emoji, background: chosen.background, &random)
    case .heldOutPairs:
      precondition(!heldOutPairs.isEmpty, "no pair is held out in a world of \(names.count)")
      let pair = heldOutPairs[random.index(below: heldOutPairs.count)]
      let swapped = random.index(below: 2) == 1
      return coloredPair(pair[swapped ? 1 : 0], pair[swapped ? 0 : 1], isColored, &random)
    case .train where isPair:
      var (a, b) = (0, 0)
      repeat {
        a = pairMembers[random.index(below: pairMembers.count)]
        b = pairMembers[random.index(below: pairMembers.count)]
      } while a == b || isHeldOut(pair: a, b)
      return coloredPair(a, b, isColored, &random)
    case .train:
      let emoji = random.index(below: names.count)
      return singleScene(of: emoji, background: isColored ? background(for: [emoji], &random) : nil, &random)
    }
  }

  private func coloredPair(_ a: Int, _ b: Int, _ isColored: Bool, _ random: inout RandomSource) -> EmojiScene {
    let relation = mix.relations[random.index(below: mix.relations.count)]
    return pairScene(a, relation, b, background: isColored ? background(for: [a, b], &random) : nil, &random)
  }

  /// A background that is held out for none of the emoji, or white where all are.
  private func background(for emoji: [Int], _ random: inout RandomSource) -> Int? {
    let allowed = Self.backgroundNames.indices.filter { color in
      !emoji.contains { isHeldOut(emoji: $0, background: color) }
    }
    return allowed.isEmpty ? nil : allowed[random.index(below: allowed.count)]
  }

  /// One emoji at a random size (70…92 % of the side) and place.
  public func singleScene(of emoji: Int, background: Int?, _ random: inout RandomSource) -> EmojiScene {
    let draws = random.uniform([3])
    let size = 0.7 + 0.22 * draws[0]
    // Within the picture, and never further than 8 % from its middle.
    let reach = min(0.08, (1 - size) / 2)
    let placement = EmojiPlacement(
      x: 0.5 + reach * (2 * draws[1] - 1), y: 0.5 + reach * (2 * draws[2] - 1), size: size)
    return EmojiScene(
      emoji: [emoji], relation: nil, background: background, placements: [placement],
      caption: caption(of: emoji, background: background))
  }

  /// Two emoji, each in its half of the picture, at a random size (41…46 % of the side) and place.
  public func pairScene(
    _ first: Int, _ relation: EmojiRelation, _ second: Int, background: Int?, _ random: inout RandomSource
  ) -> EmojiScene {
    precondition(first != second, "a pair of emoji \(first) with itself")
    let isFirstNearZero = relation == .leftOf || relation == .above
    let placements = [isFirstNearZero, !isFirstNearZero].map { isNearZero in
      let draws = random.uniform([3])
      let size = 0.41 + 0.05 * draws[0]
      let along = (isNearZero ? 0.25 : 0.75) + (0.25 - size / 2) * (2 * draws[1] - 1)
      let across = 0.5 + 0.06 * (2 * draws[2] - 1)
      return relation.isHorizontal
        ? EmojiPlacement(x: along, y: across, size: size) : EmojiPlacement(x: across, y: along, size: size)
    }
    return EmojiScene(
      emoji: [first, second], relation: relation, background: background, placements: placements,
      caption: caption(of: first, relation, second, background: background))
  }

  // MARK: Captions

  /// "red heart", "red heart on a blue background".
  public func caption(of emoji: Int, background: Int? = nil) -> String {
    names[emoji] + Self.words(forBackground: background)
  }

  /// "red heart left of pizza", "red heart above pizza on an orange background".
  public func caption(
    of first: Int, _ relation: EmojiRelation, _ second: Int, background: Int? = nil
  ) -> String {
    "\(names[first]) \(relation.rawValue) \(names[second])" + Self.words(forBackground: background)
  }

  private static func words(forBackground background: Int?) -> String {
    guard let background else { return "" }
    let name = backgroundNames[background]
    return " on \(name.first.map("aeiou".contains) == true ? "an" : "a") \(name) background"
  }

  /// The index of a name, as captions have it.
  public func index(ofName name: String) -> Int? { names.firstIndex(of: name) }
}

extension RandomSource {
  fileprivate mutating func index(below bound: Int) -> Int { integers(below: bound, count: 1)[0] }
}
