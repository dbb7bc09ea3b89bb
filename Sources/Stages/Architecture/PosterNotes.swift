import Drawing
import Tensors

/// What the pictures do not say: how it was trained, how it runs, what it holds and costs.
extension PosterPainter {
  private var left: Double { 1.3 }
  private var width: Double { Self.areas.latents - Self.gap - 2.6 }

  func drawNotes() {
    var y = 19.6
    y = heading("Trained", y)
    y = paragraph(
      """
      First E and D: few numbers that still give the picture back. Then, with E and D as they are, the U-Net, and in some \
      models the text encoder:
      """, left, y, width: width, role: .label)
    y = paragraph(content.equation("loss.conditional"), left, y + 0.2, width: width, role: .label) + 0.2
    y = paragraph(
      """
      Draw a picture and its caption y, any t and noise ε; noise z in one jump; let the network answer; make the squared \
      error smaller. In some samples y is left empty.
      """, left, y, width: width, role: .label)
    y = heading("Run", y + 0.8)
    let share = NumberText.fixed(100 * content.noised[content.noised.count - 1].signal, decimals: 1)
    y = paragraph(
      """
      Begin with z_T, which is noise: here \(share) % of z, the rest ε. \(content.steps) times: ask the U-Net\(twice), take \
      a part of the noise out. Then D. What comes out is a picture of y, not x: nothing that could be seen of x went \
      through. The formulas write x where this poster has z; they hold for both.
      """, left, y, width: width, role: .label)
    y = heading("In numbers", y + 0.8)
    y = drawNumbers(y)
    let ratio = NumberText.short(Double(content.pixelNumbers) / Double(content.latentNumbers), significant: 3)
    _ = paragraph(
      RichText(
        "x has \(NumberText.fixed(Double(content.pixelNumbers), decimals: 0)) numbers, z \(NumberText.fixed(Double(content.latentNumbers), decimals: 0)): \(ratio) times fewer for every step to work on."
      ), left, y + 0.4, width: width, role: .label)
  }

  private var twice: RichText {
    content.step.unconditional == nil ? "" : " with the text and with an empty one, go beyond the difference"
  }

  private func heading(_ text: RichText, _ y: Double) -> Double {
    words(text, left, y, .start, .top, role: .title, color: Self.pixels)
    return y + style.size(of: text, .title).height / unit + 0.5
  }

  private func drawNumbers(_ top: Double) -> Double {
    var y = top
    let (parameters, cost, samples) = (left + 16.5, left + 24.5, left + width)
    for (text, x) in [("parameters", parameters), ("M mult.-adds", cost), ("samples", samples)] {
      words(RichText(verbatim: text), x, y, .end, color: .muted)
    }
    y += 1.5
    for row in content.numbers {
      words(RichText(markup: row.part), left, y, .start)
      words(RichText(verbatim: ArchitectureNumbers.grouped(row.parameters)), parameters, y, .end)
      words(RichText(verbatim: NumberText.fixed(Double(row.cost) / 1e6, decimals: 1)), cost, y, .end)
      words(RichText("× \(row.samples)"), samples, y, .end)
      y += 1.45
    }
    return y
  }
}
