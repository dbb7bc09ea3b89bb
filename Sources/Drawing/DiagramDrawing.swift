extension DiagramLayout {
  func draw(_ node: Diagram.Node, on canvas: Canvas) {
    guard let frame = frames[node.id] else { return }
    drawOutline(of: node, frame, on: canvas)
    let pictures = picturePlaces(of: node, in: frame)
    for (cell, place) in zip(node.images, pictures) {
      let raster = Raster(cell.image, cell.mapping, theme: canvas.theme)
      let fitted = place.fitted(aspect: Double(raster.width) / Double(raster.height))
      canvas.image(raster.enlarged(for: fitted.size), in: fitted)
      canvas.stroke(.rectangle(fitted), cell.frame ?? .axis, width: 0.5)
    }
    var y = pictures.last.map { $0.maxY + style.em(0.35) } ?? frame.midY - textHeight(of: node) / 2
    if !node.title.isEmpty {
      canvas.text(node.title, at: Point(frame.midX, y), .middle, .top)
      y += style.size(of: node.title, .label).height
    }
    for detail in node.details {
      y += style.em(0.1)
      canvas.text(detail, at: Point(frame.midX, y), .middle, .top, role: .note, color: .muted)
      y += style.size(of: detail, .note).height
    }
  }

  private func drawOutline(of node: Diagram.Node, _ frame: Rect, on canvas: Canvas) {
    let radius: Double
    switch node.shape {
    case .plain: return
    case .box: radius = style.em(0.35)
    case .pill, .circle: radius = frame.height / 2
    }
    let outline = Path.rectangle(frame, radius: radius)
    canvas.fill(outline, .background)
    canvas.fill(outline, node.color, opacity: 0.1)
    canvas.stroke(outline, node.color, width: 1.1)
  }

  private func picturePlaces(of node: Diagram.Node, in frame: Rect) -> [Rect] {
    guard !node.images.isEmpty else { return [] }
    let (side, gap) = pictureSide(of: node)
    let size = picturesSize(of: node)
    let texts = textHeight(of: node)
    let top = frame.midY - (size.height + (texts > 0 ? style.em(0.35) + texts : 0)) / 2
    return node.images.indices.map { i in
      Rect(
        x: frame.midX - size.width / 2 + Double(i % picturesPerRow) * (side + gap),
        y: top + Double(i / picturesPerRow) * (side + gap), width: side, height: side)
    }
  }

  func draw(_ edge: Diagram.Edge, on canvas: Canvas) {
    canvas.arrow(along: route(of: edge), edge.color, width: 1.1, dash: edge.isDashed ? [3.5, 2.5] : [])
  }

  func drawLabel(of edge: Diagram.Edge, on canvas: Canvas) {
    guard !edge.label.isEmpty else { return }
    let place = labelPlace(of: edge)
    if place.isLevel {
      canvas.text(
        edge.label, at: Point(place.point.x, place.point.y - style.em(0.25)), .middle, .bottom, role: .note,
        color: edge.color, hasHalo: true)
    } else {
      canvas.text(
        edge.label, at: Point(place.point.x + style.em(0.4), place.point.y), .start, .middle, role: .note,
        color: edge.color, hasHalo: true)
    }
  }

  func draw(_ group: Diagram.Group, on canvas: Canvas) {
    guard let area = area(of: group) else { return }
    canvas.fill(.rectangle(area, radius: style.em(0.6)), .surface)
    canvas.stroke(.rectangle(area, radius: style.em(0.6)), .grid, width: 0.8)
    canvas.text(
      group.title, at: Point(area.minX + style.em(0.6), area.minY + style.em(0.4)), .start, .top, role: .note,
      color: .muted)
  }
}
