import Tensors

extension Figure {
  /// The drawn page: title, equation, content, provenance.
  ///
  /// Content that needs more room than the page has gets smaller type, and below 5.5 points is scaled as a whole.
  public func page(theme: Theme, size: FigureSize = .slide) throws(UserError) -> Page {
    let scale = TypeScale(pageWidth: size.width, pageHeight: size.height)
    let ems = size.width / scale.label
    let style = try Style(theme: theme, scale: scale, pageEms: ems)
    let tightness = tightness(style, size)
    guard tightness > 1.01 else { return page(style, content: style, size) }
    let label = max(min(5.5, style.scale.label), style.scale.label / tightness)
    return page(style, content: try Style(theme: theme, scale: TypeScale(label: label), pageEms: ems), size)
  }

  private func margin(_ style: Style) -> Double { max(10, style.em(1.6)) }

  /// How many times more room than there is the content needs.
  private func tightness(_ style: Style, _ size: FigureSize) -> Double {
    let inner = size.width - 2 * margin(style)
    let needed = content.minimumSize(style)
    guard let height = size.height else { return needed.width / inner }
    let rest = height - 2 * margin(style) - headHeight(style, width: inner) - footHeight(style, width: inner)
    return max(needed.width / inner, needed.height / max(rest, style.em(4)))
  }

  /// Title and equation keep the page's type; the last line is never larger than the content's labels.
  private func page(_ style: Style, content small: Style, _ size: FigureSize) -> Page {
    let margin = margin(style)
    let inner = size.width - 2 * margin
    let headScale = style.scale.label / small.scale.label
    let footScale = min(headScale, 1.15)
    let head = headHeight(style, width: inner)
    let foot = footHeight(small, width: inner / footScale) * footScale
    let contentHeight = size.height.map { $0 - 2 * margin - head - foot } ?? naturalHeight(small, width: inner)
    let height = size.height ?? contentHeight + 2 * margin + head + foot
    let canvas = Canvas(style: small)
    canvas.scaled(by: headScale, at: Point(margin, margin)) { drawHead(on: canvas, width: inner / headScale) }
    let rect = Rect(x: margin, y: margin + head, width: inner, height: max(contentHeight, 1))
    canvas.group("content") { drawContent(on: canvas, in: rect) }
    canvas.scaled(by: footScale, at: Point(margin, height - margin)) {
      drawFoot(on: canvas, width: inner / footScale)
    }
    return Page(size: Size(size.width, height), background: style.theme.background, commands: canvas.commands)
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

  private func drawHead(on canvas: Canvas, width: Double) {
    let origin = Point(0, 0)
    canvas.group("head") {
      let balanced = canvas.style.balancedWidth(of: title, .title, width: width)
      canvas.text(title, at: origin, .start, .top, role: .title, width: balanced)
      guard let equationLine else { return }
      let top = origin.y + canvas.style.size(of: title, .title, width: width).height + canvas.style.em(0.35)
      canvas.text(equationLine, at: Point(origin.x, top), .start, .top, color: .muted, width: width)
    }
  }

  // MARK: Provenance

  private func footHeight(_ style: Style, width: Double) -> Double {
    provenance.line.isEmpty ? 0 : style.size(of: provenance.line, .note, width: width).height + style.em(0.9)
  }

  private func drawFoot(on canvas: Canvas, width: Double) {
    guard !provenance.line.isEmpty else { return }
    canvas.group("foot") {
      canvas.text(provenance.line, at: Point(0, 0), .start, .bottom, role: .note, color: .muted, width: width)
    }
  }
}
