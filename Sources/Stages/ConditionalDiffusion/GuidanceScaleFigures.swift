import Drawing
import Tensors

/// The pictures of one prompt by guidance scale, and the curves of the long measurement.
struct GuidanceScaleFigures {
  /// Of the empty prompt, from the same noises, [N, 3, H, W] in 0…1.
  let unconditional: Tensor
  let rows: [GuidanceScale.Row]
  let sweep: GuidanceSweep?
  let prompt: String
  /// How the file was made.
  let source: String

  // MARK: Pictures

  func grid(_ provenance: Provenance) -> Figure {
    func cells(_ pictures: Tensor) -> [ImageCell?] {
      (0..<pictures.shape[0]).map { ImageCell(pictures[index: $0], .unit) }
    }
    let count = unconditional.shape[0]
    let largest = rows.map(\.scale).max() ?? 1
    return Figure(
      name: "guidance-grid",
      title: RichText("“\(prompt)” from the same \(count) noises, w from 0 to \(NumberText.short(largest))"),
      caption: """
        Each column starts from one noise, the same in every row. w = 0 is the network without the prompt, w = 1 with it, and \
        larger w go past it. In brackets: mean saturation of the row's pictures.
        """,
      alternativeText: """
        A grid of pictures. The first row shows various things, the next the prompt's emoji, sometimes wrong; with growing \
        guidance all show it, ever more alike and in ever stronger colours.
        """,
      provenance: provenance,
      content: ImageGrid(
        rows: [cells(unconditional)] + rows.map { cells($0.pictures) },
        rowLabels: ["w = 0"]
          + rows.map {
            "w = \(NumberText.short($0.scale)) (\(NumberText.fixed($0.saturation, decimals: 2)))"
          },
        columnLabels: (1...count).map { "noise \($0)" }))
  }

  // MARK: Curves

  func sweep(_ provenance: Provenance) -> Figure {
    let points = sweep?.points ?? rows.map(\.point)
    let real = sweep?.real
    let largest = max(points.map(\.scale).max() ?? 15, rows.map(\.scale).max() ?? 15)
    let scales = Axis(
      "guidance scale w", scale: .log, range: 0.9...1.15 * max(largest, 2), ticks: [1, 2, 3, 5, 10, 20])
    func chart(
      _ title: RichText, _ axis: Axis, factor: Double, _ value: (GuidanceSweep.Point) -> Double
    ) -> Chart {
      var layers: [any ChartLayer] = []
      if let real { layers.append(ReferenceLine(y: factor * value(real), label: "real scenes")) }
      if sweep != nil {
        layers.append(
          Line("", x: points.map(\.scale), y: points.map { factor * value($0) }, color: .palette(0), markers: true))
      }
      let live = rows.map(\.point).filter { value($0).isFinite }
      layers.append(
        OpenCircles("", x: live.map(\.scale), y: live.map { factor * value($0) }, color: .palette(1)))
      return Chart(title: title, x: scales, y: axis, layers: layers)
    }
    var panels = [chart("saturation", Axis("largest − smallest of RGB"), factor: 1, \.saturation)]
    if (points + rows.map(\.point)).contains(where: \.top1.isFinite) {
      panels =
        [
          chart("named as wanted", Axis("%", range: 0...115, ticks: [0, 25, 50, 75, 100]), factor: 100, \.top1),
          chart("diversity", Axis("mean distance in features"), factor: 1, \.diversity),
        ] + panels
    }
    return Figure(
      name: "guidance-sweep", title: title(points),
      caption: """
        Left: the share of pictures in which the judge names the wanted emoji. Middle: the mean distance of two pictures of \
        one prompt in the judge's features. Right: the mean over the pixels of the largest minus the smallest of red, green \
        and blue. Lines: means over the prompts of the file; dotted lines: real scenes; circles: “\(prompt)” in this run, one \
        prompt alone, which need not lie on the mean. \(source)
        """,
      alternativeText: """
        Three charts against the guidance scale: the share named as wanted, the diversity, and the saturation, each with the \
        value of real scenes as a reference.
        """,
      provenance: provenance, content: Panels(panels, columns: panels.count))
  }

  /// What the measurements say of diversity.
  private func title(_ points: [GuidanceSweep.Point]) -> RichText {
    guard let low = points.first, let high = points.last, low.diversity.isFinite, high.diversity.isFinite else {
      return "Quality, diversity and saturation against guidance"
    }
    let percent = NumberText.fixed(100 * abs(1 - high.diversity / low.diversity), decimals: 0)
    let word = high.diversity < low.diversity ? "less" : "more"
    return RichText(
      "From w = \(NumberText.short(low.scale)) to \(NumberText.short(high.scale)) the pictures of a prompt become \(percent) % \(word) varied"
    )
  }
}
