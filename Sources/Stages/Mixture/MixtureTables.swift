import Tensors
import Training

/// What `diffuse evaluate mixture` measured: `modes.csv` and `settings.csv`.
package struct MixtureTables: Sendable {
  static let model = "mixture"

  /// One run of ten seeds.
  package struct Run: Sendable, Equatable {
    package let data: String
    package let method: String
    let components: Int
    let starts: Int
    package let seed: UInt64
    /// 0 for methods that take none.
    let updates: Int
    package let covered: Int
    let modes: Int
    package let strays: Double
    package let imbalance: Double
  }

  /// One setting; means over its seeds.
  package struct Trial: Sendable, Equatable {
    package let method: String
    /// By the names of the columns: learning_rate, discriminator_factor, discriminator_steps, input_noise, sees_waves.
    package let settings: [String: Double]
    package let covered: Double
    package let strays: Double
    package let imbalance: Double

    /// Samples that lie at no mode or at one that has too many.
    var misplaced: Double { strays + (1 - strays) * imbalance }
  }

  static let settingNames = [
    "learning_rate", "discriminator_factor", "discriminator_steps", "input_noise", "sees_waves",
  ]

  package let runs: [Run]
  package let trials: [Trial]

  package init(folder: String) throws(UserError) {
    let modes = try Self.file(
      "\(folder)/modes.csv",
      ["data", "method", "components", "starts", "seed", "updates", "covered", "modes", "strays", "imbalance"])
    runs = try modes.lines.map { line throws(UserError) in
      Run(
        data: line.text("data"), method: line.text("method"), components: try line.integer("components"),
        starts: try line.integer("starts"), seed: try line.seed("seed"), updates: try line.integer("updates"),
        covered: try line.integer("covered"), modes: try line.integer("modes"),
        strays: try line.number("strays", in: Self.amounts), imbalance: try line.number("imbalance", in: Self.amounts))
    }
    let settings = try Self.file(
      "\(folder)/settings.csv",
      ["method"] + Self.settingNames + ["seeds", "updates", "covered", "strays", "imbalance"])
    trials = try settings.lines.map { line throws(UserError) in
      var values: [String: Double] = [:]
      for name in Self.settingNames { values[name] = try line.number(name, in: Self.amounts) }
      return Trial(
        method: line.text("method"), settings: values, covered: try line.number("covered", in: Self.amounts),
        strays: try line.number("strays", in: Self.amounts), imbalance: try line.number("imbalance", in: Self.amounts))
    }
    guard trials.contains(where: { $0.method == "gan" }), trials.contains(where: { $0.method == "diffusion" }) else {
      throw UserError("\(folder)/settings.csv has no row of the GAN, or none of the denoiser", code: .data)
    }
  }

  private static let amounts = 0...1e15

  private static func file(_ path: String, _ columns: [String]) throws(UserError) -> SweepFile {
    guard let file = try SweepFile(path, columns: columns) else {
      throw UserError("\(path) is missing or cannot be read; 'diffuse evaluate mixture' writes it", code: .noInput)
    }
    return file
  }

  func runs(_ data: String, _ method: String, components: Int = 0, starts: Int = 0) -> [Run] {
    runs.filter {
      $0.data == data && $0.method == method && $0.components == components && $0.starts == starts
    }
  }

  func trials(_ method: String) -> [Trial] { trials.filter { $0.method == method } }

  /// The GAN's setting that covers most modes, of several the one that misplaces fewest samples.
  package var bestGAN: Trial {
    let gans = trials("gan")
    return gans.min { ($1.covered, $0.misplaced) < ($0.covered, $1.misplaced) } ?? gans[0]
  }
}
