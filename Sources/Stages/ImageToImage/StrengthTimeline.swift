import Drawing
import Tensors

/// Rows of strengths, dots for the steps of the plan: which run, where the run begins, where one too many would.
struct StrengthTimeline {
  let series: StrengthSeries

  func figure(_ provenance: Provenance) -> Figure {
    let example = series.example
    let names = series.runs.map { RichText(verbatim: NumberText.short($0.strength)) }
    return Figure(
      name: "strength-timeline",
      title: RichText(
        "Strength \(NumberText.short(example.strength)) of \(series.stepCount) steps: the last \(example.steps) run"),
      caption: """
        The \(series.stepCount) planned steps of a run, from pure noise (left) to the picture (right), at several strengths \
        r. Filled dots run; the number at the first of them is its timestep, to which the given picture is noised. The crosses \
        mark a common mistake: with S − ⌊S·r⌋ − 1 for the first step, one too many runs.
        """,
      alternativeText: """
        A chart with one row of dots for each strength. Empty dots on the left are skipped, filled dots on the right run; \
        with growing strength the run begins further left. A cross stands one place before each beginning.
        """,
      provenance: provenance,
      content: Chart(
        x: Axis(
          RichText("step of the plan, 0 to \(series.stepCount - 1)"),
          range: -0.8...(Double(series.stepCount) - 0.2)),
        y: Axis("strength r", scale: .categories(names)), layers: [StepDots(series: series)]))
  }
}

/// The dots of all rows.
private struct StepDots: ChartLayer {
  let series: StrengthSeries
  let color: ColorRole? = .palette(0)

  func xExtent(positive: Bool) -> ClosedRange<Double>? { 0...Double(series.stepCount - 1) }
  func yExtent(positive: Bool) -> ClosedRange<Double>? { 0...Double(series.runs.count - 1) }

  func draw(on canvas: Canvas, in frame: ChartFrame, color: ColorRole) {
    let style = canvas.style
    let pitch = abs(frame.x(1) - frame.x(0))
    let radius = min(pitch * 0.3, style.em(0.42))
    for (row, run) in series.runs.enumerated() {
      let y = Double(row)
      for step in 0..<series.stepCount {
        let center = frame.point(Double(step), y)
        if step < run.skipped {
          canvas.stroke(.circle(center: center, radius: radius * 0.7), .axis, width: 0.7)
        } else {
          canvas.fill(.circle(center: center, radius: radius), color)
        }
      }
      let start = frame.point(Double(run.skipped), y)
      canvas.text(
        RichText("t = \(Int(run.firstTimestep.rounded()))"), at: Point(start.x, start.y - radius - style.em(0.15)),
        .middle, .bottom, role: .note, color: color, hasHalo: true)
      if run.skipped > 0 { drawMistake(on: canvas, at: frame.point(Double(run.skipped - 1), y), radius, row) }
    }
  }

  private func drawMistake(on canvas: Canvas, at center: Point, _ radius: Double, _ row: Int) {
    let arm = radius * 1.05
    for sign in [1.0, -1.0] {
      canvas.line(
        from: Point(center.x - arm, center.y - sign * arm), to: Point(center.x + arm, center.y + sign * arm),
        .palette(1), width: 1.3)
    }
    guard row == 0 else { return }
    let style = canvas.style
    canvas.text(
      "one too many", at: Point(center.x, center.y - radius - style.em(0.15)), .end, .bottom, role: .note,
      color: .palette(1))
  }
}
