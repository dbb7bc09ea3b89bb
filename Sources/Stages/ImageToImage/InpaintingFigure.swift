import Drawing
import Tensors

extension InpaintingExperiment {
  /// The picture, mask and places; results; what changed; and how the change falls off.
  func figure(_ provenance: Provenance) -> Figure {
    let scale = PixelMapping.sequential(0...0.5)
    let height = newCells.shape[0]
    let top: [ImageCell?] = [
      ImageCell(given.unit, .unit, caption: "x", frame: .palette(2)),
      ImageCell(mask, .unit, caption: RichText("mask, \(mask.shape[1])×\(mask.shape[2])")),
      ImageCell(
        newCells.reshaped([1] + newCells.shape), .unit, caption: RichText("made anew, \(height)×\(newCells.shape[1])")),
      ImageCell(given.restored, .unit, caption: "D(E(x))"),
    ]
    let grid = ImageGrid(
      rows: [
        top, pictures.map { ImageCell($0, .unit) },
        differences.map { ImageCell($0, scale) },
      ], rowLabels: ["given", "results", "difference"],
      colorBar: ColorBar(scale, label: "|difference|", ticks: [0, 0.25, 0.5]))
    return Figure(
      name: "inpainting", title: "Outside the mask the latents are kept exactly, the pixels nearly",
      caption: """
        Inpainting with “\(prompt)”. The mask is taken at every \(cell)th pixel, so its edge is \(cell) pixels coarse. Results \
        from \(seeds.count) seeds, and how far their pixels are from those of the picture that was only encoded and decoded \
        (mean over the colours, black −1, white 1). Right: that difference over the distance from the nearest place that \
        was made anew.
        """,
      alternativeText: """
        On the left a grid: the given picture, a mask, the same mask on a coarse grid, results in which the masked part is \
        new, and maps of the difference that are bright inside the mask and dark outside. On the right a curve of the \
        difference that falls with the distance from the mask.
        """,
      provenance: provenance, content: Panels(rows: [[grid, chart]], columnWeights: [1.5, 1]))
  }

  private var chart: Chart {
    let outside = zip(profile.distance, profile.difference).filter { $0.0 > 0 }
    return Chart(
      x: Axis("pixels from the nearest new one"), y: Axis("mean |difference|"),
      layers: [
        Line("", x: outside.map { Double($0.0) }, y: outside.map(\.1), color: .palette(0), markers: true),
        ReferenceLine(y: 1.0 / 127.5, label: "one of 256 grey levels"),
      ])
  }
}
