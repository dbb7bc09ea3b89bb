import Diffusion
import Drawing
import Gradients
import Models
import Pipelines
import Tensors
import Training

/// A given picture, noised part of the way and denoised from there, for several strengths and seeds.
struct ImageToImage: Stage {
  let name = "image-to-image"
  let summary = "Starts from a picture instead of noise, at several strengths"
  let models = [PipelineModel.defaultName]

  let parameters: [StageParameter] = [
    .image(default: "red-heart-left-of-pizza", help: "the picture to start from"),
    PipelineModel.promptParameter(default: "red heart left of soccer ball"),
    .numbers(
      "strengths", 0.01...1, count: 2...10, default: [0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
      help: "shares of the steps that run, to compare"),
    PipelineModel.stepsParameter(default: 20), PipelineModel.guidanceParameter(),
    .integer("seeds", 1...6, default: 3, help: "how many seeds, counted from --seed"),
    PipelineModel.modelParameter,
  ]

  let facts = [
    FactDeclaration("picture", "what was read, and what was done to it"),
    FactDeclaration("example_strength", "the strength nearest to 0.6"),
    FactDeclaration("example_steps", "steps that run there, ⌊S·r⌋"),
    FactDeclaration("example_skipped", "steps that are skipped there"),
    FactDeclaration("example_timestep", "t of the first step that runs"),
    FactDeclaration("example_wrong_timestep", "t of the first step with one too many"),
    FactDeclaration("example_signal", "√ᾱ at that t, the factor of the picture's latents"),
    FactDeclaration("example_noise", "√(1 − ᾱ) at that t, the factor of the noise"),
    FactDeclaration("wrong_noise", "√(1 − ᾱ) at the t of one step too many"),
    FactDeclaration("full_signal", "√ᾱ at the first t of all, where strength 1 starts"),
    FactDeclaration("published_signal", "√ᾱ at the last timestep of Stable Diffusion's schedule"),
    FactDeclaration("weakest", "the smallest strength compared"),
    FactDeclaration("strongest", "the largest strength compared"),
    FactDeclaration("autoencoder_psnr", "PSNR of the picture after encoding and decoding alone, in dB"),
    FactDeclaration("weakest_psnr", "mean PSNR against the picture at the smallest strength, in dB"),
    FactDeclaration("strongest_psnr", "the same at the largest strength"),
    FactDeclaration(
      "weakest_latent_distance", "RMS distance of the result's latents from the picture's, smallest strength"),
    FactDeclaration("strongest_latent_distance", "the same at the largest strength"),
    FactDeclaration("half_strength", "the first strength with more than half of the largest latent distance"),
  ]

  let figures = [
    FigureDeclaration(
      "strength-timeline", "Which timesteps run at which strength", formulas: ["schedule.img2img_start"]),
    FigureDeclaration(
      "strength-grid", "Results over strengths and seeds", formulas: ["forward.closed_form"]),
    FigureDeclaration(
      "strength-distance", "How far results are from the given picture, over the strength", formulas: ["image.psnr"]),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try PipelineModel(context)
    let given = try GivenPicture(context, model)
    let series = try StrengthSeries(context, model, given)
    var result = StageResult()
    result.fact("picture", given.picture.story)
    try addExample(of: series, model, to: &result)
    addDistances(of: series, to: &result)
    result.table(series.table)
    result.tensor("x", given.picture.tensor)
    result.tensor("z", given.latents)
    for run in series.runs {
      for (n, picture) in run.pictures.enumerated() {
        result.tensor("strength=\(run.strength)/seed+\(n)", picture)
        result.tensor("strength=\(run.strength)/seed+\(n)/z0", run.latents[n])
      }
    }
    let provenance = model.provenance(context)
    result.figure("strength-timeline") { () throws(UserError) in
      StrengthTimeline(series: series).figure(provenance)
    }
    result.figure("strength-grid") { () throws(UserError) in series.gridFigure(provenance) }
    result.figure("strength-distance") { () throws(UserError) in series.distanceFigure(provenance) }
    return result
  }

  private func addExample(
    of series: StrengthSeries, _ model: PipelineModel, to result: inout StageResult
  ) throws(UserError) {
    let published = try NoiseSchedule(.stableDiffusion).alphasCumprod
    let example = series.example
    let wrong = series.timesteps[max(0, example.skipped - 1)]
    func levels(_ timestep: Float) -> (signal: Double, noise: Double) {
      let alphaBar = Double(model.schedule.alphasCumprod[Int(timestep.rounded())])
      return (alphaBar.squareRoot(), (1 - alphaBar).squareRoot())
    }
    result.fact("example_strength", example.strength)
    result.fact("example_steps", example.steps)
    result.fact("example_skipped", example.skipped)
    result.fact("example_timestep", Int(example.firstTimestep.rounded()))
    result.fact("example_wrong_timestep", Int(wrong.rounded()))
    result.fact("example_signal", levels(example.firstTimestep).signal)
    result.fact("example_noise", levels(example.firstTimestep).noise)
    result.fact("wrong_noise", levels(wrong).noise)
    result.fact("full_signal", levels(series.timesteps[0]).signal)
    result.fact("published_signal", Double(published[published.count - 1]).squareRoot())
  }

  private func addDistances(of series: StrengthSeries, to result: inout StageResult) {
    let (first, last) = (series.runs[0], series.runs[series.runs.count - 1])
    result.fact("weakest", first.strength)
    result.fact("strongest", last.strength)
    result.fact("autoencoder_psnr", series.given.autoencoderPSNR)
    result.fact("weakest_psnr", first.psnr.mean)
    result.fact("strongest_psnr", last.psnr.mean)
    result.fact("weakest_latent_distance", first.latentDistances.mean)
    result.fact("strongest_latent_distance", last.latentDistances.mean)
    let largest = series.runs.map(\.latentDistances.mean).max() ?? 0
    let half = series.runs.first { $0.latentDistances.mean > largest / 2 } ?? last
    result.fact("half_strength", half.strength)
  }
}

/// The picture a run starts from, at the size of the model, and what the autoencoder makes of it.
struct GivenPicture: Sendable {
  let picture: EmojiPicture
  /// z: the mean of E(x), scaled, [1, C, h, w].
  let latents: Tensor
  /// D(E(x)), [3, H, W] in 0…1.
  let restored: Tensor

  init(_ context: StageContext, _ model: PipelineModel) throws(UserError) {
    guard let path = context.imageFile else { preconditionFailure("a stage without a picture asks for one") }
    picture = try EmojiPicture(path: path, home: context.home, side: model.pipeline.defaultSide)
    let autoencoder = model.pipeline.autoencoder
    latents = autoencoder.configuration.scaled(autoencoder.encode(Variable(picture.tensor)).mean.value)
    restored = model.pipeline.decode(latents: latents)[index: 0]
  }

  /// [3, H, W] in 0…1, as pipelines take it.
  var unit: Tensor { picture.tensor[index: 0].affine(scale: 0.5, shift: 0.5) }

  var autoencoderPSNR: Double { psnr(of: [restored])[0] }

  /// Against the given picture, in dB.
  func psnr(of pictures: [Tensor]) -> [Double] {
    ImageMetrics.peakSignalToNoiseRatios(Tensor.stacked(pictures), batch.repeated(pictures.count), range: 1)
  }

  func ssim(of pictures: [Tensor]) -> [Double] {
    ImageMetrics.structuralSimilarities(Tensor.stacked(pictures), batch.repeated(pictures.count), range: 1)
  }

  private var batch: Tensor { unit.reshaped([1] + unit.shape) }
}
