import Drawing
import Tensors

/// The trace as a picture: each tensor drawn, measured, and with the equation that made it.
struct TraceFigure {
  let run: TracedRun

  private var middle: DenoisingMoment { run.moments[run.moments.count / 2] }

  func figure(_ provenance: Provenance) -> Figure {
    let step = run.step(middle.call)
    return Figure(
      name: "pipeline-trace", title: "From the prompt to the picture: every tensor, and what made it",
      caption: """
        One run for “\(run.request.prompts[0])”: what goes into the text encoder and comes out of it, the first noise, all that \
        one of the \(run.moments.count) steps makes (the one at t = \(middle.t)), and what the decoder gets and gives. \
        Latents are shown channel by channel, blue negative and orange positive. The catalogue writes x for what is noised; here \
        that is z.\(guidanceWords)
        """,
      alternativeText: """
        A table whose rows are tensors, each with a small picture, its name, shape, smallest and largest value, mean and \
        standard deviation, and an equation. The pictures go from stripes (the text) over coloured noise to the finished \
        picture.
        """,
      provenance: provenance,
      content: TensorRows(
        groups: [
          .init(title: "text encoder", color: .palette(1), entries: Array(run.beginning.prefix(3))),
          .init(title: "seed", color: .palette(4), entries: Array(run.beginning.dropFirst(3))),
          .init(title: RichText("step at t = \(middle.t)"), color: .palette(0), entries: step),
          .init(title: "decoder", color: .palette(2), entries: run.end),
        ]))
  }

  private var guidanceWords: String {
    run.isGuided ? " Two samples run through the U-Net at every step, one with an empty prompt." : ""
  }
}

/// Rows of tensors in named groups: picture, name, shape, numbers, equation.
struct TensorRows: Component {
  struct Group {
    let title: RichText
    let color: ColorRole
    let entries: [TracedTensor]
  }

  let groups: [Group]

  private var entries: [TracedTensor] { groups.flatMap(\.entries) }

  /// Widths of the columns after the pictures, and where they stand.
  private struct Columns {
    var group, picture, name, shape, range, moments, equation: Double
    var gap: Double
    var total: Double { group + picture + name + shape + range + moments + equation + 6 * gap }
  }

  private func columns(_ style: Style) -> Columns {
    func widest(_ texts: [RichText], _ role: FontRole) -> Double {
      texts.map { style.size(of: $0, role).width }.max() ?? 0
    }
    let rows = entries
    return Columns(
      group: widest(groups.map(\.title), .heading) + style.em(1), picture: style.em(9),
      name: max(widest(rows.map { RichText(markup: $0.name) }, .label), widest(rows.map(meaning), .note)),
      shape: widest(rows.map(shape) + ["shape"], .note), range: widest(rows.map(range) + ["min … max"], .note),
      moments: widest(rows.map(moments) + ["mean ± std"], .note),
      equation: min(widest(rows.map(\.origin.text), .note), style.em(23)), gap: style.em(1.1))
  }

  private func meaning(_ entry: TracedTensor) -> RichText { RichText(verbatim: entry.meaning) }
  private func shape(_ entry: TracedTensor) -> RichText {
    RichText(verbatim: TensorStatistics(entry.tensor).shapeText)
  }
  private func range(_ entry: TracedTensor) -> RichText {
    let texts = TensorStatistics(entry.tensor).shortTexts
    return RichText(verbatim: "\(texts[0]) … \(texts[1])")
  }
  private func moments(_ entry: TracedTensor) -> RichText {
    let texts = TensorStatistics(entry.tensor).shortTexts
    return RichText(verbatim: "\(texts[2]) ± \(texts[3])")
  }

  private func rowHeight(_ style: Style) -> Double { style.em(2.5) }
  private func groupGap(_ style: Style) -> Double { style.em(0.5) }
  private func headHeight(_ style: Style) -> Double { style.lineHeight(.note) + style.em(0.3) }

  func minimumSize(_ style: Style) -> Size {
    Size(columns(style).total, height(style, row: rowHeight(style)))
  }

  private func height(_ style: Style, row: Double) -> Double {
    headHeight(style) + Double(entries.count) * row + Double(groups.count - 1) * groupGap(style)
  }

  func preferredHeight(width: Double, _ style: Style) -> Double { height(style, row: style.em(2.8)) }

