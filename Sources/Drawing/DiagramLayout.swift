/// Places of the boxes of a diagram: columns as wide as their widest box, gaps as wide as the labels in them.
struct DiagramLayout {
  let diagram: Diagram
  let style: Style
  /// How many pictures of a box stand side by side.
  let picturesPerRow: Int
  private(set) var frames: [String: Rect] = [:]
  /// Heights at which level arrows meet the boxes.
  private(set) var anchors: [String: Double] = [:]
  /// What the diagram needs at least.
  private(set) var size = Size(0, 0)

  private var columnWidths: [Double]
  private var rows: [(above: Double, below: Double)]
  private var columnGaps: [Double]
  private var rowGaps: [Double]

  /// The layout that fits the width with as many pictures side by side as possible.
  static func fitting(_ diagram: Diagram, _ style: Style, width: Double, in rect: Rect? = nil) -> DiagramLayout {
    for count in [4, 2] {
      let layout = DiagramLayout(diagram, style, picturesPerRow: count, filling: rect)
      if layout.size.width <= width + 1e-6, rect.map({ layout.size.height <= $0.height + 1e-6 }) ?? true {
        return layout
      }
    }
    return DiagramLayout(diagram, style, picturesPerRow: 1, filling: rect)
  }

  init(_ diagram: Diagram, _ style: Style, picturesPerRow: Int, filling rect: Rect? = nil) {
    self.diagram = diagram
    self.style = style
    self.picturesPerRow = picturesPerRow
    let columnCount = Int((diagram.nodes.map(\.column).max() ?? 0).rounded(.up)) + 1
    let rowCount = Int((diagram.nodes.map(\.row).max() ?? 0).rounded(.up)) + 1
    columnWidths = [Double](repeating: style.em(1), count: columnCount)
    rows = [(above: Double, below: Double)](repeating: (style.em(0.5), style.em(0.5)), count: rowCount)
    columnGaps = [Double](repeating: style.em(diagram.columnGap), count: columnCount - 1)
    rowGaps = [Double](repeating: style.em(diagram.rowGap), count: rowCount - 1)
    for node in diagram.nodes {
      let measure = measure(node)
      if node.column == node.column.rounded() {
        columnWidths[Int(node.column)] = max(columnWidths[Int(node.column)], measure.size.width)
      }
      if node.row == node.row.rounded() {
        let row = Int(node.row)
        rows[row].above = max(rows[row].above, measure.anchor)
        rows[row].below = max(rows[row].below, measure.size.height - measure.anchor)
      }
    }
    widenForLabels()
    let margins = margins
    size = Size(
      sum(columnWidths) + sum(columnGaps) + margins.left + margins.right,
      rows.reduce(0) { $0 + $1.above + $1.below } + sum(rowGaps) + margins.top + margins.bottom)
    place(in: rect ?? Rect(x: 0, y: 0, width: size.width, height: size.height), margins)
  }

  private func sum(_ lengths: [Double]) -> Double { lengths.reduce(0, +) }

  // MARK: Sizes

  func padding(_ node: Diagram.Node) -> Double { node.shape == .plain ? style.em(0.15) : style.em(0.6) }

  /// Size of a box, and how far under its top level arrows meet it: at its pictures when it has no outline.
  func measure(_ node: Diagram.Node) -> (size: Size, anchor: Double) {
    let title = node.title.isEmpty ? Size(0, 0) : style.size(of: node.title, .label)
    let details = node.details.map { style.size(of: $0, .note).width }
    let pictures = picturesSize(of: node)
    let pad = padding(node)
    let width = max(title.width, details.max() ?? 0, pictures.width) + 2 * pad
    let texts = textHeight(of: node)
    let height = texts + pictures.height + (pictures.height > 0 && texts > 0 ? style.em(0.35) : 0) + 1.4 * pad
    switch node.shape {
    case .circle:
      let side = max(width, height) * 0.95
      return (Size(side, side), side / 2)
    case .pill: return (Size(max(width + style.em(0.5), height), height), height / 2)
    case .box: return (Size(width, height), height / 2)
    case .plain:
      return (Size(width, height), pictures.height > 0 ? 0.7 * pad + pictures.height / 2 : height / 2)
    }
  }

