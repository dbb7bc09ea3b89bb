import Drawing
import Tensors

/// Why attention divides by √d: the same drawn queries and keys at growing length.
struct AttentionScale: Stage {
  let name = "attention-scale"
  let summary = "Draws queries and keys of growing length and takes the softmax of their products"

  let parameters: [StageParameter] = [
    .integer("keys", 4...64, default: 16, help: "keys that share one query's attention"),
    .integer("queries", 16...2048, default: 512, help: "queries over which is averaged"),
    .numbers(
      "temperatures", 0.05...20, count: 1...4, default: [0.25, 0.5, 1, 4], help: "temperatures τ to compare"),
  ]

  static let lengths = [2, 4, 8, 16, 32, 64, 128, 256, 512]

  let facts = [
    FactDeclaration("deviations", "standard deviation of q·k for d = 2, 4, 8, … 512"),
    FactDeclaration("largest_unscaled", "mean largest weight of softmax(q·k) for the same d"),
    FactDeclaration("largest_scaled", "mean largest weight of softmax(q·k/√d) for the same d"),
    FactDeclaration("largest_by_temperature", "mean largest weight of softmax(q·k/(√d τ)) at d = 64, for each τ"),
  ]

  let figures = [
    FigureDeclaration(
      "attention-scale", "Spread of q·k with growing d, and the attention weights with and without √d",
      formulas: ["attention.weights"]),
    FigureDeclaration(
      "softmax-temperature", "The same scores turned into shares at several temperatures",
      formulas: ["text.softmax_temperature"]),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let (queries, keys) = (context.integer("queries"), context.integer("keys"))
    var random = RandomSource(seed: context.seed)
    let measured = Self.lengths.map { d -> ScoreMeasurement in
      let (q, k) = (random.normal([queries, d]), random.normal([keys, d]))
      return ScoreMeasurement(length: d, scores: q.matmul(k, transposeB: true))
    }
    let temperatures = context.numbers("temperatures").sorted()
    let middle = measured.first { $0.length == 64 } ?? measured[0]
    var result = StageResult()
    result.fact("deviations", measured.map(\.deviation))
    result.fact("largest_unscaled", measured.map { $0.sortedWeights(divisor: 1)[0] })
    result.fact("largest_scaled", measured.map { $0.sortedWeights(divisor: $0.root)[0] })
    result.fact("largest_by_temperature", temperatures.map { middle.sortedWeights(divisor: middle.root * $0)[0] })
    result.table(Self.table(measured))
    result.tensor("scores.64", middle.scores)
    let provenance = Provenance(command: "", seed: context.seed)
    result.figure("attention-scale") { () throws(UserError) in
      AttentionScaleFigure(measured: measured, middle: middle).figure(provenance)
    }
    result.figure("softmax-temperature") { () throws(UserError) in
      TemperatureFigure(scores: middle, temperatures: temperatures).figure(provenance)
    }
    return result
  }

  private static func table(_ measured: [ScoreMeasurement]) -> StageTable {
    StageTable(
      name: "attention-scale", title: "Scores and weights by the length d of queries and keys",
      columns: [.init("d"), .init("√d"), .init("spread of q·k"), .init("largest weight"), .init("with √d")],
      rows: measured.map { m in
        [
          "\(m.length)", NumberText.fixed(m.root, decimals: 2), NumberText.fixed(m.deviation, decimals: 2),
          NumberText.fixed(m.sortedWeights(divisor: 1)[0], decimals: 3),
          NumberText.fixed(m.sortedWeights(divisor: m.root)[0], decimals: 3),
        ]
      })
  }
}

/// The products of drawn queries and keys.
struct ScoreMeasurement {
  /// d.
  let length: Int
  /// q·k, [queries, keys].
  let scores: Tensor

  var root: Double { Double(length).squareRoot() }

  /// Of all products; their mean is 0.
  var deviation: Double { Double((scores * scores).mean).squareRoot() }

  /// Each query's weights softmax(q·k/divisor) from the largest to the smallest, averaged over the queries, [keys].
  func sortedWeights(divisor: Double) -> [Double] {
    let weights = (scores / Float(divisor)).softmax()
    let (queries, keys) = (weights.shape[0], weights.shape[1])
    var sums = [Double](repeating: 0, count: keys)
    for query in 0..<queries {
      let row = (0..<keys).map { Double(weights[query, $0]) }.sorted(by: >)
      for (place, value) in row.enumerated() { sums[place] += value / Double(queries) }
    }
    return sums
  }
}
