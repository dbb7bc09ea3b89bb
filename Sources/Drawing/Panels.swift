/// Components side by side and one above the other; data areas of charts line up.
///
///     Panels(charts, columns: 4, sharing: .y)
///     Panels(rows: [[strip], [chart, chart]])
public struct Panels: Component {
  public enum Sharing: Sendable, Equatable {
    case none, x, y, both
  }

  /// What stands where on a page of usual width.
  private enum Arrangement: Sendable {
    /// As given.
    case rows([[any Component]])
    /// In reading order; fewer to a row on narrow pages.
    case flow([any Component], columns: Int, narrow: Int)
  }

  private let arrangement: Arrangement
  private let sharing: Sharing
  /// Shares of the height; when empty, images and diagrams get the height that suits them and charts share the rest.
  public var rowWeights: [Double]
  /// Shares of the width; equal when empty. Rows with fewer components than weights share the width equally.
  public var columnWeights: [Double]

  /// Rows from top to bottom, on every page as given.
  public init(
    rows: [[any Component]], rowWeights: [Double] = [], columnWeights: [Double] = [], sharing: Sharing = .none
  ) {
    arrangement = .rows(rows)
    self.sharing = sharing
    self.rowWeights = rowWeights
    self.columnWeights = columnWeights
  }

  /// Components in reading order, `columns` to a row; on pages as narrow as a column of a paper `narrowColumns`, else half
  /// of them when they are an even number from 4 on.
  public init(
    _ components: [any Component], columns: Int, narrowColumns: Int? = nil, sharing: Sharing = .none
  ) {
    precondition(columns >= 1 && narrowColumns ?? 1 >= 1, "panels in \(columns), \(narrowColumns ?? 1) columns")
    let usual = columns >= 4 && columns % 2 == 0 ? columns / 2 : columns
    arrangement = .flow(components, columns: columns, narrow: narrowColumns ?? usual)
    self.sharing = sharing
    rowWeights = []
    columnWeights = []
  }

  /// The rows on the page that `style` is for.
  private func rows(_ style: Style) -> [[any Component]] {
    let rows: [[any Component]]
    switch arrangement {
    case .rows(let given): rows = given
    case .flow(let components, let columns, let narrow):
      let count = style.pageEms < 42 ? narrow : columns
      rows = stride(from: 0, to: components.count, by: count).map {
        let row = Array(components[$0..<min($0 + count, components.count)])
        // Empty places keep the last row's panels as wide as those above.
        return row + [any Component](repeating: EmptyPanel(), count: $0 > 0 ? count - row.count : 0)
      }
    }
    return sharing == .none ? rows : Panels.shared(rows, sharing)
  }

  /// Gives all charts the same domains, and leaves out what the outer ones say already.
  private static func shared(_ rows: [[any Component]], _ sharing: Sharing) -> [[any Component]] {
    let charts = rows.joined().compactMap { $0 as? Chart }
    let x = charts.reduce(nil) { union($0, $1.xDomain) }
    let y = charts.reduce(nil) { union($0, $1.yDomain) }
    return rows.enumerated().map { r, row in
      row.enumerated().map { c, component in
        guard var chart = component as? Chart else { return component }
        if sharing != .y, chart.x.range == nil { chart.x.range = x }
        if sharing != .x, chart.y.range == nil { chart.y.range = y }
        if sharing != .y {
          chart.showsX = r == rows.count - 1 || c >= rows[r + 1].count || rows[r + 1][c] is EmptyPanel
        }
        if sharing != .x && c > 0 {
          chart.showsY = false
          chart.y.label = ""
        }
        return chart
      }
    }
  }

  private func gapX(_ style: Style) -> Double { style.em(2) }
  private func gapY(_ style: Style) -> Double { style.em(1.4) }

  private func widths(_ row: [any Component], _ style: Style, width: Double) -> [Double] {
    let weights = columnWeights.count == row.count ? columnWeights : [Double](repeating: 1, count: row.count)
    let least = row.map { $0.minimumSize(style).width }
    return Panels.shares(weights, least: least, total: width - gapX(style) * Double(max(row.count - 1, 0)))
  }

  /// Splits `total` by weight, but gives each part at least its least where there is room for all.
  static func shares(_ weights: [Double], least: [Double], total: Double) -> [Double] {
    precondition(weights.count == least.count, "\(weights.count) weights for \(least.count) parts")
    var fixed = Set<Int>()
    while true {
      let free = total - fixed.reduce(0) { $0 + least[$1] }
      let sum = weights.indices.filter { !fixed.contains($0) }.reduce(0) { $0 + weights[$1] }
      let result = weights.indices.map { fixed.contains($0) ? least[$0] : max(free, 0) * weights[$0] / max(sum, 1e-9) }
      let short = weights.indices.filter { !fixed.contains($0) && result[$0] < least[$0] - 1e-9 }
      if short.isEmpty { return result }
      fixed.formUnion(short)
    }
  }