  func textHeight(of node: Diagram.Node) -> Double {
    let title = node.title.isEmpty ? 0 : style.size(of: node.title, .label).height
    return node.details.reduce(title) { $0 + style.size(of: $1, .note).height + style.em(0.1) }
  }

  /// Side of and distance between pictures.
  func pictureSide(of node: Diagram.Node) -> (side: Double, gap: Double) { (style.em(node.imageEms), style.em(0.2)) }

  func picturesSize(of node: Diagram.Node) -> Size {
    guard !node.images.isEmpty else { return Size(0, 0) }
    let count = Double(min(node.images.count, picturesPerRow))
    let rows = Double((node.images.count + picturesPerRow - 1) / picturesPerRow)
    let (side, gap) = pictureSide(of: node)
    return Size(count * (side + gap) - gap, rows * (side + gap) - gap)
  }

  /// Gaps take the labels of the straight arrows that cross them, and rows those of the arrows that go around boxes.
  private mutating func widenForLabels() {
    let places = Dictionary(uniqueKeysWithValues: diagram.nodes.map { ($0.id, $0) })
    for edge in diagram.edges {
      guard let a = places[edge.from], let b = places[edge.to] else { continue }
      let label = edge.label.isEmpty ? Size(0, 0) : style.size(of: edge.label, .note)
      if edge.route == .straight && a.row == b.row && abs(a.column - b.column) == 1 && label.width > 0 {
        let gap = Int(min(a.column, b.column))
        columnGaps[gap] = max(columnGaps[gap], label.width + style.em(1.6))
      } else if edge.route == .straight && a.column == b.column && abs(a.row - b.row) == 1 {
        let gap = Int(min(a.row, b.row))
        rowGaps[gap] = max(rowGaps[gap], label.height + style.em(1.2))
      }
      if edge.route == .over, min(a.row, b.row) >= 1 {
        let gap = Int(min(a.row, b.row).rounded(.up)) - 1
        rowGaps[gap] = max(rowGaps[gap], label.height + style.em(2.2))
      }
    }
  }

  /// Room for group titles and arrows that run outside the grid.
  private var margins: Insets {
    let hasGroups = !diagram.groups.isEmpty
    let side = hasGroups ? style.em(0.9) : 0
    let over = diagram.edges.contains { $0.route == .over } ? style.em(2.8) : 0
    let under = diagram.edges.contains { $0.route == .under } ? style.em(1.6) : 0
    let title = hasGroups ? style.lineHeight(.note) + style.em(1.1) : 0
    return Insets(top: max(over, title), left: side, bottom: max(under, side), right: side)
  }

  // MARK: Places

  private mutating func place(in rect: Rect, _ margins: Insets) {
    // Spare room goes into the gaps, so much that the picture still hangs together.
    let spareX = min(max(0, rect.width - size.width) / Double(max(columnGaps.count, 1)), style.em(3.2))
    let spareY = min(max(0, rect.height - size.height) / Double(max(rowGaps.count, 1)), style.em(2.2))
    let total = Size(
      size.width + spareX * Double(columnGaps.count), size.height + spareY * Double(rowGaps.count))
    var left = rect.midX - total.width / 2 + margins.left
    let x = columnWidths.indices.map { i in
      defer { left += columnWidths[i] + (i < columnGaps.count ? columnGaps[i] + spareX : 0) }
      return left + columnWidths[i] / 2
    }
    var top = rect.midY - total.height / 2 + margins.top
    let y = rows.indices.map { i in
      defer { top += rows[i].above + rows[i].below + (i < rowGaps.count ? rowGaps[i] + spareY : 0) }
      return top + rows[i].above
    }
    for node in diagram.nodes {
      let measure = measure(node)
      let center = Point(between(x, node.column), between(y, node.row))
      anchors[node.id] = center.y
      frames[node.id] = Rect(
        x: center.x - measure.size.width / 2, y: center.y - measure.anchor, width: measure.size.width,
        height: measure.size.height)
    }
  }

  private func between(_ centers: [Double], _ position: Double) -> Double {
    let low = Int(position.rounded(.down))
    let share = position - Double(low)
    return share == 0 ? centers[low] : centers[low] * (1 - share) + centers[low + 1] * share
  }
}
