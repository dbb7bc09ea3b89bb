import Drawing
import Foundation
import Tensors
import Training

/// Loss by t of both denoisers, and the part between them.
struct LearnedDenoiserFigure {
  let points: [LearnedDenoiser.Point]

  func figure(_ provenance: Provenance) -> Figure {
    let t = points.map { Double($0.timestep) }
    let most = points.reduce(0) { max($0, $1.learned, $1.exact) }
    return Figure(
      name: "learned-vs-exact", title: "Most of the loss is nobody’s fault: the exact denoiser has it too",
      caption: """
        Left: mean squared error of ε̂ by timestep, for the trained network and for the exact denoiser, E[ε | x_t], which is \
        known in closed form. Right: what is left when the network is compared with the exact denoiser instead of with the \
        noise. 500 noisy points a timestep.
        """,
      alternativeText: """
        Two charts over the timestep. In the left one two curves fall together from about one at t = 0, rise once more \
        around t = 150, and end at almost zero. In the right one a much lower curve, on a logarithmic axis, is largest at small t.
        """,
      provenance: provenance,
      content: Panels(rows: [
        [
          Chart(
            title: "Against the noise", x: Axis("timestep t"), y: Axis("E‖ε − ε̂‖² / 2", range: 0...1.05 * most),
            layers: [
              Line("exact", x: t, y: points.map(\.exact), color: .palette(2), width: 2.4, labelPlacement: .at(600)),
              Line("trained", x: t, y: points.map(\.learned), color: .palette(0), width: 1.2, labelPlacement: .inside),
            ]),
          Chart(
            title: "Against the exact denoiser", x: Axis("timestep t"),
            y: Axis("E‖ε̂ − E[ε | x_t]‖² / 2 (logarithmic)", scale: .log),
            layers: [Line("", x: t, y: points.map(\.excess), color: .palette(0), markers: true)]),
        ]
      ]))
  }
}

/// Two clouds that move from noise to data in an SVG; their ends where nothing moves.
struct ReverseFlowFigure {
  let data: Tensor
  let learned: Flow
  let exact: Flow

  /// Points drawn, of those sampled.
  private static let shown = 120

  func figure(_ provenance: Provenance) -> Figure {
    let last = learned.states.count - 1
    // Every third step and the end.
    let frames = Array(stride(from: 0, to: last, by: 3)) + [last]
    return Figure(
      name: "reverse-flow", title: "Denoising as motion: noise flows to where the data is",
      caption: """
        \(Self.shown) points on their way from N(0, I) to the data in \(last) DDIM steps, with the trained denoiser (left) \
        and the exact one (right), from the same noise; grey: the data. Opened in a browser the picture moves; elsewhere it \
        shows the end.
        """,
      alternativeText: """
        Two panels of points. In motion, a round cloud contracts, parts, and gathers on the grey points of the data; both \
        panels end almost alike.
        """,
      provenance: provenance, content: panels(last),
      motion: Motion(frames: frames.map(panels), secondsPerFrame: 0.2, holdSeconds: 2.5))
  }

  private func panels(_ index: Int) -> any Component {
    let t = index < learned.timesteps.count ? "t = \(learned.timesteps[index])" : "the end"
    return Panels(rows: [[panel("trained, \(t)", learned, index), panel("exact, \(t)", exact, index)]])
  }

  private func panel(_ title: String, _ flow: Flow, _ index: Int) -> any Component {
    PlaneChart.chart(
      RichText(verbatim: title), data: data.sliced(0..<400), points: flow.states[index].sliced(0..<Self.shown),
      color: .palette(0), radius: 1.7)
  }
}
