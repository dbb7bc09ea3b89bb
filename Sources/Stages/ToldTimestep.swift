import Diffusion
import Drawing
import Tensors

/// The network is told a t that is not the picture's: same picture, same weights, other answers.
struct ToldTimestep: Stage {
  let name = "told-timestep"
  let summary = "Tells the network the wrong t"
  let models = [FashionModel.name]

  let parameters: [StageParameter] = [
    .image(default: "sneaker", help: "the garment"),
    GarmentPicture.classParameter,
    .integer("timestep", 0...999, default: 500, help: "the true t: how much noise is in the picture"),
    .integers(
      "told", 0...999, count: 1...7, default: [50, 250, 500, 750, 950], help: "the t the network is told instead"),
  ]

  let facts = [
    FactDeclaration("true_loss", "loss when told the true t"),
    FactDeclaration("first_told", "the first t told"),
    FactDeclaration("last_told", "the last t told"),
    FactDeclaration("first_factor", "loss when told the first t over the loss when told the truth"),
    FactDeclaration("last_factor", "loss when told the last t over the loss when told the truth"),
    FactDeclaration("best_told", "of all t in steps of 25, the one it is best to tell"),
    FactDeclaration("calls", "answers the network gave"),
    FactDeclaration("weights_unchanged", "whether every weight is what it was before"),
    FactDeclaration("megabytes", "memory of the network's weights in MB"),
    FactDeclaration("copies_gigabytes", "what one copy for each of the T timesteps would take, in GB"),
  ]

  let figures = [
    FigureDeclaration(
      "told-timestep", "What the network answers when it is told another t than the true one",
      formulas: ["prediction.x0_from_epsilon"])
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try FashionModel(context.home)
    let picture = try GarmentPicture(context)
    let before = model.unet.namedParameters().map(\.parameter.value)
    let answers = try ToldAnswers(model, picture, context)
    let after = model.unet.namedParameters().map(\.parameter.value)

    let bytes = 4 * Double(model.unet.parameterCount)
    let last = answers.told.count - 1
    var result = StageResult()
    result.fact("true_loss", answers.trueLoss)
    result.fact("first_told", answers.told[0])
    result.fact("last_told", answers.told[last])
    result.fact("first_factor", answers.losses[0] / answers.trueLoss)
    result.fact("last_factor", answers.losses[last] / answers.trueLoss)
    result.fact("best_told", answers.best)
    result.fact("calls", answers.calls)
    result.fact("weights_unchanged", before == after ? "yes" : "no")
    result.fact("megabytes", bytes / 1e6)
    result.fact("copies_gigabytes", bytes * Double(model.schedule.numTrainTimesteps) / 1e9)
    result.table(answers.table)
    result.tensor("x_t", answers.noisy)
    result.tensor("eps_hat", answers.predicted)
    let provenance = model.provenance(context)
    result.figure("told-timestep") { () throws(UserError) in answers.figure(of: picture, provenance) }
    return result
  }
}

/// One noisy picture and what the network says of it under several t.
struct ToldAnswers {
  let timestep: Int
  let told: [Int]
  /// ε and x_t, [1, 1, 32, 32].
  let noise: Tensor
  let noisy: Tensor
  /// ε̂ and the x̂₀ a sampler would take from it, with the told t's ᾱ: [N, 1, 32, 32].
  let predicted: Tensor
  let restored: Tensor
  let losses: [Double]
  let trueLoss: Double
  /// The loss over a fine row of told t.
  let fine: [Int]
  let fineLosses: [Double]

  var calls: Int { told.count + fine.count + 1 }
  /// The told t with the smallest loss.
  var best: Int { fine[fineLosses.indices.min { fineLosses[$0] < fineLosses[$1] } ?? 0] }

  init(_ model: FashionModel, _ picture: GarmentPicture, _ context: StageContext) throws(UserError) {
    let t = context.integer("timestep")
    timestep = t
    told = context.integers("told")
    var random = RandomSource(seed: context.seed)
    let drawn = random.normal(picture.tensor.shape)
    let mixed = try model.schedule.addNoise(picture.tensor, noise: drawn, timesteps: [t])
    noise = drawn
    noisy = mixed
    func answers(_ timesteps: [Int]) -> Tensor {
      model.predict(
        mixed.repeated(timesteps.count), timesteps: timesteps,
        labels: [Int?](repeating: picture.label, count: timesteps.count))
    }
    predicted = answers(told)
    losses = (drawn - predicted).meanSquares
    trueLoss = (drawn - answers([t])).meanSquares[0]
    fine = Array(stride(from: 0, to: model.schedule.numTrainTimesteps, by: 25))
    fineLosses = (drawn - answers(fine)).meanSquares
    var pictures: [Tensor] = []
    for (n, other) in told.enumerated() {
      pictures.append(
        try model.schedule.convert(
          predicted.sliced(n..<(n + 1)), from: .epsilon, to: .sample, sample: mixed, timestep: other))
    }
    restored = Tensor.concatenated(pictures)
  }

  var table: StageTable {
    StageTable(
      name: "told", title: "The same noisy picture, its true t being \(timestep)",
      columns: ["told t", "loss", "times the true t's", "mean of ε̂²"].map { .init($0) },
      rows: told.indices.map { n in
        [
          "\(told[n])", NumberText.fixed(losses[n], decimals: 5),
          NumberText.fixed(losses[n] / trueLoss, decimals: 1),
          NumberText.fixed(predicted.meanSquares[n], decimals: 3),
        ]
      })
  }
}
