import Drawing
import Foundation
import Tensors

/// The vectors at one point, then where samples land for each guidance scale.
struct GuidanceFigure {
  let experiment: GuidedPlane
  let arrows: GuidedPlane.Predictions
  let runs: [GuidedPlane.Samples]

  func figure(_ provenance: Provenance) -> Figure {
    Figure(
      name: "guidance-geometry", title: "Guidance goes past the conditional answer, and so do the samples",
      caption: """
        Three classes, each a Gaussian (solid circles: one standard deviation, dotted: two); the upper one is wanted. Left: \
        at a noisy point x_t, t = \(arrows.timestep), the way −ε̂ that takes noise away, without the condition (w = 0), with \
        it (w = 1) and guided (w = 2); the tips lie on one straight line. The circles are those of the noisy data. Right: 400 \
        samples for each w, from the same noise, by exact denoisers. w = 1 gives the class as it is; larger w gathers the \
        samples and pushes them away from the other classes, to where the class itself is thin.
        """.replacing("400", with: "\(runs.first?.points.shape[0] ?? 0)"),
      alternativeText: """
        Four panels of the plane with three overlapping round classes. In the first, arrows from one point end on one line: \
        without the condition it points between the classes, with it to the wanted one, guided past it. In the others dots \
        fill the wanted class for w = 1, and shrink to a small cloud beyond its centre as w grows.
        """,
      provenance: provenance,
      content: Panels([vectors] + runs.map(landing), columns: runs.count + 1))
  }

  // MARK: Predictions

  private var vectors: Chart {
    func tip(_ scale: Double) -> (x: Double, y: Double) {
      let epsilon = arrows.guided(scale)
      return (arrows.point.x - epsilon.x, arrows.point.y - epsilon.y)
    }
    func arrow(_ label: RichText, _ scale: Double, _ color: ColorRole, width: Double = 1.6) -> Arrows {
      Arrows(label, [.init(from: arrows.point, to: tip(scale))], color: color, width: width)
    }
    let (start, end) = (tip(-0.1), tip(2.15))
    var layers: [any ChartLayer] = circles(
      scale: arrows.signal, noise: 1 - arrows.signal * arrows.signal, deviations: [1])
    layers += [
      Line("", x: [start.x, end.x], y: [start.y, end.y], color: .muted, width: 0.8, pattern: .dashed),
      arrow("w = 2", 2, .palette(1)), arrow("w = 1", 1, .palette(0)), arrow("w = 0", 0, .palette(3)),
      OpenCircles("x_t", x: [arrows.point.x], y: [arrows.point.y], color: .ink),
    ]
    return plane("−ε̂ at x_t", layers)
  }

  // MARK: Samples

  private func landing(_ run: GuidedPlane.Samples) -> any Component {
    let dots = Scatter(x: run.x, y: run.y, color: .palette(run.scale > 1 ? 1 : 0), radius: 1.1, opacity: 0.7)
    return plane(
      RichText(verbatim: "samples, w = \(NumberText.short(run.scale))"),
      circles(scale: 1, noise: 0, deviations: [1, 2]) + [dots])
  }

  private func plane(_ title: RichText, _ layers: [any ChartLayer]) -> Chart {
    Chart(
      title: title, x: Axis("x_1", range: -2...2, ticks: [-1, 0, 1]),
      y: Axis("x_2", range: -1.7...highest, ticks: [-1, 0, 1, 2, 3]), layers: layers, aspect: 4 / (highest + 1.7))
  }

  /// Above the samples of every scale.
  private var highest: Double { max(2.3, runs.map { GuidedPlane.Samples.mean($0.y) + 3 * $0.spread }.max() ?? 0) }

  /// Each class at one and two standard deviations, as it is after noising.
  private func circles(scale: Double, noise: Double, deviations: [Double]) -> [any ChartLayer] {
    let spread = (scale * scale * experiment.spread * experiment.spread + noise).squareRoot()
    return experiment.centres.enumerated().flatMap { place, centre in
      deviations.map { deviations -> any ChartLayer in
        let angles = (0...96).map { 2 * Double.pi * Double($0) / 96 }
        return Line(
          "", x: angles.map { scale * centre.x + deviations * spread * cos($0) },
          y: angles.map { scale * centre.y + deviations * spread * sin($0) },
          color: place == 0 ? .palette(2) : .muted, width: deviations == 1 ? 1.1 : 0.7,
          pattern: deviations == 1 ? .solid : .dotted)
      }
    }
  }
}
