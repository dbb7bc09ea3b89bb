import Datasets
import Drawing
import Foundation
import Tensors
import Training

/// A mixture by likelihood, a GAN and a denoiser learn the same points, live; what each makes as it learns.
struct MixtureTraining: Stage {
  let name = "mixture-training"
  let summary = "Trains a GAN and a denoiser on points of the plane, beside a mixture by likelihood"

  let parameters: [StageParameter] =
    MixtureRuns.parameters + [
      .integer("components", 1...40, default: 8, help: "Gaussians that the likelihood method may use, k"),
      .integer("starts", 1...20, default: 5, help: "fits of which the most likely is kept"),
    ]

  let facts =
    ["em", "gan", "diffusion", "data"].flatMap { method in
      [
        FactDeclaration("\(method)_covered", "modes covered by samples of: \(method)"),
        FactDeclaration("\(method)_strays", "share of strays among samples of: \(method)"),
        FactDeclaration("\(method)_imbalance", "share of samples in the wrong mode, of: \(method)"),
      ]
    } + [
      FactDeclaration("modes", "modes of the data"),
      FactDeclaration("parameters", "learned numbers of the generator"),
      FactDeclaration("denoiser_parameters", "learned numbers of the denoiser"),
      FactDeclaration("points_seen", "real points each of the two networks learned from"),
      FactDeclaration("sampling_steps", "calls of the denoiser for its samples; the generator is called once"),
      FactDeclaration("gan_seconds", "time the GAN took, in seconds"),
      FactDeclaration("diffusion_seconds", "time the denoiser took, in seconds"),
      FactDeclaration("discriminator_loss", "discriminator's loss, mean of the last tenth; 2 log 2 when undecided"),
      FactDeclaration("generator_loss", "generator's loss, mean of the last tenth; log 2 when undecided"),
      FactDeclaration("undecided_loss", "2 log 2, the loss of a discriminator that cannot tell"),
      FactDeclaration("diffusion_loss", "denoiser's loss, mean of the last tenth"),
      FactDeclaration("early_diffusion_covered", "modes the denoiser covers after a tenth of its training"),
      FactDeclaration("early_gan_covered", "modes the GAN covers after a tenth of its training"),
    ]

  let figures = [
    FigureDeclaration(
      "samples-over-training", "Samples of three methods as they learn"),
    FigureDeclaration("mixture-losses", "What each of three methods makes large or small", formulas: ["loss.simple"]),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let data = MixtureRuns.data(context)
    let both = try MixtureRuns.both(context)
    let fitted = MixtureEvaluation.expectationMaximisation(
      data, (context.integer("components"), context.integer("starts")), seed: context.seed)
    var random = RandomSource(seed: context.seed)
    let real = data.sample(MixtureComparison.samples, using: &random).points
    let counts = [
      ("em", ModeCount(fitted.points, of: data)), ("gan", both.gan.count(of: data)),
      ("diffusion", both.diffusion.count(of: data)), ("data", ModeCount(real, of: data)),
    ]
    var result = StageResult()
    for (method, count) in counts {
      result.fact("\(method)_covered", count.covered)
      result.fact("\(method)_strays", count.strays)
      result.fact("\(method)_imbalance", count.imbalance)
    }
    addNumbers(of: both, data, updates: context.integer("updates"), to: &result)
    result.table(Self.table(counts.map(\.1)))
    for (name, trained) in [("gan", both.gan), ("diffusion", both.diffusion)] {
      for moment in trained.moments { result.tensor("\(name).\(moment.step)", moment.points) }
    }
    let provenance = Provenance(command: "", seed: context.seed)
    let grown = SamplesOverTraining(data: real, fit: fitted.fit, both: both, seed: context.seed)
    result.figure("samples-over-training") { () throws(UserError) in grown.figure(provenance) }
    let losses = MixtureLosses(
      fit: fitted.fit, both: both,
      trueLogLikelihood: MixtureRuns.trueLogLikelihood(data, seed: context.seed))
    result.figure("mixture-losses") { () throws(UserError) in losses.figure(provenance) }
    return result
  }

  private func addNumbers(
    of both: MixtureRuns.Both, _ data: GaussianMixture2D, updates: Int, to result: inout StageResult
  ) {
    func tail(_ losses: [Double]) -> Double { Array(losses.suffix(max(losses.count / 10, 1))).mean }
    func early(_ trained: MixtureComparison.Trained) -> Int {
      let moment = trained.moments.last { Double($0.step) <= 0.1 * Double(updates) + 0.5 } ?? trained.moments[0]
      return ModeCount(moment.points, of: data).covered
    }
    result.fact("modes", data.means.shape[0])
    result.fact("parameters", both.gan.parameterCount)
    result.fact("denoiser_parameters", both.diffusion.parameterCount)
    result.fact("points_seen", updates * MixtureComparison.batchSize)
    result.fact("sampling_steps", MixtureDenoiser.steps)
    result.fact("gan_seconds", both.gan.seconds)
    result.fact("diffusion_seconds", both.diffusion.seconds)
    result.fact("discriminator_loss", tail(both.gan.losses[0]))
    result.fact("generator_loss", tail(both.gan.losses[1]))
    result.fact("undecided_loss", 2 * log(2.0))
    result.fact("diffusion_loss", tail(both.diffusion.losses[0]))
    result.fact("early_diffusion_covered", early(both.diffusion))
    result.fact("early_gan_covered", early(both.gan))
  }

  private static func table(_ counts: [ModeCount]) -> StageTable {
    StageTable(
      name: "methods", title: "\(NumberText.fixed(Double(counts[0].total), decimals: 0)) samples of each method",
      columns: [.init("samples of", numeric: false)] + ["modes covered", "strays", "imbalance"].map { .init($0) },
      rows: zip(["likelihood (EM)", "GAN", "diffusion", "the data itself"], counts).map { [$0] + $1.cells })
  }
}
