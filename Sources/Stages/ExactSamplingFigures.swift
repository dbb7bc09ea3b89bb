import Diffusion
import Drawing
import Tensors

/// Panels of paths from the noise to the data, one for each number of steps.
struct ExactPathsFigure {
  let experiment: MixtureExperiment
  let paths: [MixtureExperiment.Paths]

  func figure(_ provenance: Provenance) -> Figure {
    Figure(
      name: "exact-paths", title: "Even a perfect denoiser needs steps: one jump lands where no data is",
      caption: """
        Points of the plane on their way from noise to eight Gaussians (dots), by Euler's method with the exact denoiser. \
        Rings mark where they start, discs where they end. One jump takes all of them to the mean of the data; the more \
        steps, the better they follow the curved way to a Gaussian.
        """,
      alternativeText: """
        Panels with a ring of eight clouds of dots. With one step all paths end at the empty centre; with few steps they \
        end between centre and clouds; with many steps they bend and end inside the clouds.
        """,
      provenance: provenance,
      content: Panels(rows: [paths.enumerated().map { panel($1, isFirst: $0 == 0) }]))
  }

  private func panel(_ paths: MixtureExperiment.Paths, isFirst: Bool) -> any Component {
    let axis = { (name: RichText) in Axis(name, range: -2.7...2.7, ticks: [-2, 0, 2]) }
    func column(_ tensor: Tensor, _ d: Int) -> [Double] { (0..<tensor.shape[0]).map { Double(tensor[$0, d]) } }
    var layers: [any ChartLayer] = [
      Scatter(
        x: column(experiment.data, 0), y: column(experiment.data, 1), color: .muted, radius: 0.7, opacity: 0.4)
    ]
    let (moments, count) = (paths.points.shape[0], paths.points.shape[1])
    for point in 0..<count {
      let x = (0..<moments).map { Double(paths.points[$0, point, 0]) }
      let y = (0..<moments).map { Double(paths.points[$0, point, 1]) }
      layers.append(
        Line("", x: x, y: y, color: .palette(0), width: 0.9, markers: moments > 2 && moments < 12))
    }
    func ends(_ moment: Int, _ d: Int) -> [Double] { (0..<count).map { Double(paths.points[moment, $0, d]) } }
    layers.append(OpenCircles(isFirst ? "start" : "", x: ends(0, 0), y: ends(0, 1), color: .palette(0)))
    layers.append(
      Scatter(
        isFirst ? "end" : "", x: ends(moments - 1, 0), y: ends(moments - 1, 1), color: .palette(1), radius: 2.8,
        opacity: 1))
    let title = paths.steps == 1 ? "one jump" : "\(paths.steps) steps"
    return Chart(title: RichText(verbatim: title), x: axis("x_1"), y: axis("x_2"), layers: layers, aspect: 1)
  }
}

/// Error against the number of steps, both logarithmic, so that an order is a slope.
struct ConvergenceFigure {
  let errors: MixtureExperiment.Errors

  func figure(_ provenance: Provenance) -> Figure {
    let steps = MixtureExperiment.Errors.stepCounts.map(Double.init)
    var layers: [any ChartLayer] = MixtureExperiment.Errors.kinds.map { kind in
      Line(
        RichText("\(kind.title): \(NumberText.fixed(-errors.order(kind), decimals: 1))"), x: steps,
        y: errors.values(kind), markers: true)
    }
    let start = errors.error(.euler, 20)
    layers.append(
      Line(
        "slope −1", x: [20, 200], y: [1.8 * start, 0.18 * start], color: .muted, width: 0.9, pattern: .dashed,
        labelPlacement: .inside))
    return Figure(
      name: "convergence-order", title: "Doubling the steps halves Euler’s error; better solvers gain more",
      caption: """
        Mean distance of \(MixtureExperiment.count) end points from the exact ones against the number of steps n, with the \
        exact denoiser of eight Gaussians. The numbers beside the names are slopes between 50 and 200 steps. Since the denoiser is exact, all \
        of this error is the sampler's.
        """,
      alternativeText: """
        Three falling lines on logarithmic axes. Euler's falls with slope minus one; those of Heun and DPM-Solver++ are \
        steeper and lie below it at many steps.
        """,
      provenance: provenance,
      content: Chart(
        x: Axis("number of steps n", scale: .log, ticks: [1, 2, 5, 10, 20, 50, 100, 200]),
        y: Axis("mean distance from the exact end point", scale: .log), layers: layers))
  }
}
