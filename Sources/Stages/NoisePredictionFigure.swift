import Drawing
import Tensors

extension PredictionSeries {
  /// Rows x_t, ε̂, ε − ε̂ and x̂₀; columns t; the truth in a framed first column.
  func figure(of picture: GarmentPicture, _ provenance: Provenance) -> Figure {
    let signed = PixelMapping.diverging(limit: 3)
    func truth(_ tensor: Tensor, _ mapping: PixelMapping, _ caption: RichText) -> ImageCell {
      ImageCell(tensor[index: 0], mapping, caption: caption, frame: .palette(2))
    }
    func row(_ first: ImageCell?, _ batch: Tensor, _ mapping: PixelMapping, _ caption: (Int) -> RichText)
      -> [ImageCell?]
    {
      [first] + timesteps.indices.map { ImageCell(batch[index: $0], mapping, caption: caption($0)) }
    }
    let rows = [
      row(nil, noisy, .symmetric) { "ᾱ_t = \(NumberText.fixed(signals[$0] * signals[$0], decimals: 4))" },
      row(truth(noise, signed, "ε"), predicted, signed) { _ in "" },
      row(nil, errors, signed) { "loss \(NumberText.short(losses[$0], significant: 2))" },
      row(truth(picture.tensor, .symmetric, "x₀"), restored, .symmetric) {
        "off by \(NumberText.fixed(restoredErrors[$0], decimals: 2))"
      },
    ]
    let grid = ImageGrid(
      rows: rows,
      rowLabels: [
        "x_t, what the network sees", "ε̂, the noise it names", "ε − ε̂, its error", "x̂₀, the garment it implies",
      ],
      columnLabels: ["truth"] + timesteps.map { "t = \($0)" },
      colorBar: ColorBar(signed, label: "ε, ε̂, ε − ε̂", ticks: [-3, 0, 3]))
    return Figure(
      name: "noise-prediction", title: "Much noise is easy to name, but says little about the garment",
      caption: """
        One \(picture.noun) with one noise ε at t = \(timesteps.map(String.init).joined(separator: ", ")), sent through \
        fashion-ddpm as one batch. The loss is the mean of (ε − ε̂)² over the pixels; x̂₀ is the picture that ε̂ implies, its \
        root mean square distance from x₀ stands below.
        """,
      alternativeText: """
        A grid of pictures. Its columns are timesteps. The first row grows noisier, the predicted noise looks the same in \
        every column, its error fades as t grows, and the garment that follows from it becomes blurred and wrong.
        """,
      provenance: provenance, content: grid)
  }
}
