import Diffusion
import Drawing
import Tensors

/// One garment, one noise, several t: what the network takes for noise, how far off it is, and which picture that implies.
struct NoisePrediction: Stage {
  let name = "noise-prediction"
  let summary = "Asks the network for the noise in one garment at several t"
  let models = [FashionModel.name]

  let parameters: [StageParameter] = [
    .image(default: "sneaker", help: "the garment"),
    GarmentPicture.classParameter,
    .integers(
      "timesteps", 0...999, count: 1...8, default: [50, 250, 500, 750, 950], help: "the t to look at, side by side"),
  ]

  let facts = [
    FactDeclaration("picture", "what was read, and how it was made to fit"),
    FactDeclaration("class_name", "the class the network was told"),
    FactDeclaration("batch", "shape of the batch, one picture for each t"),
    FactDeclaration("first_timestep", "the first t"),
    FactDeclaration("last_timestep", "the last t"),
    FactDeclaration("first_loss", "loss at the first t"),
    FactDeclaration("last_loss", "loss at the last t"),
    FactDeclaration("last_gain", "√(1 − ᾱ_t)/√ᾱ_t at the last t: by what x̂₀ multiplies the error of ε̂"),
    FactDeclaration("first_x0_error", "root mean square of x̂₀ − x₀ at the first t"),
    FactDeclaration("last_x0_error", "root mean square of x̂₀ − x₀ at the last t"),
    FactDeclaration("worst_x0_timestep", "the t with the largest error of x̂₀"),
  ]

  let figures = [
    FigureDeclaration(
      "noise-prediction", "x_t, ε̂, its error and x̂₀ at several t, beside the truth",
      formulas: ["prediction.x0_from_epsilon"])
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try FashionModel(context.home)
    let picture = try GarmentPicture(context)
    let series = try PredictionSeries(
      model, picture, timesteps: context.integers("timesteps"), seed: context.seed, context.recorder?.recording("unet"))
    var result = StageResult()
    series.addFacts(to: &result, picture)
    result.table(series.table)
    for (name, tensor) in [
      ("x0", picture.tensor), ("eps", series.noise), ("x_t", series.noisy), ("eps_hat", series.predicted),
      ("x0_hat", series.restored),
    ] { result.tensor(name, tensor) }
    let provenance = model.provenance(context)
    result.figure("noise-prediction") { () throws(UserError) in series.figure(of: picture, provenance) }
    return result
  }
}

/// The same x₀ and the same ε at N timesteps, sent through the network as one batch.
struct PredictionSeries {
  let timesteps: [Int]
  /// √ᾱ_t and √(1 − ᾱ_t) for each t.
  let signals: [Double]
  let noises: [Double]
  /// ε, [1, 1, 32, 32].
  let noise: Tensor
  /// x_t, ε̂, ε − ε̂, x̂₀: [N, 1, 32, 32].
  let noisy: Tensor
  let predicted: Tensor
  let errors: Tensor
  let restored: Tensor
  /// Mean squares over the pixels, for each t.
  let losses: [Double]
  let zeroLosses: [Double]
  let copyLosses: [Double]
  /// Root mean squares of x̂₀ − x₀.
  let restoredErrors: [Double]

  init(
    _ model: FashionModel, _ picture: GarmentPicture, timesteps: [Int], seed: UInt64, _ recording: Recording?
  ) throws(UserError) {
    let count = timesteps.count
    var random = RandomSource(seed: seed)
    noise = random.normal(picture.tensor.shape)
    self.timesteps = timesteps
    signals = timesteps.map { Double(model.schedule.alphasCumprod[$0]).squareRoot() }
    noises = timesteps.map { (1 - Double(model.schedule.alphasCumprod[$0])).squareRoot() }
    noisy = try model.schedule.addNoise(
      picture.tensor.repeated(count), noise: noise.repeated(count), timesteps: timesteps)
    // One call: the same weights serve every row of the batch, each with a t of its own.
    predicted = model.predict(
      noisy, timesteps: timesteps, labels: [Int?](repeating: picture.label, count: count), recording)
    var restored: [Tensor] = []
    for (n, t) in timesteps.enumerated() {
      restored.append(
        try model.schedule.convert(
          predicted.sliced(n..<(n + 1)), from: .epsilon, to: .sample, sample: noisy.sliced(n..<(n + 1)), timestep: t))
    }
    self.restored = Tensor.concatenated(restored)
    errors = noise - predicted
    losses = errors.meanSquares
    zeroLosses = noise.repeated(count).meanSquares
    copyLosses = (noise - noisy).meanSquares
    restoredErrors = (self.restored - picture.tensor).meanSquares.map { $0.squareRoot() }
  }

  func addFacts(to result: inout StageResult, _ picture: GarmentPicture) {
    let last = timesteps.count - 1
    result.fact("picture", picture.story)
    result.fact("class_name", picture.className)
    result.fact("batch", "\(noisy.shape)")
    result.fact("first_timestep", timesteps[0])
    result.fact("last_timestep", timesteps[last])
    result.fact("first_loss", losses[0])
    result.fact("last_loss", losses[last])
    result.fact("last_gain", noises[last] / signals[last])
    result.fact("first_x0_error", restoredErrors[0])
    result.fact("last_x0_error", restoredErrors[last])
    result.fact(
      "worst_x0_timestep", timesteps[restoredErrors.indices.max { restoredErrors[$0] < restoredErrors[$1] } ?? 0])
  }

  var table: StageTable {
    StageTable(
      name: "by-timestep", title: "Mean squared error of ε̂ over the 1,024 pixels, and what two lazy answers would cost",
      columns: ["t", "√ᾱ_t", "√(1−ᾱ_t)", "network", "ε̂ = 0", "ε̂ = x_t", "x̂₀ off by"].map { .init($0) },
      rows: timesteps.indices.map { n in
        [
          "\(timesteps[n])", NumberText.fixed(signals[n], decimals: 4), NumberText.fixed(noises[n], decimals: 4),
          NumberText.fixed(losses[n], decimals: 5), NumberText.fixed(zeroLosses[n], decimals: 3),
          NumberText.fixed(copyLosses[n], decimals: 5), NumberText.fixed(restoredErrors[n], decimals: 3),
        ]
      })
  }
}
