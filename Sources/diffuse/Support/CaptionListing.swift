import Datasets

/// `diffuse inspect NAME --captions` as text of 80 columns.
struct CaptionListing {
  let model: String
  let vocabulary: CaptionVocabulary

  var text: String {
    let inPairs = Set(vocabulary.inPairs)
    let alone = vocabulary.emoji.filter { !inPairs.contains($0) }
    let (one, other) = (vocabulary.inPairs.first ?? "…", vocabulary.inPairs.dropFirst().first ?? "…")
    let relation = vocabulary.relations.first ?? "…"
    let background = vocabulary.backgrounds.last ?? "…"
    return """
      \(model) knows \(vocabulary.emoji.count) emoji, \(vocabulary.inPairs.count) of them also in pairs.

      Captions
        \(one)
        \(one) on a \(background) background
        \(one) \(relation) \(other)
        \(one) \(relation) \(other) on a \(background) background

      Relations
      \(Self.wrapped(vocabulary.relations))

      Backgrounds, white when none is named
      \(Self.wrapped(vocabulary.backgrounds))

      Alone and in pairs (\(vocabulary.inPairs.count))
      \(Self.wrapped(vocabulary.inPairs.sorted()))

      Alone (\(alone.count))
      \(Self.wrapped(alone.sorted()))

      """
  }

  /// Names with commas between them in indented lines of at most 80 columns; no name is torn.
  private static func wrapped(_ names: [String]) -> String {
    var lines = ["  "]
    for (i, name) in names.enumerated() {
      let word = name + (i == names.count - 1 ? "" : ",")
      let line = lines[lines.count - 1]
      if line.count > 2, line.count + 1 + word.count > 80 {
        lines.append("  " + word)
      } else {
        lines[lines.count - 1] += (line.count > 2 ? " " : "") + word
      }
    }
    return lines.joined(separator: "\n")
  }
}
