import Drawing

/// Commands of lessons, coloured, each with a button that copies it.
enum CommandHTML {
  static func block(_ command: String, id: String? = nil) -> String {
    let name = id.map { " id=\"\($0)\"" } ?? ""
    return "<div class=\"command\"\(name)><code tabindex=\"0\">\(highlighted(command))</code>"
      + "<button type=\"button\" class=\"copy\" hidden aria-label=\"Copy this command\">copy</button></div>\n"
  }

  /// Program, subcommand, options and values told apart.
  static func highlighted(_ command: String) -> String {
    words(command).enumerated().map { index, word in
      let text = escapedXML(word)
      if index == 0 { return "<b>\(text)</b>" }
      if word.hasPrefix("--") { return "<i>\(text)</i>" }
      if word.hasPrefix("'") || word.contains("=") { return "<span>\(text)</span>" }
      return text
    }.joined(separator: " ")
  }

  /// Parted at blanks outside quotes.
  private static func words(_ command: String) -> [String] {
    var (words, word, isQuoted) = ([String](), "", false)
    for character in command {
      if character == "'" { isQuoted.toggle() }
      if character == " ", !isQuoted {
        words.append(word)
        word = ""
      } else {
        word.append(character)
      }
    }
    return (words + [word]).filter { !$0.isEmpty }
  }
}
