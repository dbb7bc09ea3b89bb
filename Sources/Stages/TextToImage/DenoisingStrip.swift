import Drawing
import Tensors

/// A run seen through the decoder: z_t and ẑ₀ as pictures, and how far both are from the result.
struct DenoisingStrip {
  let run: TracedRun
  /// The moments that were decoded, in order.
  let moments: [DenoisingMoment]
  /// D(z_t) and D(ẑ₀) at each, [3, H, W] in 0…1.
  let samples: [Tensor]
  let guesses: [Tensor]

  /// - Parameter decodedSteps: at most so many, at even distances.
  init(_ run: TracedRun, decodedSteps: Int) {
    self.run = run
    moments = run.shown(decodedSteps)
    let first = 0..<1
    samples = run.model.decoded(moments.map { $0.sample.sliced(first) })
    guesses = run.model.decoded(moments.map { $0.guess.sliced(first) })
  }

  var picture: Tensor { run.result.pictures[index: 0] }

  /// RMS distances from the picture, black −1 and white 1.
  var guessDistances: [Double] { guesses.map { 2 * rootMeanSquare($0 - picture) } }
  var sampleDistances: [Double] { samples.map { 2 * rootMeanSquare($0 - picture) } }

  func figure(_ provenance: Provenance) -> Figure {
    let shown = Array(moments.indices).evenlyChosen(8)
    let labels = shown.map { RichText("t = \(moments[$0].t)") } + ["result"]
    let latents = shown.map { LatentTiles.cell(moments[$0].sample) }
    let noisy = shown.map { ImageCell(samples[$0], .unit) }
    let guessed = shown.map { ImageCell(guesses[$0], .unit) }
    let result = ImageCell(picture, .unit, frame: .palette(0))
    let grid = ImageGrid(
      rows: [
        latents + [LatentTiles.cell(run.result.latents)], noisy + [result], guessed + [nil],
      ], rowLabels: ["z_t, its channels", "D(z_t)", "D(ẑ₀)"], columnLabels: labels)
    return Figure(
      name: "denoising-strip", title: "The guess is a picture long before the latents are",
      caption: """
        One run of \(run.sampler.title) with \(run.moments.count) steps for “\(run.request.prompts[0])”, from pure noise (left) \
        to the result (right). Top: the latents z_t, channel by channel, blue negative and orange positive. Middle: the same \
        latents decoded. Bottom: the network's guess ẑ₀ of the finished latents, decoded. Below: how far both pictures \
        are from the result, on a scale where black is −1 and white 1.
        """,
      alternativeText: """
        Three rows of pictures over the steps of a run and a chart. The latents and their decoded pictures are coloured noise \
        for most of the run; the decoded guess is a blur first and shows the finished picture much earlier.
        """,
      provenance: provenance, content: Panels(rows: [[grid], [chart]], rowWeights: [5, 2.4]))
  }

  private var chart: Chart {
    let taken = moments.map { 100 * Double($0.call) / Double(run.moments.count) }
    return Chart(
      x: Axis("share of the steps taken (%)", range: 0...100, ticks: [0, 25, 50, 75, 100]),
      y: Axis("RMS distance from the result"),
      layers: [
        Line("D(z_t)", x: taken + [100], y: sampleDistances + [0], labelPlacement: .inside),
        Line("D(ẑ₀)", x: taken + [100], y: guessDistances + [0], labelPlacement: .inside),
      ])
  }
}