  func draw(on canvas: Canvas, in rect: Rect) {
    let style = canvas.style
    var columns = columns(style)
    // Spare width goes to the pictures and between the columns.
    let spare = max(0, rect.width - columns.total)
    columns.picture += min(spare * 0.25, style.em(4))
    columns.gap += min(spare * 0.75 / 6, style.em(1.2))
    let fixed = headHeight(style) + Double(groups.count - 1) * groupGap(style)
    let row = min((rect.height - fixed) / Double(entries.count), style.em(3.4))
    let left = rect.minX + max(0, (rect.width - columns.total) / 2)
    drawHead(on: canvas, columns, at: Point(left, rect.minY))
    var y = rect.minY + headHeight(style)
    for group in groups {
      let height = Double(group.entries.count) * row
      let bar = Rect(x: left, y: y + style.em(0.15), width: style.em(0.3), height: height - style.em(0.3))
      canvas.fill(.rectangle(bar, radius: style.em(0.15)), group.color)
      canvas.text(
        group.title, at: Point(left + style.em(0.7), y + height / 2), .start, .middle, role: .heading,
        color: group.color)
      for entry in group.entries {
        draw(entry, on: canvas, columns, in: Rect(x: left, y: y, width: columns.total, height: row))
        y += row
      }
      y += groupGap(style)
    }
  }

  private func drawHead(on canvas: Canvas, _ columns: Columns, at origin: Point) {
    var x = origin.x + columns.group + columns.picture + 2 * columns.gap
    for (text, width) in [
      ("tensor", columns.name), ("shape", columns.shape), ("min … max", columns.range),
      ("mean ± std", columns.moments), ("made by", columns.equation),
    ] {
      canvas.text(RichText(verbatim: text), at: Point(x, origin.y), .start, .top, role: .note, color: .muted)
      x += width + columns.gap
    }
  }

  private func draw(_ entry: TracedTensor, on canvas: Canvas, _ columns: Columns, in row: Rect) {
    let style = canvas.style
    var x = row.minX + columns.group + columns.gap
    let place = Rect(x: x, y: row.minY, width: columns.picture, height: row.height)
      .inset(by: style.em(0.15))
    draw(entry.thumbnail, on: canvas, in: place)
    x += columns.picture + columns.gap
    canvas.text(RichText(markup: entry.name), at: Point(x, row.midY - style.em(0.05)), .start, .bottom)
    canvas.text(
      meaning(entry), at: Point(x, row.midY + style.em(0.1)), .start, .top, role: .note, color: .muted)
    x += columns.name + columns.gap
    for (text, width) in [
      (shape(entry), columns.shape), (range(entry), columns.range), (moments(entry), columns.moments),
    ] {
      canvas.text(text, at: Point(x, row.midY), .start, .middle, role: .note)
      x += width + columns.gap
    }
    let equation = entry.origin.text
    let isFormula = entry.origin.formula != nil
    canvas.text(
      equation, at: Point(x, row.midY), .start, .middle, role: .note, color: isFormula ? .ink : .muted,
      width: columns.equation + 1)
  }

  private func draw(_ cell: ImageCell, on canvas: Canvas, in place: Rect) {
    let raster = Raster(cell.image, cell.mapping, theme: canvas.theme)
    let aspect = Double(raster.width) / Double(raster.height)
    // Text states are far wider than high: such a strip is stretched so that its rows can be seen.
    let size =
      aspect > 4
      ? Size(place.width, max(place.width / aspect, min(place.height, canvas.style.em(1))))
      : Size(min(place.width, place.height * aspect), min(place.height, place.width / aspect))
    let rect = Rect(
      x: place.midX - size.width / 2, y: place.midY - size.height / 2, width: size.width, height: size.height)
    canvas.image(raster.enlarged(by: max(1, 480 / max(raster.width, raster.height))), in: rect)
    canvas.stroke(.rectangle(rect), .axis, width: 0.5)
  }
}

extension TensorStatistics {
  /// With two digits behind the point, none for large numbers.
  var shortTexts: [String] {
    let isWhole = max(abs(minimum), abs(maximum)) >= 100
    return [minimum, maximum, mean, deviation].map { NumberText.fixed($0, decimals: isWhole ? 0 : 2) }
  }
}

extension TracedTensor {
  /// A small picture of it; of two samples the last one, which has the prompt.
  var thumbnail: ImageCell {
    switch tensor.rank {
    case 2:
      let last = tensor.sliced((tensor.shape[0] - 1)..<tensor.shape[0])
      return ImageCell(last, .sequential(0...max(last.max, 1)))
    case 3:
      let last = tensor[index: tensor.shape[0] - 1]
      return ImageCell(last, .diverging(limit: 3 * max(last.standardDeviation(), 1e-6)))
    default:
      if tensor.shape[1] == 3 {
        return ImageCell(tensor[index: 0], name == "picture" ? .unit : .symmetric)
      }
      let deviation = max(tensor.standardDeviation(), 1e-6)
      let limit = deviation > 2 ? 3 * deviation : 3
      return ImageCell(
        tensor[index: 0].tiled(columns: tensor.shape[1]), .diverging(limit: limit))
    }
  }
}
