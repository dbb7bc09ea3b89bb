/// Data against two axes; every series is named beside it rather than in a legend.
///
///     Chart(
///       x: Axis("timestep t"), y: Axis("ᾱ_t", range: 0...1),
///       layers: [Line("linear", x: t, y: linear), ReferenceLine(y: 0.5, label: "half the variance")])
public struct Chart: Component {
  public var title: RichText?
  public var x: Axis
  public var y: Axis
  /// Drawn from first to last.
  public var layers: [any ChartLayer]
  /// Whether tick labels and axis label of x are drawn; panels above others leave them out.
  public var showsX: Bool
  public var showsY: Bool
  /// Width / height of the data area; free when nil.
  public var aspect: Double?

  public init(
    title: RichText? = nil, x: Axis, y: Axis, layers: [any ChartLayer], showsX: Bool = true, showsY: Bool = true,
    aspect: Double? = nil
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.layers = layers
    self.showsX = showsX
    self.showsY = showsY
    self.aspect = aspect
  }

  // MARK: Domains and ticks

  /// The x values shown.
  public var xDomain: ClosedRange<Double> {
    let extent = layers.reduce(nil) { union($0, $1.xExtent(positive: x.scale == .log)) }
    return x.domain(extent, padding: layers.contains { $0.padsDomain } ? 0.04 : 0)
  }

  /// The y values shown; a free linear axis ends at ticks.
  public var yDomain: ClosedRange<Double> {
    let extent = layers.reduce(nil) { union($0, $1.yExtent(positive: y.scale == .log)) }
    let domain = y.domain(extent, padding: 0.05)
    guard y.range == nil && y.scale == .linear && y.ticks == nil else { return domain }
    let step = Ticks.step(domain.upperBound - domain.lowerBound, count: 5)
    let low = (domain.lowerBound / step + 0.05).rounded(.down) * step
    let high = (domain.upperBound / step - 0.05).rounded(.up) * step
    return min(low, domain.lowerBound)...max(high, domain.upperBound)
  }

  private func xTicks(_ style: Style, width: Double) -> Ticks {
    // Fewer marks until their labels stand apart.
    for count in stride(from: 8, through: 1, by: -1) {
      let ticks = Ticks.make(x, domain: xDomain, count: count)
      let room = width / Double(max(ticks.values.count, 1))
      let widest = ticks.labels.map { style.size(of: $0, .note).width }.max() ?? 0
      if widest + style.em(0.8) <= room || x.ticks != nil { return ticks }
    }
    return Ticks.make(x, domain: xDomain, count: 1)
  }

  private func yTicks(_ style: Style, height: Double) -> Ticks {
    Ticks.make(y, domain: yDomain, count: max(2, min(6, Int(height / style.em(2.4)))))
  }

  private var xIsCategorical: Bool { if case .categories = x.scale { true } else { false } }
  /// Names on the y axis run downwards.
  private var yIsCategorical: Bool { if case .categories = y.scale { true } else { false } }

  // MARK: Room

  private func headHeight(_ style: Style, width: Double) -> Double {
    (title.map { style.size(of: $0, .heading, width: width).height + style.em(0.3) } ?? 0)
      + (y.label.isEmpty ? 0 : style.size(of: y.label, .label, width: width).height) + style.em(0.55)
  }

  private func footHeight(_ style: Style, width: Double) -> Double {
    guard showsX else { return style.em(0.4) }
    let labels = xTickHeight(style, width: width)
    return labels + style.em(0.35) + (x.label.isEmpty ? 0 : style.lineHeight(.label) + style.em(0.2))
  }

  private func xTickHeight(_ style: Style, width: Double) -> Double {
    guard case .categories(let names) = x.scale else { return style.lineHeight(.note) }
    let room = width / Double(max(names.count, 1)) - style.em(0.5)
    return names.map { style.size(of: $0, .note, width: room).height }.max() ?? 0
  }

  /// Widest line of a name behind the end of its curve.
  private func endLabelWidth(_ style: Style) -> Double {
    min(layers.compactMap(\.endLabel).map { style.size(of: $0, .label).width + 1 }.max() ?? 0, style.em(11))
  }

  public func gutters(_ style: Style, size: Size) -> Insets? {
    let top = headHeight(style, width: size.width)
    let endLabels = endLabelWidth(style)
    let right = max(endLabels > 0 ? endLabels + style.em(0.7) : 0, style.em(1))
    let bottom = footHeight(style, width: max(size.width - right - style.em(3), style.em(4)))
    let ticks = showsY ? yTicks(style, height: size.height - top - bottom) : Ticks(values: [], labels: [])
    let widest = ticks.labels.map { style.size(of: $0, .note).width }.max() ?? 0
    return Insets(top: top, left: widest > 0 ? widest + style.em(0.6) : style.em(0.6), bottom: bottom, right: right)
  }

  public func minimumSize(_ style: Style) -> Size {
    let plot = minimumPlot(style)
    let probe = gutters(style, size: Size(style.em(30), style.em(20))) ?? Insets()
    let label = x.label.isEmpty ? 0 : style.size(of: x.label, .label).width
    let width = max(plot.width + probe.left + probe.right, label)
    let gutters = gutters(style, size: Size(width, style.em(20))) ?? probe
    return Size(width, plot.height + gutters.top + gutters.bottom)
  }

