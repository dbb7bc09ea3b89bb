import Datasets
import Drawing
import Foundation
import Tensors
import Training

/// A column of dots for each method, one dot a seed; this run as rings.
struct ModeCoverageFigure {
  /// EM from one start is in the tables alone.
  private let methods: [ModeCoverageStage.Method]
  private let live: LiveCounts
  private let data: GaussianMixture2D

  init(methods: [ModeCoverageStage.Method], live: LiveCounts, data: GaussianMixture2D) {
    self.methods = methods.filter { $0.key != "em_single" }
    (self.live, self.data) = (live, data)
  }

  func figure(_ provenance: Provenance) -> Figure {
    let modes = methods[0].runs[0].modes
    return Figure(
      name: "mode-coverage", title: title(modes),
      caption: """
        \(methods[0].runs.count) seeds of each method on \(data.title), a dot each; EM with k Gaussians, the best of five starts; rings: this run's GAN and denoiser. A \
        mode counts as covered when it gets a tenth of its fair share of \
        \(NumberText.fixed(Double(MixtureComparison.samples), decimals: 0)) samples; strays lie more than three standard \
        deviations from every mode; imbalance is the share that would have to move for all modes to have equally many. \
        Source: modes.csv (diffuse evaluate mixture).
        """,
      alternativeText: """
        Three charts with a column of dots for each of four methods: modes covered, share of strays, imbalance.
        """,
      provenance: provenance,
      content: Panels(rows: [
        [
          chart("Modes covered", Axis("of \(modes)", range: 0...Double(modes) * 1.05)) {
            Double($0.covered)
          } live: {
            Double($0.covered)
          },
          chart("Strays", Axis("% of the samples")) {
            100 * $0.strays
          } live: {
            100 * $0.strays
          },
          chart("Imbalance", Axis("% of the samples")) {
            100 * $0.imbalance
          } live: {
            100 * $0.imbalance
          },
        ]
      ]))
  }

  private func title(_ modes: Int) -> RichText {
    guard let gan = methods.first(where: { $0.key == "gan" }), let own = methods.first(where: { $0.key == "diffusion" })
    else { return "Modes covered by each method, seed by seed" }
    let (ganFull, ownFull) = (gan.runs.count { $0.covered == modes }, own.runs.count { $0.covered == modes })
    if ganFull == ownFull && ganFull > 0 {
      return "Tuned with care, a GAN covers as many modes as the diffusion model"
    }
    return RichText(
      "All \(modes) modes: diffusion with \(ownFull) of \(own.runs.count) seeds, the best GAN with \(ganFull)")
  }

  private func chart(
    _ title: RichText, _ axis: Axis, _ value: (MixtureTables.Run) -> Double, live: (ModeCount) -> Double
  ) -> any Component {
    var layers: [any ChartLayer] = []
    for (column, method) in methods.enumerated() {
      let count = Double(method.runs.count)
      // A little apart, so that equal seeds can be told.
      let x = method.runs.indices.map { Double(column) + 0.5 * ((Double($0) + 0.5) / count - 0.5) }
      layers.append(
        Scatter(x: x, y: method.runs.map(value), color: .palette(method.color), radius: 1.9, opacity: 0.8))
      if method.key == "gan" {
        layers.append(OpenCircles("", x: [Double(column)], y: [live(self.live.gan)], color: .palette(method.color)))
      }
      if method.key == "diffusion" {
        layers.append(
          OpenCircles("", x: [Double(column)], y: [live(self.live.diffusion)], color: .palette(method.color)))
      }
    }
    var y = axis
    if y.range == nil {
      let most = methods.flatMap { $0.runs.map(value) }.max() ?? 1
      y.range = 0...max(1.08 * most, 5)
    }
    return Chart(
      title: title,
      x: Axis(
        "", scale: .categories(methods.map { RichText(verbatim: $0.title.replacing(" = ", with: "\u{A0}=\u{A0}")) })),
      y: y,
      layers: layers)
  }
}

/// Every setting as a dot: modes covered against misplaced samples.
struct SettingsFigure {
  let tables: MixtureTables

  func figure(_ provenance: Provenance) -> Figure {
    let (gans, rates) = (tables.trials("gan"), tables.trials("diffusion"))
    let best = tables.bestGAN
    return Figure(
      name: "gan-settings", title: "Few settings of the GAN work; the denoiser finds all modes at every rate",
      caption: """
        Each dot is one setting on the eight Gaussians, mean of \(MixtureEvaluation.choosingSeeds.count) seeds: \
        \(gans.count) of the GAN, \(rates.count) learning rates of the denoiser. Good is at the lower right. The GAN's best \
        setting is the one this lesson uses. Source: settings.csv (diffuse evaluate mixture).
        """,
      alternativeText: """
        A chart of misplaced samples against modes covered. Orange dots of the GAN are spread over the whole chart, few \
        of them at the lower right. All blue dots of the denoiser stand at the right edge, most of them low.
        """,
      provenance: provenance,
      content: Chart(
        x: Axis("modes covered, mean of the seeds", range: 0...8.6, ticks: Array(stride(from: 0, through: 8, by: 1))),
        y: Axis("misplaced samples, %: strays, or in a mode that has too many", range: 0...100),
        layers: [
          dots("GAN", gans, .palette(1), opacity: 0.7), dots("diffusion", rates, .palette(0), opacity: 1),
          Annotation("the GAN of this lesson", x: best.covered, y: 100 * best.misplaced, side: .left),
        ]))
  }

  private func dots(
    _ label: RichText, _ trials: [MixtureTables.Trial], _ color: ColorRole, opacity: Double
  ) -> any ChartLayer {
    Scatter(
      label, x: trials.map(\.covered), y: trials.map { 100 * $0.misplaced }, color: color, radius: 2.6,
      opacity: opacity)
  }
}
