import Diffusion
import Drawing
import Foundation
import Tensors
import Training

/// Rows of methods, columns of moments of their training.
struct SamplesOverTraining {
  let data: Tensor
  let fit: MixtureFit
  let both: MixtureRuns.Both
  let seed: UInt64

  private static let shown = 500

  func figure(_ provenance: Provenance) -> Figure {
    Figure(
      name: "samples-over-training", title: "The same points, learned in three ways",
      caption: """
        \(Self.shown) samples (coloured) over the data (grey) at six moments of learning; numbers are iterations of EM and updates \
        of the others. Top: a mixture fitted by \
        expectation-maximisation. Middle: a GAN. Bottom: a denoiser, sampled with \(MixtureDenoiser.steps) DDIM steps. GAN \
        and denoiser have \(NumberText.fixed(Double(both.gan.parameterCount), decimals: 0)) learned numbers each and have \
        seen equally many points at each moment.
        """,
      alternativeText: """
        A grid of eighteen scatter plots, three rows of six. Each row begins with coloured points away from the grey data \
        and ends with most of them on it.
        """,
      provenance: provenance,
      content: Panels(rows: [row(likelihood), row(of: both.gan, "GAN", 1), row(of: both.diffusion, "diffusion", 0)]))
  }

  private typealias Cell = (title: String, points: Tensor, color: ColorRole)

  private func row(_ cells: [Cell]) -> [any Component] {
    cells.map { cell in
      PlaneChart.chart(
        RichText(verbatim: cell.title), data: data.sliced(0..<Self.shown),
        points: cell.points.sliced(0..<min(Self.shown, cell.points.shape[0])), color: cell.color)
    }
  }

  private func row(of trained: MixtureComparison.Trained, _ name: String, _ color: Int) -> [any Component] {
    row(
      trained.moments.map { moment in
        let step = NumberText.fixed(Double(moment.step), decimals: 0)
        return ("\(name): \(step)", moment.points, .palette(color))
      })
  }

  /// The start, early iterations and the end.
  private var likelihood: [Cell] {
    let last = fit.history.count - 1
    let wanted = [0, 1, 3, 6, 10].map { min($0, last) } + [last]
    return wanted.map { iteration in
      var random = RandomSource(seed: seed)
      let points = fit.history[iteration].sample(Self.shown, using: &random)
      return ("EM: \(iteration)", points, .palette(2))
    }
  }
}

/// Three panels: log-likelihood, the GAN's two losses, the denoiser's loss.
struct MixtureLosses {
  let fit: MixtureFit
  let both: MixtureRuns.Both
  let trueLogLikelihood: Double

  func figure(_ provenance: Provenance) -> Figure {
    Figure(
      name: "mixture-losses", title: "Two of the three numbers say how far learning is; a GAN’s do not",
      caption: """
        Left: mean log p(x) of the points, which EM never lets fall; dashed, the density the data were drawn from. Middle: \
        the losses of discriminator and generator; dashed, what they are when the discriminator cannot tell real from \
        generated. Neither tells how good the samples are. Right: the denoiser's loss; it cannot reach 0, since \
        noise is not known exactly. Losses are means over a hundredth of the run.
        """,
      alternativeText: """
        Three charts. The first rises in steps and levels off, the second shows two ragged curves, the third falls \
        steeply and levels off well above zero.
        """,
      provenance: provenance, content: Panels(rows: [[likelihood, adversarial, denoising]]))
  }

  private var likelihood: any Component {
    Chart(
      title: "Likelihood (EM)", x: Axis("iterations"), y: Axis("log p(x), more is better"),
      layers: [
        Line(
          "", x: fit.logLikelihoods.indices.map(Double.init), y: fit.logLikelihoods, color: .palette(2)),
        ReferenceLine(y: trueLogLikelihood, label: "true density"),
      ])
  }

  private var adversarial: any Component {
    let updates = Double(both.gan.losses[0].count)
    return Chart(
      title: "GAN", x: Axis("updates", range: 0...updates, ticks: Self.ticks(updates)), y: Axis("loss"),
      layers: [
        line("discriminator", both.gan.losses[0], updates, .palette(1)),
        line("generator", both.gan.losses[1], updates, .palette(3)),
        ReferenceLine(y: 2 * log(2.0), label: "undecided"), ReferenceLine(y: log(2.0)),
      ])
  }

  private var denoising: any Component {
    let updates = Double(both.diffusion.losses[0].count)
    return Chart(
      title: "Diffusion", x: Axis("updates", range: 0...updates, ticks: Self.ticks(updates)),
      y: Axis("loss", range: 0...1),
      layers: [
        line("", both.diffusion.losses[0], updates, .palette(0)), ReferenceLine(y: 1, label: "answering 0"),
      ])
  }

  private static func ticks(_ updates: Double) -> [Double] { [0, (updates / 2).rounded(), updates] }

  /// Means over a hundredth of the run.
  private func line(_ label: RichText, _ losses: [Double], _ updates: Double, _ color: ColorRole) -> any ChartLayer {
    let size = max(losses.count / 100, 1)
    let starts = Array(stride(from: 0, to: losses.count - size + 1, by: size))
    return Line(
      label, x: starts.map { (Double($0) + Double(size) / 2) * updates / Double(losses.count) },
      y: starts.map { Array(losses[$0..<$0 + size]).mean }, color: color, width: 1.2, labelPlacement: .inside)
  }
}
