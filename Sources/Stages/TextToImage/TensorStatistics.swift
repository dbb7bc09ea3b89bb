import Drawing
import Formulas
import Tensors

/// Shape, range and moments of a tensor, as a trace prints them.
struct TensorStatistics {
  let shape: [Int]
  let minimum, maximum, mean, deviation: Double

  init(_ tensor: Tensor) {
    shape = tensor.shape
    (minimum, maximum, mean) = (Double(tensor.min), Double(tensor.max), Double(tensor.mean))
    deviation = Double(tensor.standardDeviation())
  }

  /// 2×4×16×16
  var shapeText: String { shape.map(String.init).joined(separator: "×") }

  /// Minimum, maximum, mean and standard deviation in four significant digits, three behind the point at most.
  var texts: [String] {
    let isWhole = max(abs(minimum), abs(maximum)) >= 100
    return [minimum, maximum, mean, deviation].map { NumberText.fixed($0, decimals: isWhole ? 0 : 3) }
  }
}

/// What made the tensors of a trace, numbered in the order in which they are first needed.
struct OriginList {
  private(set) var origins: [TracedTensor.Origin] = []

  init(_ entries: [TracedTensor]) {
    for entry in entries where !origins.contains(entry.origin) { origins.append(entry.origin) }
  }

  /// "(3)"
  func number(of origin: TracedTensor.Origin) -> String {
    guard let index = origins.firstIndex(of: origin) else { preconditionFailure("no number for \(origin)") }
    return "(\(index + 1))"
  }

  var table: StageTable {
    StageTable(
      name: "equations", title: "What made them",
      columns: [.init("", numeric: false), .init("formula", numeric: false), .init("equation", numeric: false)],
      rows: origins.map { origin in
        switch origin {
        case .formula(let id): [number(of: origin), id, origin.formula?.unicode ?? ""]
        case .words(let words): [number(of: origin), "–", words]
        }
      })
  }
}

extension TracedTensor.Origin {
  /// The formula of the catalogue, when it is one.
  var formula: Formula? {
    guard case .formula(let id) = self else { return nil }
    guard let formula = Catalogue.formulas.first(where: { $0.id == id }) else {
      preconditionFailure("a trace names the formula '\(id)', which is not in the catalogue")
    }
    return formula
  }

  /// As a figure shows it.
  var text: RichText {
    switch self {
    case .formula: formula.map { RichText(markup: $0.statement.markup) } ?? ""
    case .words(let words): RichText(verbatim: words)
    }
  }
}

extension TracedRun {
  /// The calls that are printed: all, or the first, the one in the middle and the last.
  func printedCalls(all: Bool) -> [Int] {
    all ? Array(moments.indices) : Array(moments.indices).evenlyChosen(3)
  }

  /// Every tensor, its statistics and the number of what made it.
  func tables(allSteps: Bool) -> [StageTable] {
    let steps = printedCalls(all: allSteps).map { step($0) }
    let list = OriginList(beginning + steps.joined() + end)
    func row(_ entry: TracedTensor) -> [String] {
      let statistics = TensorStatistics(entry.tensor)
      return [entry.name, statistics.shapeText] + statistics.texts + [list.number(of: entry.origin)]
    }
    let columns: [StageTable.Column] = [
      .init("tensor", numeric: false), .init("shape", numeric: false), .init("min"), .init("max"), .init("mean"),
      .init("std"), .init("by", numeric: false),
    ]
    let stepRows = steps.flatMap { entries in
      entries.enumerated().map { index, entry -> [String] in
        guard case .step(_, let timestep) = entry.place else { return [""] + row(entry) }
        return [index == 0 ? NumberText.short(Double(timestep)) : ""] + row(entry)
      }
    }
    return [
      StageTable(
        name: "prompt", title: "From the prompt to the first latents", columns: columns, rows: beginning.map(row)),
      StageTable(
        name: "steps",
        title: allSteps ? "Every step of the sampler" : "The first step, the one in the middle and the last",
        columns: [.init("t")] + columns, rows: stepRows),
      StageTable(name: "picture", title: "From the last latents to the picture", columns: columns, rows: end.map(row)),
      list.table,
    ]
  }
}