  /// The least data area: room for names, categories and texts inside.
  private func minimumPlot(_ style: Style) -> Size {
    let names = layers.compactMap(\.endLabel).map { style.size(of: $0, .label, width: style.em(11)).height }
    var plot = Size(style.em(9), max(style.em(6), names.reduce(0, +)))
    if case .categories(let names) = x.scale { plot.width = max(plot.width, style.em(3.2) * Double(names.count)) }
    if case .categories(let names) = y.scale { plot.height = max(plot.height, style.em(1.6) * Double(names.count)) }
    let inside = layers.flatMap(\.insideTexts).map { style.size(of: $0, .label) }
    let area = inside.reduce(0) { $0 + ($1.width + style.em(0.6)) * ($1.height + style.em(0.6)) }
    // Texts find their place as long as they fill no more than about a quarter of the area.
    let growth = max(1, (4 * area / (plot.width * plot.height)).squareRoot())
    return Size(plot.width * growth, plot.height * growth)
  }

  public var stretches: Bool { aspect == nil }

  public func preferredHeight(width: Double, _ style: Style) -> Double {
    let gutters = gutters(style, size: Size(width, width * 0.6)) ?? Insets()
    let plot = width - gutters.left - gutters.right
    let height = aspect.map { plot / $0 } ?? max(plot / 1.75, style.em(9))
    return height + gutters.top + gutters.bottom
  }

  // MARK: Drawing

  public func draw(on canvas: Canvas, in rect: Rect) {
    draw(on: canvas, in: rect, gutters: gutters(canvas.style, size: rect.size) ?? Insets())
  }

  public func draw(on canvas: Canvas, in rect: Rect, gutters: Insets) {
    var plot = rect.inset(gutters)
    if let aspect {
      let fitted = plot.fitted(aspect: aspect)
      plot = Rect(x: plot.minX, y: fitted.minY, width: fitted.width, height: fitted.height)
    }
    let frame = ChartFrame(
      plot: plot,
      x: Projection(domain: xDomain, start: plot.minX, end: plot.maxX, isLogarithmic: x.scale == .log),
      y: Projection(
        domain: yDomain, start: yIsCategorical ? plot.minY : plot.maxY, end: yIsCategorical ? plot.maxY : plot.minY,
        isLogarithmic: y.scale == .log))
    canvas.group("chart") {
      drawHead(on: canvas, at: Point(rect.minX, plot.minY), height: gutters.top, width: rect.width)
      drawAxes(on: canvas, in: frame)
      let colors = layerColors
      canvas.clipped(to: plot.inset(by: -4 * canvas.style.pen)) {
        for (layer, color) in zip(layers, colors) { layer.draw(on: canvas, in: frame, color: color) }
      }
      ChartLabels(layers: layers, colors: colors, frame: frame, right: rect.maxX).draw(on: canvas)
    }
  }

  /// The layers' own colours, or the next of the palette.
  private var layerColors: [ColorRole] {
    var next = 0
    return layers.map { layer in
      if let color = layer.color { return color }
      guard layer.takesColor else { return .ink }
      next += 1
      return .palette(next - 1)
    }
  }

  /// The title at the top of the gutter, so that titles of neighbours line up; the axis label right over the data.
  private func drawHead(on canvas: Canvas, at corner: Point, height: Double, width: Double) {
    let style = canvas.style
    let bottom = corner.y - style.em(0.55)
    if !y.label.isEmpty {
      canvas.text(y.label, at: Point(corner.x, bottom), .start, .bottom, color: .muted, width: width)
    }
    if let title {
      canvas.text(title, at: Point(corner.x, corner.y - height), .start, .top, role: .heading, width: width)
    }
  }

  private func drawAxes(on canvas: Canvas, in frame: ChartFrame) {
    let (style, plot) = (canvas.style, frame.plot)
    let yTicks = yTicks(style, height: plot.height)
    for (value, label) in zip(yTicks.values, yTicks.labels) {
      let at = frame.y(value)
      if !yIsCategorical { canvas.line(from: Point(plot.minX, at), to: Point(plot.maxX, at), .grid, width: 0.8) }
      if showsY {
        canvas.text(label, at: Point(plot.minX - style.em(0.6), at), .end, .middle, role: .note, color: .muted)
      }
    }
    let xTicks = xTicks(style, width: plot.width)
    for value in xTicks.minor {
      canvas.line(
        from: Point(frame.x(value), plot.maxY), to: Point(frame.x(value), plot.maxY + style.em(0.14)), .axis, width: 0.6
      )
    }
    for (value, label) in zip(xTicks.values, xTicks.labels) {
      let at = frame.x(value)
      if yIsCategorical { canvas.line(from: Point(at, plot.minY), to: Point(at, plot.maxY), .grid, width: 0.8) }
      if !xIsCategorical {
        canvas.line(from: Point(at, plot.maxY), to: Point(at, plot.maxY + style.em(0.28)), .axis, width: 0.8)
      }
      guard showsX else { continue }
      let room = plot.width / Double(max(xTicks.values.count, 1)) - style.em(0.5)
      let width = xIsCategorical ? style.balancedWidth(of: label, .note, width: room) : nil
      canvas.text(
        label, at: Point(at, plot.maxY + style.em(0.35)), .middle, .top, role: .note,
        color: .muted, width: width)
    }
    // An axis without marks and names would be a stray line.
    if showsX || x.ticks?.isEmpty != true {
      canvas.line(from: Point(plot.minX, plot.maxY), to: Point(plot.maxX, plot.maxY), .axis, width: 0.8)
    }
    if showsX && !x.label.isEmpty {
      let top = plot.maxY + style.em(0.55) + xTickHeight(style, width: plot.width)
      canvas.text(x.label, at: Point(plot.midX, top), .middle, .top, color: .muted)
    }
  }
}
