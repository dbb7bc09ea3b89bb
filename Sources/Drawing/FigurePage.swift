import Tensors

extension Figure {
  /// The drawn page: title, equation, content, provenance.
  public func page(theme: Theme, size: FigureSize = .slide) throws(UserError) -> Page {
    let style = try Style(theme: theme, scale: TypeScale(pageWidth: size.width, pageHeight: size.height))
    let margin = max(10, style.em(1.6))
    let inner = size.width - 2 * margin
    let head = headHeight(style, width: inner)
    let foot = footHeight(style, width: inner)
    let contentHeight = size.height.map { $0 - 2 * margin - head - foot } ?? naturalHeight(style, width: inner)
    let height = size.height ?? contentHeight + 2 * margin + head + foot
    let canvas = Canvas(style: style)
    drawHead(on: canvas, at: Point(margin, margin), width: inner)
    let rect = Rect(x: margin, y: margin + head, width: inner, height: max(contentHeight, 1))
    canvas.group("content") { drawContent(on: canvas, in: rect) }
    drawFoot(on: canvas, at: Point(margin, height - margin), width: inner)
    return Page(size: Size(size.width, height), background: theme.background, commands: canvas.commands)
  }

  /// Scales the content down as a whole when it needs more room than there is.
  private func drawContent(on canvas: Canvas, in rect: Rect) {
    let needed = content.minimumSize(canvas.style)
    let factor = max(needed.width / rect.width, needed.height / rect.height, 1)
    canvas.scaled(by: 1 / factor, at: Point(rect.x, rect.y)) {
      content.draw(
        on: canvas, in: Rect(x: 0, y: 0, width: rect.width * factor, height: rect.height * factor))
    }
  }

  /// The height of the content on a page that adapts to it.
  private func naturalHeight(_ style: Style, width: Double) -> Double {
    let needed = content.minimumSize(style)
    let factor = max(needed.width / width, 1)
    return max(content.preferredHeight(width: width * factor, style), needed.height) / factor
  }

  // MARK: Title and equation

  private var equationLine: RichText? {
    guard let equation else { return nil }
    return equationNumber.map { equation + RichText(verbatim: "\u{2003}" + $0) } ?? equation
  }

  private func headHeight(_ style: Style, width: Double) -> Double {
    var height = style.size(of: title, .title, width: width).height
    if let equationLine { height += style.em(0.35) + style.size(of: equationLine, .label, width: width).height }
    return height + style.em(1.1)
  }

  private func drawHead(on canvas: Canvas, at origin: Point, width: Double) {
    canvas.group("head") {
      canvas.text(title, at: origin, .start, .top, role: .title, width: width)
      guard let equationLine else { return }
      let top = origin.y + canvas.style.size(of: title, .title, width: width).height + canvas.style.em(0.35)
      canvas.text(equationLine, at: Point(origin.x, top), .start, .top, color: .muted, width: width)
    }
  }

  // MARK: Provenance

  private func footHeight(_ style: Style, width: Double) -> Double {
    provenance.line.isEmpty ? 0 : style.size(of: provenance.line, .note, width: width).height + style.em(0.9)
  }

  private func drawFoot(on canvas: Canvas, at origin: Point, width: Double) {
    guard !provenance.line.isEmpty else { return }
    canvas.group("foot") {
      canvas.text(provenance.line, at: origin, .start, .bottom, role: .note, color: .muted, width: width)
    }
  }
}
