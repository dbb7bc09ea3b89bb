/// The same figure for several values of a parameter: each with its heading, in as many columns as leave most room.
public struct SideBySide: Component {
  public struct Item: Sendable {
    /// Above the part, such as "timestep = 100".
    public var heading: RichText
    public var content: any Component

    public init(heading: RichText, content: any Component) {
      self.heading = heading
      self.content = content
    }
  }

  public var items: [Item]

  public init(items: [Item]) { self.items = items }

  public func minimumSize(_ style: Style) -> Size {
    let least = columns(style, aspect: 16 / 9)
    return size(style, columns: least)
  }

  public func preferredHeight(width: Double, _ style: Style) -> Double {
    let columns = columns(style, in: Size(width, width * 9 / 16))
    let cell = (width - gap(style) * Double(columns - 1)) / Double(columns)
    let heights = items.map { $0.content.preferredHeight(width: cell, style) + headHeight($0, style, width: cell) }
    return rows(columns).map { heights[$0].max() ?? 0 }.reduce(0, +) + gap(style) * Double(rows(columns).count - 1)
  }

  public func draw(on canvas: Canvas, in rect: Rect) {
    let style = canvas.style
    let columns = columns(style, in: rect.size)
    let rows = rows(columns)
    let width = (rect.width - gap(style) * Double(columns - 1)) / Double(columns)
    let height = (rect.height - gap(style) * Double(rows.count - 1)) / Double(rows.count)
    for (r, row) in rows.enumerated() {
      let head = row.map { headHeight(items[$0], style, width: width) }.max() ?? 0
      for (c, index) in row.enumerated() {
        let x = rect.minX + Double(c) * (width + gap(style))
        let y = rect.minY + Double(r) * (height + gap(style))
        canvas.text(items[index].heading, at: Point(x, y), .start, .top, role: .heading, width: width)
        draw(items[index].content, on: canvas, in: Rect(x: x, y: y + head, width: width, height: height - head))
      }
    }
  }

  /// A part that needs more room than its place has is scaled down as a whole.
  private func draw(_ content: any Component, on canvas: Canvas, in rect: Rect) {
    let needed = content.minimumSize(canvas.style)
    let factor = max(needed.width / rect.width, needed.height / rect.height, 1)
    canvas.scaled(by: 1 / factor, at: Point(rect.minX, rect.minY)) {
      content.draw(on: canvas, in: Rect(x: 0, y: 0, width: rect.width * factor, height: rect.height * factor))
    }
  }

  // MARK: Layout

  private func gap(_ style: Style) -> Double { style.em(1.6) }

  private func headHeight(_ item: Item, _ style: Style, width: Double) -> Double {
    style.size(of: item.heading, .heading, width: width).height + style.em(0.6)
  }

  private func rows(_ columns: Int) -> [Range<Int>] {
    stride(from: 0, to: items.count, by: columns).map { $0..<min($0 + columns, items.count) }
  }

  private func size(_ style: Style, columns: Int) -> Size {
    let cells = items.map { item -> Size in
      let least = item.content.minimumSize(style)
      return Size(least.width, least.height + headHeight(item, style, width: least.width))
    }
    let count = rows(columns).count
    let width = (cells.map(\.width).max() ?? 0) * Double(columns) + gap(style) * Double(columns - 1)
    let height = (cells.map(\.height).max() ?? 0) * Double(count) + gap(style) * Double(count - 1)
    return Size(width, height)
  }

  /// The number of columns with which the least sizes fit a page of the aspect best.
  private func columns(_ style: Style, aspect: Double) -> Int {
    func need(_ columns: Int) -> Double {
      let size = size(style, columns: columns)
      return max(size.width / aspect, size.height)
    }
    return (1...max(items.count, 1)).min { need($0) < need($1) } ?? 1
  }

  /// The number of columns with which the parts are drawn largest; a last row that is not full counts against it.
  private func columns(_ style: Style, in room: Size) -> Int {
    func drawnWidth(_ columns: Int) -> Double {
      let count = rows(columns).count
      let width = (room.width - gap(style) * Double(columns - 1)) / Double(columns)
      let height = (room.height - gap(style) * Double(count - 1)) / Double(count)
      let widths = items.map { item -> Double in
        let least = item.content.minimumSize(style)
        let rest = height - headHeight(item, style, width: width)
        guard width > 0, rest > 0 else { return 0 }
        let factor = max(least.width / width, least.height / rest, 1)
        let wanted = item.content.preferredHeight(width: width * factor, style) / factor
        return width * min(1, rest / wanted) / factor
      }
      return (widths.min() ?? 0) * (items.count % columns == 0 ? 1 : 0.93)
    }
    return (1...max(items.count, 1)).max { drawnWidth($0) < drawnWidth($1) } ?? 1
  }
}