  // MARK: Room

  public func minimumSize(_ style: Style) -> Size {
    let rows = rows(style)
    let sizes = rows.map { $0.map { $0.minimumSize(style) } }
    let widths = sizes.map { row in
      row.reduce(0) { $0 + $1.width } + gapX(style) * Double(max(row.count - 1, 0))
    }
    let height = rows.reduce(0) { $0 + leastHeight($1, style) }
    return Size(widths.max() ?? 0, height + gapY(style) * Double(max(rows.count - 1, 0)))
  }

  private func leastHeight(_ row: [any Component], _ style: Style) -> Double {
    row.map { $0.minimumSize(style).height }.max() ?? 0
  }

  public var stretches: Bool {
    switch arrangement {
    case .rows(let rows): rows.joined().contains { $0.stretches }
    case .flow(let components, _, _): components.contains { $0.stretches }
    }
  }

  private func wantedHeights(_ rows: [[any Component]], _ style: Style, width: Double) -> [Double] {
    rows.map { row in
      let widths = widths(row, style, width: width)
      let wanted = zip(row, widths).map { $0.preferredHeight(width: $1, style) }.max() ?? 0
      return max(wanted, leastHeight(row, style))
    }
  }

  /// Rows that do not stretch get what they prefer as long as the others keep their least.
  private func heights(_ rows: [[any Component]], _ style: Style, width: Double, total: Double) -> [Double] {
    let least = rows.map { leastHeight($0, style) }
    if rowWeights.count == rows.count { return Panels.shares(rowWeights, least: least, total: total) }
    let wanted = wantedHeights(rows, style, width: width)
    let elastic = rows.indices.filter { r in rows[r].contains { $0.stretches } }
    let rest = total - rows.indices.filter { !elastic.contains($0) }.reduce(0) { $0 + wanted[$1] }
    let needed = elastic.reduce(0) { $0 + least[$1] }
    guard !elastic.isEmpty && rest >= needed else { return Panels.shares(wanted, least: least, total: total) }
    let shares = Panels.shares(elastic.map { _ in 1 }, least: elastic.map { least[$0] }, total: rest)
    var heights = wanted
    for (r, share) in zip(elastic, shares) { heights[r] = share }
    return heights
  }

  public func preferredHeight(width: Double, _ style: Style) -> Double {
    let heights = wantedHeights(rows(style), style, width: width)
    return heights.reduce(0, +) + gapY(style) * Double(max(heights.count - 1, 0))
  }

  // MARK: Drawing

  public func draw(on canvas: Canvas, in rect: Rect) {
    let style = canvas.style
    let rows = rows(style)
    let total = rect.height - gapY(style) * Double(max(rows.count - 1, 0))
    let heights = heights(rows, style, width: rect.width, total: total)
    var y = rect.minY
    let places = zip(rows, heights).map { row, height in
      defer { y += height + gapY(style) }
      var x = rect.minX
      return widths(row, style, width: rect.width).map { width in
        defer { x += width + gapX(style) }
        return Rect(x: x, y: y, width: width, height: height)
      }
    }
    draw(rows, on: canvas, places)
  }

  /// Charts of one row share their upper and lower gutters, those of one column the left and right ones.
  private func draw(_ rows: [[any Component]], on canvas: Canvas, _ places: [[Rect]]) {
    let own = rows.indices.map { r in
      zip(rows[r], places[r]).map { $0.gutters(canvas.style, size: $1.size) }
    }
    for r in rows.indices {
      for c in rows[r].indices {
        guard let gutters = own[r][c] else {
          rows[r][c].draw(on: canvas, in: places[r][c])
          continue
        }
        let row = own[r].compactMap { $0 }.reduce(gutters) { $0.union($1) }
        let column = own.indices.filter { rows[$0].count == rows[r].count }.compactMap { own[$0][c] }
          .reduce(gutters) { $0.union($1) }
        rows[r][c].draw(
          on: canvas, in: places[r][c],
          gutters: Insets(top: row.top, left: column.left, bottom: row.bottom, right: column.right))
      }
    }
  }
}

/// Nothing, where a row of panels is not full.
private struct EmptyPanel: Component {
  func minimumSize(_ style: Style) -> Size { Size(0, 0) }
  func preferredHeight(width: Double, _ style: Style) -> Double { 0 }
  func draw(on canvas: Canvas, in rect: Rect) {}
}
