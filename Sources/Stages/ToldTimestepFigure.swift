import Drawing
import Tensors

extension ToldAnswers {
  /// Answers under several t as pictures, and the loss over all t that could be told.
  func figure(of picture: GarmentPicture, _ provenance: Provenance) -> Figure {
    let signed = PixelMapping.diverging(limit: 3)
    func isTrue(_ n: Int) -> ColorRole? { told[n] == timestep ? .palette(2) : nil }
    func row(_ first: ImageCell, _ batch: Tensor, _ mapping: PixelMapping) -> [ImageCell?] {
      [first] + told.indices.map { ImageCell(batch[index: $0], mapping, frame: isTrue($0)) }
    }
    let grid = ImageGrid(
      rows: [
        row(ImageCell(noise[index: 0], signed, caption: "true ε"), predicted, signed),
        row(ImageCell(noisy[index: 0], .symmetric, caption: "given x_t"), noise - predicted, .diverging(limit: 1)),
        row(ImageCell(picture.tensor[index: 0], .symmetric, caption: "true x₀"), restored, .symmetric),
      ],
      rowLabels: ["ε̂", "3 (ε − ε̂)", "x̂₀"], columnLabels: ["t = \(timestep)"] + told.map { "told \($0)" })
    let chart = Chart(
      x: Axis("t that the network is told", range: 0...999, ticks: [0, 250, 500, 750, 999]),
      y: Axis("mean of (ε − ε̂)² (logarithmic)", scale: .log),
      layers: [
        Line("", x: fine.map(Double.init), y: fineLosses, color: .palette(0)),
        ReferenceLine(x: Double(timestep), label: "the true t", color: .palette(2)),
        Scatter("", x: told.map(Double.init), y: losses, color: .palette(0), radius: 2.6, opacity: 1),
      ])
    return Figure(
      name: "told-timestep", title: "One network, one picture, many answers: t tells it how much to look for",
      caption: """
        One \(picture.noun) with the noise of t = \(timestep), shown to the same weights with several t beside it. Told too \
        small a t, the x̂₀ that follows stays noisy; told too large a one, the network takes the garment for noise as well. \
        Right: the error over all t that could be told.
        """,
      alternativeText: """
        Left, a grid of predicted noises, their errors and the garments that follow, one column for each t told; the column \
        of the true t is framed and has the faintest error. Right, a curve of the error with its minimum near the true t.
        """,
      provenance: provenance,
      content: Panels(rows: [[grid, chart]], columnWeights: [1.75, 1]))
  }
}
