/// Components side by side and one above the other; data areas of charts line up.
///
///     Panels(columns: 3, gap: 1.5) of charts, or rows of different components: Panels(rows: [[grid], [chart, chart]])
public struct Panels: Component {
  public enum Sharing: Sendable, Equatable {
    case none, x, y, both
  }

  /// Rows from top to bottom.
  public var rows: [[any Component]]
  /// Shares of the height; equal when empty.
  public var rowWeights: [Double]
  /// Shares of the width; equal when empty. Rows with fewer components than weights share the width equally.
  public var columnWeights: [Double]

  public init(
    rows: [[any Component]], rowWeights: [Double] = [], columnWeights: [Double] = [], sharing: Sharing = .none
  ) {
    self.rows = sharing == .none ? rows : Panels.shared(rows, sharing)
    self.rowWeights = rowWeights
    self.columnWeights = columnWeights
  }

  /// Components in reading order, `columns` to a row.
  public init(_ components: [any Component], columns: Int, sharing: Sharing = .none) {
    let starts = stride(from: 0, to: components.count, by: max(columns, 1))
    self.init(
      rows: starts.map { Array(components[$0..<min($0 + max(columns, 1), components.count)]) }, sharing: sharing)
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
        if sharing != .y { chart.showsX = r == rows.count - 1 || c >= rows[r + 1].count }
        if sharing != .x && c > 0 {
          chart.showsY = false
          chart.y.label = ""
        }
        return chart
      }
    }
  }

  private var columnCount: Int { rows.map(\.count).max() ?? 0 }
  private func gapX(_ style: Style) -> Double { style.em(2) }
  private func gapY(_ style: Style) -> Double { style.em(1.4) }

  private func widths(row: Int, _ style: Style, width: Double) -> [Double] {
    let count = rows[row].count
    let weights =
      columnWeights.count == count ? columnWeights : [Double](repeating: 1, count: max(count, 1))
    let least = rows[row].map { $0.minimumSize(style).width }
    return Panels.shares(weights, least: least, total: width - gapX(style) * Double(max(count - 1, 0)))
  }

  /// Splits `total` by weight, but gives each part at least its least where there is room for all.
  static func shares(_ weights: [Double], least: [Double], total: Double) -> [Double] {
    guard weights.count == least.count else { return least }
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

  public func minimumSize(_ style: Style) -> Size {
    let sizes = rows.map { $0.map { $0.minimumSize(style) } }
    let width =
      sizes.map { row in row.reduce(0) { $0 + $1.width } + gapX(style) * Double(max(row.count - 1, 0)) }.max() ?? 0
    let height = rows.indices.reduce(0) { $0 + leastHeight(row: $1, style, width: width) }
    return Size(width, height + gapY(style) * Double(max(rows.count - 1, 0)))
  }

  /// The least height of a row, with the gutters that its components have to share.
  private func leastHeight(row: Int, _ style: Style, width: Double) -> Double {
    rows[row].map { $0.minimumSize(style).height }.max() ?? 0
  }

  public func preferredHeight(width: Double, _ style: Style) -> Double {
    let heights = rows.indices.map { r in
      let widths = widths(row: r, style, width: width)
      let wanted = zip(rows[r], widths).map { $0.preferredHeight(width: $1, style) }.max() ?? 0
      return max(wanted, leastHeight(row: r, style, width: width))
    }
    return heights.reduce(0, +) + gapY(style) * Double(max(rows.count - 1, 0))
  }

  public func draw(on canvas: Canvas, in rect: Rect) {
    let style = canvas.style
    let gaps = gapY(style) * Double(max(rows.count - 1, 0))
    let weights =
      rowWeights.count == rows.count ? rowWeights : [Double](repeating: 1, count: rows.count)
    let least = rows.indices.map { leastHeight(row: $0, style, width: rect.width) }
    let heights = Panels.shares(weights, least: least, total: rect.height - gaps)
    var places: [[Rect]] = []
    var y = rect.minY
    for r in rows.indices {
      var x = rect.minX
      places.append(
        widths(row: r, style, width: rect.width).map { width in
          defer { x += width + gapX(style) }
          return Rect(x: x, y: y, width: width, height: heights[r])
        })
      y += heights[r] + gapY(style)
    }
    draw(on: canvas, places)
  }

  /// Charts of one row share their upper and lower gutters, those of one column the left and right ones.
  private func draw(on canvas: Canvas, _ places: [[Rect]]) {
    let style = canvas.style
    let own = rows.indices.map { r in
      zip(rows[r], places[r]).map { $0.gutters(style, size: $1.size) }
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
