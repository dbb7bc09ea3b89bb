/// Breaks text into lines at blanks; a word longer than a line is cut.
struct LineWrapper {
  let width: Int
  let colors: Bool

  /// Text that stays together: no blank in it.
  private typealias Word = [StyledText]

  /// Lines of at most `width` columns with what stands before them.
  ///
  /// - Parameters:
  ///   - texts: a newline in them ends the line.
  ///   - first: what stands before the first line.
  ///   - rest: what stands before the others, as wide as `first` for a hanging indent.
  func wrap(_ texts: [StyledText], first: String = "", rest: String = "") -> [String] {
    let room = max(8, width - max(displayWidth(first), displayWidth(rest)))
    return Self.lines(of: texts, width: room).enumerated().map { index, line in
      line.isEmpty ? "" : (index == 0 ? first : rest) + line.joined(colors: colors)
    }
  }

  /// The lines of a column of `width`, none ending in a blank.
  static func lines(of texts: [StyledText], width: Int) -> [[StyledText]] {
    paragraphs(texts).flatMap { words -> [[StyledText]] in
      var lines: [[StyledText]] = []
      var line: [StyledText] = []
      for word in words.flatMap({ cut($0, to: max(1, width)) }) {
        if !line.isEmpty, line.width + 1 + word.width > width {
          lines.append(line)
          line = []
        }
        if let before = line.last?.style {
          line.append(StyledText(" ", before == word.first?.style ? before : []))
        }
        line += word
      }
      return lines + [line]
    }
  }

  /// Words, a list for every line the author ended by hand.
  private static func paragraphs(_ texts: [StyledText]) -> [[Word]] {
    var result: [[Word]] = [[]]
    var word: Word = []
    func finishWord() {
      if !word.isEmpty { result[result.count - 1].append(word) }
      word = []
    }
    for piece in texts {
      for run in runs(piece.text) {
        switch run {
        case "\n":
          finishWord()
          result.append([])
        case " ": finishWord()
        default: word.append(StyledText(String(run), piece.style))
        }
      }
    }
    finishWord()
    return result
  }

  /// Words, blanks (as one " " each) and newlines.
  private static func runs(_ text: String) -> [Substring] {
    var result: [Substring] = []
    var rest = Substring(text)
    while let first = rest.first {
      if first == "\n" || first == " " || first == "\t" {
        result.append(first == "\n" ? "\n" : " ")
        rest = rest.dropFirst()
      } else {
        let word = rest.prefix { $0 != "\n" && $0 != " " && $0 != "\t" }
        result.append(word)
        rest = rest[word.endIndex...]
      }
    }
    return result
  }

  private static func cut(_ word: Word, to width: Int) -> [Word] {
    guard word.width > width else { return [word] }
    var parts: [Word] = []
    for piece in word {
      var current = ""
      for character in piece.text {
        if !current.isEmpty, displayWidth(current) + displayWidth(character) > width {
          parts.append([StyledText(current, piece.style)])
          current = ""
        }
        current.append(character)
      }
      if !current.isEmpty { parts.append([StyledText(current, piece.style)]) }
    }
    return parts
  }
}
