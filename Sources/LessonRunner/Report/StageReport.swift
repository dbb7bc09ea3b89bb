import Stages
import Tensors

/// What a reader is told of a stage that ran: the same for every renderer, which only sets it.
///
/// What the reader was told before is not told again: parameters that an earlier stage has with the same value, and facts
/// that the prose states.
public struct StageReport {
  /// A parameter as it is set and explained.
  public struct Parameter: Sendable, Equatable {
    public let name: String
    /// The values it ran with, several where values are compared: `250` or `100,500`.
    public let value: String
    /// One line, the range included.
    public let help: String

    /// What sets it on the command line: `--set timestep=250`, `--seed 0`.
    public var option: String {
      if name == "seed" { return "--seed \(value)" }
      return "--set \(name)=\(value.contains(" ") ? "'\(value)'" : value)"
    }
  }

  /// A fact with its value in each variant; one value where all agree.
  public struct Fact: Sendable, Equatable {
    public let name: String
    public let meaning: String
    public let values: [String]
    /// Whether it is one number, not words or a list.
    public let isNumber: Bool
  }

  /// A table with the variant it belongs to in its title.
  public struct Table: Sendable, Equatable {
    public let title: String
    public let table: StageTable
  }

  public let name: String
  public let alias: String
  public let summary: String
  /// The parameters, and the seed, that no stage before has with the same value.
  public let parameters: [Parameter]
  /// The names of the others.
  public let knownParameters: [String]
  /// The parameter of which values are compared, and those values; nil when nothing is compared.
  public let compared: (parameter: String, values: [String])?
  /// Facts that are the same in every variant and not stated by the prose.
  public let facts: [Fact]
  /// Facts that differ between compared values.
  public let differingFacts: [Fact]
  public let tables: [Table]
}

extension LessonRun {
  /// What is told of a stage's outcome.
  public func report(_ outcome: StageOutcome) -> StageReport {
    let block = outcome.block
    let earlier = document.stages.prefix { $0.line < block.line }.flatMap { parameters(of: $0) }
    let all = parameters(of: block)
    let stated = document.statedFacts(of: block)
    let facts = block.stage.facts.map { fact($0, in: outcome) }
    let compared = outcome.runs.compactMap(\.variant.compared)
    var tables: [StageReport.Table] = []
    for run in outcome.runs {
      for table in run.result.tables where block.tables?.contains(table.name) ?? true {
        let label = run.variant.label
        tables.append(.init(title: label.isEmpty ? table.title : "\(table.title), \(label)", table: table))
      }
    }
    return StageReport(
      name: block.stage.name, alias: block.alias, summary: block.stage.summary,
      parameters: all.filter { !earlier.contains($0) },
      knownParameters: all.filter { earlier.contains($0) }.map(\.name),
      compared: compared.first.map { ($0.parameter, compared.map { "\($0.value)" }) },
      facts: facts.filter { $0.values.count == 1 && !stated.contains($0.name) },
      differingFacts: facts.filter { $0.values.count > 1 }, tables: tables)
  }

  private func parameters(of block: StageBlock) -> [StageReport.Parameter] {
    let variants = variants(of: block)
    let rows = block.stage.parameters.map { parameter in
      var values: [String] = []
      for variant in variants {
        let text = (variant.values[parameter.name] ?? []).map(\.description).joined(separator: ",")
        if !values.contains(text) { values.append(text) }
      }
      let range = parameter.range.isEmpty ? "" : " (\(parameter.range))"
      return StageReport.Parameter(
        name: parameter.name, value: values.joined(separator: ","), help: parameter.help + range)
    }
    return rows + [.init(name: "seed", value: "\(settings.seed)", help: "where all random numbers come from")]
  }

  private func fact(_ declared: FactDeclaration, in outcome: StageOutcome) -> StageReport.Fact {
    let values = outcome.runs.map { $0.result.fact(named: declared.name)?.string() ?? "" }
    let isNumber =
      switch outcome.runs.first?.result.fact(named: declared.name) {
      case .integer, .number: true
      default: false
      }
    return StageReport.Fact(
      name: declared.name, meaning: declared.meaning, values: Set(values).count == 1 ? [values[0]] : values,
      isNumber: isNumber)
  }
}
