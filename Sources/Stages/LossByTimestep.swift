import Datasets
import Diffusion
import Drawing
import Tensors

/// The loss at several t over all bundled garments, beside the long measurement that ships with the model.
struct LossByTimestep: Stage {
  let name = "loss-by-timestep"
  let summary = "Measures the loss at several t on ten garments"
  let models = [FashionModel.name]

  let parameters: [StageParameter] = [
    .integers(
      "timesteps", 0...999, count: 1...12, default: [20, 100, 300, 500, 700, 900, 990], help: "the t to measure at"),
    .integer("draws", 1...50, default: 3, help: "noises drawn for each garment at each t"),
  ]

  let facts = [
    FactDeclaration("samples", "noisy pictures at each t"),
    FactDeclaration("first_timestep", "the first t"),
    FactDeclaration("last_timestep", "the last t"),
    FactDeclaration("first_loss", "loss at the first t"),
    FactDeclaration("last_loss", "loss at the last t"),
    FactDeclaration("hardest_timestep", "the t with the largest loss"),
    FactDeclaration("copy_wins", "the t at which handing x_t back would cost less than the network"),
    FactDeclaration("sweep", "the long measurement the line is drawn from"),
    FactDeclaration("within", "live points within two standard errors of that line"),
    FactDeclaration("compared", "live points that were compared with it"),
  ]

  let figures = [
    FigureDeclaration(
      "loss-by-timestep", "The loss at every t: this run beside the long measurement", formulas: ["loss.simple"])
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try FashionModel(context.home)
    let sweep = try TimestepSweep.read(model.folder)
    let curve = try LossCurve(model, context)
    var result = StageResult()
    result.fact("samples", curve.samples)
    result.fact("first_timestep", curve.timesteps[0])
    result.fact("last_timestep", curve.timesteps[curve.timesteps.count - 1])
    result.fact("first_loss", curve.losses[0])
    result.fact("last_loss", curve.losses[curve.losses.count - 1])
    let hardest = curve.losses.indices.max { curve.losses[$0] < curve.losses[$1] } ?? 0
    result.fact("hardest_timestep", curve.timesteps[hardest])
    let lazy = curve.timesteps.indices.filter { curve.copyLosses[$0] < curve.losses[$0] }
    result.fact(
      "copy_wins", lazy.isEmpty ? "none of them" : lazy.map { "\(curve.timesteps[$0])" }.joined(separator: ", "))
    let agreement = curve.agreement(with: sweep)
    result.fact("sweep", Self.description(of: sweep, model))
    result.fact("within", agreement.count { $0 == true })
    result.fact("compared", agreement.count { $0 != nil })
    result.table(curve.table(sweep))
    let provenance = model.provenance(context)
    result.figure("loss-by-timestep") { () throws(UserError) in curve.figure(sweep, provenance) }
    return result
  }

  private static func description(of sweep: TimestepSweep?, _ model: FashionModel) -> String {
    guard let sweep else { return "not measured yet; diffuse evaluate fashion-ddpm writes \(TimestepSweep.fileName)" }
    let stale = sweep.weights == model.hash ? "" : ", which are other weights than these (\(model.hash))"
    return "\(TimestepSweep.fileName): \(sweep.pictures) test pictures at each t, weights \(sweep.weights)\(stale)"
  }
}

/// Losses at several t over the bundled garments.
struct LossCurve {
  let timesteps: [Int]
  let samples: Int
  let losses: [Double]
  let standardErrors: [Double]
  let zeroLosses: [Double]
  let copyLosses: [Double]
  /// E x₀² over the garments: what makes x_t differ from ε.
  let signalPower: Double
  let schedule: NoiseSchedule

  init(_ model: FashionModel, _ context: StageContext) throws(UserError) {
    var pictures: [GarmentPicture] = []
    for name in context.home.garmentNames {
      pictures.append(
        try GarmentPicture(path: try context.home.garment(name), choice: "auto", isBundled: true))
    }
    let draws = context.integer("draws")
    timesteps = context.integers("timesteps")
    samples = draws * pictures.count
    schedule = model.schedule
    let garments = Tensor.concatenated(pictures.map(\.tensor))
    signalPower = Double((garments * garments).mean)
    let labels = pictures.map(\.label)
    var random = RandomSource(seed: context.seed)
    var (losses, errors, zeros, copies) = ([Double](), [Double](), [Double](), [Double]())
    for (n, t) in timesteps.enumerated() {
      var (own, zero, copy) = ([Double](), [Double](), [Double]())
      for draw in 0..<draws {
        let noise = random.normal(garments.shape)
        let noisy = try model.schedule.addNoise(garments, noise: noise, timesteps: [t])
        let predicted = model.predict(noisy, timesteps: [t], labels: labels)
        own += (noise - predicted).meanSquares
        zero += noise.meanSquares
        copy += (noise - noisy).meanSquares
        context.report(n * draws + draw + 1, of: timesteps.count * draws, "batches of garments")
      }
      // Draws of one garment resemble one another: what varies independently is the mean of each garment.
      let garmentMeans = pictures.indices.map { g in
        stride(from: g, to: own.count, by: pictures.count).map { own[$0] }.mean
      }
      let mean = own.mean
      let squares = garmentMeans.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      losses.append(mean)
      errors.append((squares / Double((pictures.count - 1) * pictures.count)).squareRoot())
      zeros.append(zero.mean)
      copies.append(copy.mean)
    }
    (self.losses, standardErrors, zeroLosses, copyLosses) = (losses, errors, zeros, copies)
  }

  /// For each t whether the loss lies within two standard errors of the sweep's; nil outside the sweep.
  func agreement(with sweep: TimestepSweep?) -> [Bool?] {
    timesteps.indices.map { n in
      sweep?.value(at: timesteps[n]).map { known in
        let error = (standardErrors[n] * standardErrors[n] + known.standardError * known.standardError).squareRoot()
        return abs(losses[n] - known.loss) <= 2 * error
      }
    }
  }

  /// The cost of ε̂ = x_t: ᾱ E x₀² + (1 − √(1 − ᾱ))², since x_t − ε = √ᾱ x₀ − (1 − √(1 − ᾱ)) ε.
  func copyLoss(at t: Int) -> Double {
    let share = Double(schedule.alphasCumprod[t])
    let rest = 1 - (1 - share).squareRoot()
    return share * signalPower + rest * rest
  }

  func table(_ sweep: TimestepSweep?) -> StageTable {
    StageTable(
      name: "losses", title: "Mean of (ε − ε̂)² over \(samples) noisy garments at each t",
      columns: ["t", "this run", "± standard error", "long measurement", "ε̂ = 0", "ε̂ = x_t"].map { .init($0) },
      rows: timesteps.indices.map { n in
        [
          "\(timesteps[n])", NumberText.fixed(losses[n], decimals: 5),
          NumberText.fixed(standardErrors[n], decimals: 5),
          sweep?.value(at: timesteps[n]).map { NumberText.fixed($0.loss, decimals: 5) } ?? "–",
          NumberText.fixed(zeroLosses[n], decimals: 3), NumberText.fixed(copyLosses[n], decimals: 5),
        ]
      })
  }
}

extension [Double] {
  var mean: Double { reduce(0, +) / Double(count) }
}
