import Drawing
import Tensors

extension DenoisingStrip {
  /// The run as it goes on: latents, what they decode to, and what the network believes; the last frame is the result.
  func movingFigure(_ provenance: Provenance) -> Figure {
    let last = frame(
      RichText("z₀ after \(run.moments.count) steps"), run.result.latents, picture, picture)
    let frames = moments.indices.map { index in
      let moment = moments[index]
      return frame(
        RichText("t = \(moment.t), step \(moment.call + 1) of \(run.moments.count)"), moment.sample, samples[index],
        guesses[index])
    }
    return Figure(
      name: "denoising-run", title: "From noise to the picture, step by step",
      caption: """
        The run for “\(run.request.prompts[0])” as it goes on (the SVG moves in a browser; elsewhere its last frame stands \
        still): the latents, channel by channel; what the decoder makes of them; and what it makes of the network's guess of \
        the finished latents.
        """,
      alternativeText: """
        Three pictures that change together. The first two turn from coloured noise into latents of a picture and the picture; \
        the third shows a blur of the picture at once and sharpens.
        """,
      provenance: provenance, content: last, motion: Motion(frames: frames + [last], secondsPerFrame: 0.3))
  }

  private func frame(_ title: RichText, _ latents: Tensor, _ decoded: Tensor, _ guessed: Tensor) -> ImageGrid {
    ImageGrid(
      rows: [[LatentTiles.cell(latents), ImageCell(decoded, .unit), ImageCell(guessed, .unit)]],
      columnLabels: ["z_t, its channels", "D(z_t)", "D(ẑ₀)"], title: title)
  }
}
