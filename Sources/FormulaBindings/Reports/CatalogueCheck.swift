import Formulas
import Foundation

/// A formula with the verdicts on it: the reference's and, where there is one, the engine's.
public struct FormulaCheck: Sendable {
  public let formula: Formula
  public let reference: Checker.Verdict
  public let engine: EngineCheck?

  public init(_ formula: Formula) {
    self.formula = formula
    reference = Checker(formula).checkReference()
    engine = Bindings.binding(formula.id).map { EngineCheck(formula, $0) }
  }

  public var passed: Bool { reference.passed && engine?.passed ?? true }
}

/// All formulas against all their cases: what `diffuse check` prints.
public struct CatalogueCheck: Sendable {
  public let groups: [(title: String, checks: [FormulaCheck])]

  /// Checks the whole catalogue, or the groups given.
  public init(_ groups: [Catalogue.Group] = Catalogue.groups) {
    self.groups = groups.map { ($0.title, $0.formulas.map(FormulaCheck.init)) }
  }

  public var checks: [FormulaCheck] { groups.flatMap(\.checks) }
  public var passed: Bool { checks.allSatisfy(\.passed) }

  /// A table of at most 80 columns, what failed below it, and a line that sums up.
  public var table: String {
    var lines: [String] = []
    for group in groups {
      let title = lines.isEmpty ? Self.header(group.title) : TextColumns.padded(group.title, 0)
      lines += (lines.isEmpty ? [] : [""]) + [title] + group.checks.map(Self.row)
    }
    let failures = checks.flatMap(Self.failures)
    if !failures.isEmpty { lines += [""] + failures.flatMap { TextColumns(width: 80).wrapped($0, hanging: "  ") } }
    return (lines + ["", summary]).joined(separator: "\n") + "\n"
  }

  private static func header(_ title: String) -> String {
    TextColumns.padded(title, 37) + "cases  reference  engine"
  }

  private static func row(_ check: FormulaCheck) -> String {
    let name = TextColumns.padded("  " + check.formula.id, 36)
    let cases = TextColumns.rightAligned("\(check.reference.checked)", 6)
    let reference = TextColumns.padded(check.reference.passed ? "ok" : "FAILS", 9)
    return "\(name)\(cases)  \(reference)  \(engineCell(check.engine))"
  }

  /// How far off the engine is, or a dash.
  private static func engineCell(_ engine: EngineCheck?) -> String {
    guard let engine else { return "–" }
    let error = engine.worst == 0 ? "exact" : String(format: "off by %.0e", engine.worst)
    return engine.passed ? "ok, \(error)" : "FAILS"
  }

  private static func failures(_ check: FormulaCheck) -> [String] {
    let reference = check.reference.sentence.map { "\(check.formula.id): \($0)." }
    let engine = check.engine.flatMap { engine in
      engine.passed ? nil : "\(check.formula.id), \(engine.binding.code): \(engine.failure ?? "no case is computed")."
    }
    return [reference, engine].compactMap { $0 }
  }

  private var summary: String {
    let cases = checks.reduce(0) { $0 + $1.reference.checked }
    let bound = checks.count { $0.engine != nil }
    let failed = checks.count { !$0.passed }
    let result = failed == 0 ? "all right" : "\(failed) of them fail"
    return "\(checks.count) formulas, \(cases) cases, \(bound) formulas bound to the engine: \(result)."
  }

  /// Ids and titles, for `--list`.
  public static var listing: String {
    let text = TextColumns(width: 80)
    var lines: [String] = []
    for group in Catalogue.groups {
      lines += (lines.isEmpty ? [] : [""]) + [group.title]
      for formula in group.formulas { lines += text.row([("  " + formula.id, 32)], last: formula.title) }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
