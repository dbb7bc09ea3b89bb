import Datasets
import Diffusion
import Drawing
import Foundation
import Tensors
import Training

/// Expectation-maximisation on points of the plane: where the number of Gaussians is right, and where it cannot be.
struct LikelihoodMixture: Stage {
  let name = "likelihood-mixture"
  let summary = "Fits mixtures of Gaussians to points by maximum likelihood"

  let parameters: [StageParameter] = [
    .choice(
      "data", GaussianMixture2D.all.map(\.name), default: "8gaussians",
      help: "what the first fit's points are drawn from"
    ),
    .integer("components", 1...40, default: 8, help: "Gaussians of the first fit, k"),
    .integer("starts", 1...20, default: 5, help: "fits from other first means, of which the most likely is kept"),
    .integer("few", 1...40, default: 4, help: "Gaussians of the second fit, to the eight Gaussians"),
  ]

  let facts = [
    FactDeclaration("covered", "modes that the first fit covers"),
    FactDeclaration("modes", "modes of its data"),
    FactDeclaration("strays", "share of its samples that lie at no mode"),
    FactDeclaration("iterations", "iterations of the first fit"),
    FactDeclaration("log_likelihood", "mean log p(x) of its points under the fit, in nats"),
    FactDeclaration("true_log_likelihood", "the same under the density they were drawn from"),
    FactDeclaration("strays_single", "share of strays of a fit from one start"),
    FactDeclaration("few_strays", "share of strays with too few Gaussians"),
    FactDeclaration("ring_strays", "share of strays of eight Gaussians fitted to the ring"),
    FactDeclaration("spiral_strays", "the same for the spiral"),
    FactDeclaration("parameters", "numbers the first fit has learned: weights, means and variances"),
  ]

  let figures = [
    FigureDeclaration(
      "likelihood-fits", "Mixtures fitted by maximum likelihood where their form is right, and where it is not",
      formulas: ["mixture.log_density"])
  ]

  /// Points drawn, of those fitted and of those sampled.
  private static let shown = 500

  /// One fit, its data, and points drawn from it.
  struct Panel {
    let title: String
    let data: Tensor
    let fit: MixtureFit
    let points: Tensor
    let count: ModeCount
  }

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let (data, components, starts) = (
      MixtureRuns.data(context), context.integer("components"), context.integer("starts")
    )
    let few = context.integer("few")
    let cases: [(GaussianMixture2D, Int)] = [(data, components), (.eightGaussians, few), (.ring, 8), (.spiral, 8)]
    var panels: [Panel] = []
    for (index, (data, k)) in cases.enumerated() {
      panels.append(panel(data, k, starts, context.seed))
      context.report(index + 1, of: cases.count + 1, "fits")
    }
    let single = panel(data, components, 1, context.seed)
    var result = StageResult()
    let first = panels[0]
    result.fact("covered", first.count.covered)
    result.fact("modes", first.count.counts.count)
    result.fact("strays", first.count.strays)
    result.fact("iterations", first.fit.history.count - 1)
    result.fact("log_likelihood", first.fit.logLikelihood)
    result.fact("true_log_likelihood", MixtureRuns.trueLogLikelihood(data, seed: context.seed))
    result.fact("strays_single", single.count.strays)
    result.fact("few_strays", panels[1].count.strays)
    result.fact("ring_strays", panels[2].count.strays)
    result.fact("spiral_strays", panels[3].count.strays)
    result.fact("parameters", 5 * components - 1)
    result.table(
      StageTable(
        name: "fits", title: "Samples of the fitted mixtures",
        columns: [.init("fit", numeric: false)] + ["modes covered", "strays", "imbalance", "log p"].map { .init($0) },
        rows: panels.map {
          [$0.title] + $0.count.cells + [NumberText.fixed($0.fit.logLikelihood, decimals: 2)]
        }))
    result.tensor("points", first.points)
    let provenance = Provenance(command: "", seed: context.seed)
    result.figure("likelihood-fits") { () throws(UserError) in Self.figure(panels, provenance) }
    return result
  }

  private func panel(_ data: GaussianMixture2D, _ components: Int, _ starts: Int, _ seed: UInt64) -> Panel {
    let found = MixtureEvaluation.expectationMaximisation(data, (components, starts), seed: seed)
    return Panel(
      title: "\(data.title), k = \(components)",
      data: MixtureRuns.fittedPoints(data, seed: seed).sliced(0..<Self.shown),
      fit: found.fit, points: found.points, count: ModeCount(found.points, of: data))
  }

  private static func figure(_ panels: [Panel], _ provenance: Provenance) -> Figure {
    Figure(
      name: "likelihood-fits",
      title: "Maximum likelihood is perfect where the form is right, and strays where it is not",
      caption: """
        Mixtures of k Gaussians (ellipses: two standard deviations) fitted by expectation-maximisation to \
        \(NumberText.fixed(Double(MixtureEvaluation.fittedPoints), decimals: 0)) points, of which \(shown) are drawn (grey), and \
        \(shown) samples of each mixture (coloured). Given the right k the samples lie where the \
        data lies. With too few Gaussians, or on a curve, each of them has to span empty ground.
        """,
      alternativeText: """
        Four panels of points. In the first, ellipses sit on eight clouds. In the others large ellipses cover several \
        clouds or parts of a ring and a spiral, and coloured points fill the gaps.
        """,
      provenance: provenance,
      content: Panels(
        panels.map { panel in
          PlaneChart.chart(
            RichText(verbatim: panel.title), data: panel.data, points: panel.points.sliced(0..<shown),
            color: .palette(2),
            layers: panel.fit.mixture.components.filter { $0.weight > 1e-3 }.map(ellipse))
        }, columns: 4, narrowColumns: 2))
  }

  private static func ellipse(_ component: GaussianMixture.Component) -> any ChartLayer {
    let angles = (0...48).map { 2 * Double.pi * Double($0) / 48 }
    func side(_ axis: Int, _ wave: (Double) -> Double) -> [Double] {
      angles.map { component.mean[axis] + 2 * component.variance[axis].squareRoot() * wave($0) }
    }
    return Line("", x: side(0, cos), y: side(1, sin), color: .ink, width: 1)
  }
}

extension GaussianMixture2D {
  /// How captions call it.
  var title: String { name == "8gaussians" ? "eight Gaussians" : name }
}
