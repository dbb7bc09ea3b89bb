import Tensors

extension TerminalRenderer {
  /// Inlines as styled text, placeholders filled in.
  func styled(
    _ inlines: [LessonInline], _ run: LessonRun, _ style: TextStyle = []
  ) throws(UserError) -> [StyledText] {
    var result: [StyledText] = []
    for inline in inlines { result += try styled(inline, run, style) }
    return result
  }

  private func styled(
    _ inline: LessonInline, _ run: LessonRun, _ style: TextStyle
  ) throws(UserError) -> [StyledText] {
    switch inline {
    case .text(let text): return [StyledText(text, style)]
    case .emphasis(let inner): return try styled(inner, run, style.union(.italic))
    case .strong(let inner): return try styled(inner, run, style.union(.bold))
    case .code(let inner):
      let code = try styled(inner, run, style.union(.code))
      return colors ? code : [StyledText("`")] + code + [StyledText("`")]
    case .link(let inner, let destination):
      let shown = try styled(inner, run, style.union(.underline))
      let isOwnText = shown.map(\.text).joined() == destination
      return isOwnText || destination.hasPrefix("#") ? shown : shown + [StyledText(" (\(destination))", .dim)]
    case .image(let description, let source):
      return [StyledText("[\(description.isEmpty ? source : description)]", .dim)]
    case .placeholder(let placeholder):
      return [StyledText(try run.text(of: placeholder), style.union(.code))]
    case .softBreak: return [StyledText(" ")]
    case .lineBreak: return [StyledText("\n")]
    }
  }
}
