import Foundation
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
    try self.init(modes: Table("\(folder)/modes.csv"), settings: Table("\(folder)/settings.csv"))
  }

  private init(modes: Table, settings: Table) throws(UserError) {
    try modes.expect(
      ["data", "method", "components", "starts", "seed", "updates", "covered", "modes", "strays", "imbalance"])
    try settings.expect(["method"] + Self.settingNames + ["seeds", "updates", "covered", "strays", "imbalance"])
    var runs: [Run] = []
    for (line, row) in modes.rows {
      guard let numbers = Table.numbers(row.dropFirst(2)) else { throw modes.error(line, row) }
      runs.append(
        Run(
          data: row[0], method: row[1], components: Int(numbers[0]), starts: Int(numbers[1]), seed: UInt64(numbers[2]),
          updates: Int(numbers[3]), covered: Int(numbers[4]), modes: Int(numbers[5]), strays: numbers[6],
          imbalance: numbers[7]))
    }
    var trials: [Trial] = []
    for (line, row) in settings.rows {
      guard let numbers = Table.numbers(row.dropFirst()) else { throw settings.error(line, row) }
      trials.append(
        Trial(
          method: row[0], settings: Dictionary(uniqueKeysWithValues: zip(Self.settingNames, numbers)),
          covered: numbers[7], strays: numbers[8], imbalance: numbers[9]))
    }
    guard trials.contains(where: { $0.method == "gan" }), trials.contains(where: { $0.method == "diffusion" }) else {
      throw UserError("\(settings.path) has no row of the GAN, or none of the denoiser", code: .data)
    }
    (self.runs, self.trials) = (runs, trials)
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

/// A CSV file of rows that are all as long as the header.
private struct Table {
  let path: String
  let header: [String]
  /// With their line numbers.
  let rows: [(line: Int, cells: [String])]

  init(_ path: String) throws(UserError) {
    self.path = path
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw UserError("\(path) is missing or cannot be read; 'diffuse evaluate mixture' writes it", code: .noInput)
    }
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    header = lines.first ?? []
    rows = lines.enumerated().dropFirst().map { ($0 + 1, $1) }
    for (line, cells) in rows where cells.count != header.count { throw error(line, cells) }
    guard !rows.isEmpty else { throw UserError("\(path) has no rows", code: .data) }
  }

  func expect(_ columns: [String]) throws(UserError) {
    guard header == columns else {
      throw UserError("\(path), line 1: the columns must be \(columns.joined(separator: ","))", code: .data)
    }
  }

  /// Numbers that are finite and not negative; nil where a cell is none.
  static func numbers(_ cells: ArraySlice<String>) -> [Double]? {
    let numbers = cells.compactMap(Double.init).filter { $0 >= 0 && $0 < 1e15 }
    return numbers.count == cells.count ? numbers : nil
  }

  func error(_ line: Int, _ cells: [String]) -> UserError {
    UserError(
      "\(path), line \(line): '\(cells.joined(separator: ","))' is no row of \(header.count) values", code: .data)
  }
}
