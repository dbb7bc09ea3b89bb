import Diffusion
import Drawing
import Foundation
import Tensors

/// x_t above, x̂₀ below, from noise at the left to the garment at the right.
struct TrajectoryFigure {
  let chain: DenoisingChain
  let request: GarmentSampler.Request
  let garment: String

  private var words: String { garment == "none" ? "garment" : garment.replacing("-", with: " ") }

  func figure(_ provenance: Provenance) -> Figure {
    let shown = chain.shown
    let labels = shown.map { RichText("t = \(Int($0.timestep.rounded()))") } + ["result"]
    let samples = shown.map { moment in
      ImageCell(moment.sample[index: 0], caption: RichText("σ = \(NumberText.short(moment.sigma, significant: 2))"))
    }
    let guesses = shown.map { ImageCell($0.guess.clamped(to: -1...1)[index: 0]) }
    let result = ImageCell(chain.garment[index: 0], caption: "σ = 0", frame: .palette(0))
    return Figure(
      name: "reverse-trajectory",
      title: "Step by step noise becomes \(article) \(words), and the guess x̂₀ sharpens",
      caption: """
        Top: x_t along one run of \(request.kind.title) with \(request.steps) steps, from pure noise (left) to the \
        result (right). Bottom: at the same steps the network's guess of the finished garment, x̂₀, clipped to the grey \
        values a picture can have. σ is the noise in x_t when its signal has strength 1. Below: how far both are from the \
        result.
        """,
      alternativeText: """
        Two rows of grey pictures. The upper row turns from noise into \(article) \(words); the lower row shows the guess, \
        which is a speckle at first, then a blurred shape, then the garment with its details.
        """,
      provenance: provenance,
      content: Panels(
        rows: [
          [
            ImageGrid(
              rows: [samples + [result], guesses + [nil]], rowLabels: ["x_t", "x̂₀"], columnLabels: labels)
          ], [distances],
        ], rowWeights: [5, 3]))
  }

  /// How far both are from the result, over the run.
  private var distances: any Component {
    let taken = chain.moments.indices.map { 100 * Double($0) / Double(chain.moments.count) }
    return Chart(
      x: Axis("share of the steps taken (%)", range: 0...100, ticks: [0, 25, 50, 75, 100]),
      y: Axis("RMS distance from the result"),
      layers: [
        Line("x_t", x: taken, y: chain.sampleDistances, labelPlacement: .inside),
        Line("x̂₀", x: taken, y: chain.guessDistances, labelPlacement: .inside),
      ])
  }

  private var article: String { words.first.map { "aeiou".contains($0) } == true ? "an" : "a" }
}

/// One curve for each number of steps: which share of ε̂ a step takes out, over t.
struct RemovedShareFigure {
  let sampler: GarmentSampler
  /// The learner's number of steps, drawn beside the usual ones.
  let steps: Int

  private struct Curve {
    let steps: Int
    let timesteps: [Double]
    let percents: [Double]
  }

  private func curve(_ steps: Int) throws(UserError) -> Curve {
    let timesteps = try sampler.plan(.ddpm, steps: steps).timesteps.map { Int($0) }
    let percents = zip(timesteps, timesteps.dropFirst() + [-1]).map { t, next in
      100 * StepParts(sampler.schedule, from: t, to: next).removedShare
    }
    return Curve(steps: steps, timesteps: timesteps.map(Double.init), percents: percents)
  }

  func figure(_ provenance: Provenance) throws(UserError) -> Figure {
    var lines: [any ChartLayer] = []
    for count in Set([10, 50, 1000, steps]).sorted() where count > 1 {
      let curve = try curve(count)
      lines.append(
        Line(
          count == 1000 ? "all 1000 steps" : "\(count) steps", x: curve.timesteps, y: curve.percents,
          width: count == 1000 ? 1.8 : 1.2, markers: count <= 50, labelPlacement: .at(count == 1000 ? 600 : 500)))
    }
    let last = Double(sampler.schedule.numTrainTimesteps - 1)
    let first = try curve(1000).percents[0]
    lines.append(Annotation("one jump: all of it at once", x: last, y: 100, side: .left))
    lines.append(
      Annotation(
        RichText("the first of 1000 steps: \(NumberText.short(first, significant: 2)) %"), x: last, y: first,
        side: .belowLeft))
    return Figure(
      name: "removed-share", title: "A step takes out only a part of the noise that the network sees",
      caption: """
        The share of the predicted noise that one DDPM step removes, for runs of 10, 50 and 1000 steps: x_t holds \
        √(1 − ᾱ_t) ε̂ of it, and the step takes β_t/√(1 − ᾱ_t) ε̂ away, the share β_t/(1 − ᾱ_t). Read \
        it from right to left, as the run goes. Only the last step of a run, the leftmost mark, removes what is left.
        """,
      alternativeText: """
        Curves of the removed share in percent over the timestep, on a logarithmic scale. With 1000 steps it stays near \
        1 to 2 percent for most of the chain and reaches 100 percent at t = 0; with fewer steps it is higher.
        """,
      provenance: provenance,
      content: Chart(
        x: Axis("timestep t (the run goes from right to left)", range: 0...1030, ticks: [0, 200, 400, 600, 800, 999]),
        y: Axis(
          "share of ε̂ removed in one step (%)", scale: .log, range: 0.7...130, ticks: [1, 2, 5, 10, 20, 50, 100]),
        layers: lines))
  }
}
