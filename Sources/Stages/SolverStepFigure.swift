import Drawing
import Foundation
import Tensors

/// Two panels: the field before the step with Euler's way, the field after it with Heun's.
struct SolverStepFigure {
  let field: SolverField
  let step: SolverStepPoints

  var figure: Figure {
    let (from, to) = (NumberText.short(step.sigmaFrom, significant: 2), NumberText.short(step.sigmaTo, significant: 2))
    return Figure(
      name: "solver-step", title: "Euler goes straight where the way bends; Heun looks ahead",
      caption: """
        One step from σ = \(from) to σ = \(to), in the scale of x₀ (x = x₀ + σ ε), over the field −ε̂ of the exact denoiser \
        of three Gaussians (circles: one and two standard deviations); small arrows show its direction. Rings: where the step begins. Left: Euler takes the \
        slope there and goes straight on, away from the exact way. Right: Heun tries that step, takes the slope at its end \
        too, from the field drawn here, and goes the mean of both.
        """,
      alternativeText: """
        Two panels with three groups of circles and a field of small arrows towards them. Straight arrows from rings \
        end beside the ends of thin curves in the left panel and close to them in the right one.
        """,
      provenance: Provenance(command: ""),
      content: Panels(rows: [
        [
          panel(
            "Euler, and the field at σ_i", step.euler, sigma: step.sigmaFrom, timestep: step.timesteps.0, named: true),
          panel(
            "Heun, and the field at σ_{i+1}", step.heun, sigma: step.sigmaTo, timestep: step.timesteps.1, named: false),
        ]
      ]))
  }

  private var reach: Double { 2.6 }

  private func panel(_ title: RichText, _ ends: Tensor, sigma: Double, timestep: Float, named: Bool) -> any Component {
    let axis = { (name: RichText) in Axis(name, range: -reach...reach, ticks: [-2, -1, 0, 1, 2]) }
    func column(_ tensor: Tensor, _ d: Int) -> [Double] { (0..<tensor.shape[0]).map { Double(tensor[$0, d]) } }
    var layers = circles + [directions(sigma: sigma, timestep: timestep)]
    for point in 0..<step.start.shape[0] {
      let moments = 0..<step.path.shape[0]
      layers.append(
        Line(
          named && point == 0 ? "exact way" : "", x: moments.map { Double(step.path[$0, point, 0]) },
          y: moments.map { Double(step.path[$0, point, 1]) }, color: .palette(2), width: 1.4, labelPlacement: .inside))
    }
    let arrows = (0..<ends.shape[0]).map { point in
      Arrows.Arrow(
        from: (Double(step.start[point, 0]), Double(step.start[point, 1])),
        to: (Double(ends[point, 0]), Double(ends[point, 1])))
    }
    layers.append(Arrows(named ? "Euler’s step" : "Heun’s step", arrows, color: .palette(1), width: 1.6))
    layers.append(
      OpenCircles("", x: column(step.start, 0), y: column(step.start, 1), color: .ink))
    return Chart(title: title, x: axis("x_1"), y: axis("x_2"), layers: layers, aspect: 1)
  }

  private var circles: [any ChartLayer] {
    let angles = (0...72).map { 2 * Double.pi * Double($0) / 72 }
    return SolverField.centres.flatMap { centre in
      [1.0, 2.0].map { deviations -> any ChartLayer in
        let radius = deviations * field.spread
        return Line(
          "", x: angles.map { centre.x + radius * cos($0) }, y: angles.map { centre.y + radius * sin($0) },
          color: .palette(0), width: 0.9, pattern: deviations == 1 ? .solid : .dotted)
      }
    }
  }

  /// The direction of the way down, −ε̂, on a grid.
  private func directions(sigma: Double, timestep: Float) -> Arrows {
    let count = 15
    let cell = 2 * reach / Double(count)
    let marks = (0..<count).map { Float(-reach + (Double($0) + 0.5) * cell) }
    let points = Tensor(marks.flatMap { y in marks.flatMap { x in [x, y] } }, shape: [count * count, 2])
    let slope = field.slope(points, sigma: sigma, timestep: timestep)
    let lengths = (slope * slope).sum(along: 1).squareRoot()
    let arrows = (0..<count * count).map { i -> Arrows.Arrow in
      let (x, y) = (Double(points[i, 0]), Double(points[i, 1]))
      let scale = 0.32 * cell / max(Double(lengths[i]), 1e-9)
      let (dx, dy) = (scale * Double(slope[i, 0]), scale * Double(slope[i, 1]))
      return Arrows.Arrow(from: (x + dx, y + dy), to: (x - dx, y - dy))
    }
    return Arrows("", arrows, color: .axis, width: 0.6)
  }
}
