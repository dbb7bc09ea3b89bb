import Drawing
import Tensors

extension NoisingRun {
  /// Two rows of pictures, chain and jump, one column a timestep.
  func strip(_ provenance: Provenance) -> Figure {
    // x_t leaves −1…1; three standard deviations of the noise are shown before white and black saturate.
    let grey = PixelMapping.intensity(-2...2)
    func row(_ batch: Tensor, _ caption: (Int) -> RichText) -> [ImageCell?] {
      [ImageCell(original[index: 0], grey, caption: "", frame: .palette(2))]
        + columns.indices.map { ImageCell(batch[index: $0], grey, caption: caption($0)) }
    }
    let percent = columns.map { percentage(share($0)) }
    return Figure(
      name: "noising-strip", title: "Many small steps and one jump lead to the same noise",
      caption: """
        A garment x₀ and x_t at t = \(columns.map(String.init).joined(separator: ", ")). Above, the Markov chain: every step \
        adds a little noise. Below, the closed form: one jump from x₀ with noise of its own. The share of the variance that is \
        still signal, ᾱ_t, stands under each column.
        """,
      alternativeText: """
        Two rows of pictures of one garment. From left to right it fades into grey noise, in the same way in both rows; at the \
        last timestep nothing of it can be seen.
        """,
      provenance: provenance,
      content: ImageGrid(
        rows: [row(chain) { _ in "" }, row(jump) { RichText(verbatim: percent[$0]) }],
        rowLabels: ["step by step", "one jump"], columnLabels: ["x₀"] + columns.map { "t = \($0)" }))
  }

  private func percentage(_ share: Double) -> String {
    share >= 0.001 ? NumberText.fixed(100 * share, decimals: share < 0.1 ? 1 : 0) + " %" : "< 0.1 %"
  }

  /// Pixel histograms of four columns with the density of N(0, 1) over each.
  func histograms(_ provenance: Provenance) -> Figure {
    let chosen = columns.indices.filter { columns.count <= 4 || $0 % 2 == 0 }.prefix(4)
    let panels = chosen.map { n in
      Chart(
        title: "t = \(columns[n])", x: Axis("pixel value", range: -4...4), y: Axis("density", range: 0...1.5),
        layers: [
          Histogram(values: chain[index: n], bins: 40, range: -4...4),
          Line.normal("N(0, 1)", over: -4...4),
        ])
    }
    return Figure(
      name: "pixel-histograms", title: "The pixels forget the garment and become standard normal",
      caption: """
        Density of the 1,024 pixel values of x_t at t = \(chosen.map { "\(columns[$0])" }.joined(separator: ", ")), with the \
        density of N(0, 1). At the start most pixels are the black background at −1; bars higher than the frame are cut.
        """,
      alternativeText: """
        Four histograms. The first has a high bar at minus one and little else; the following ones spread out until the last \
        fills the bell curve of the standard normal distribution.
        """,
      provenance: provenance,
      content: Panels(panels.map { $0 as any Component }, columns: 4))
  }
}
