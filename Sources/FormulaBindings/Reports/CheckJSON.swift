import Formulas
import Foundation

/// The reports as JSON, keys sorted.
public enum CheckJSON {
  /// All formulas with both verdicts.
  public static func text(_ check: CatalogueCheck) throws -> String {
    struct Listing: Encodable {
      let passed: Bool
      let formulas: [Row]
    }
    return try encoded(
      Listing(
        passed: check.passed,
        formulas: check.groups.flatMap { group in group.checks.map { Row($0, group: group.title) } }))
  }

  /// A formula's whole page.
  public static func text(_ page: FormulaPage) throws -> String {
    let title = Catalogue.groups.first { $0.formulas.contains { $0.id == page.check.formula.id } }?.title ?? ""
    return try encoded(Page(Row(page.check, group: title), page.check.formula, figures: page.figures))
  }

  /// The verdict on somebody's formula or answers.
  public static func text(_ verdict: Checker.Verdict, for formula: Formula?) throws -> String {
    struct Diagnosis: Encodable {
      let name, explanation, seeIt: String
    }
    struct Answer: Encodable {
      let formula: String?
      let passed: Bool
      let checked, failed: Int
      let firstFailure: String?
      let diagnosis: Diagnosis?
    }
    return try encoded(
      Answer(
        formula: formula?.id, passed: verdict.passed, checked: verdict.checked, failed: verdict.failed,
        firstFailure: verdict.sentence,
        diagnosis: verdict.diagnosis.map { .init(name: $0.name, explanation: $0.explanation, seeIt: $0.seeIt) }))
  }

  /// Ids, titles and the formulas themselves.
  public static func listing() throws -> String {
    struct Entry: Encodable {
      let id, title, group, unicode, latex: String
    }
    return try encoded(
      Catalogue.groups.flatMap { group in
        group.formulas.map {
          Entry(id: $0.id, title: $0.title, group: group.title, unicode: $0.unicode, latex: $0.latex)
        }
      })
  }

  private struct Row: Encodable {
    let id, title, group: String
    let passed: Bool
    let cases, failed: Int
    let firstFailure: String?
    let engine: Engine?
    let unbound: String?

    init(_ check: FormulaCheck, group: String) {
      id = check.formula.id
      title = check.formula.title
      self.group = group
      passed = check.passed
      cases = check.reference.checked
      failed = check.reference.failed
      firstFailure = check.reference.sentence
      engine = check.engine.map { Engine($0) }
      unbound = Bindings.reasonUnbound(check.formula.id)
    }
  }

  private struct Engine: Encodable {
    let code: String
    let passed: Bool
    let checked, skipped: Int
    let worst: Double
    let failure: String?

    init(_ check: EngineCheck) {
      code = check.binding.code
      passed = check.passed
      checked = check.checked
      skipped = check.skipped
      worst = check.worst
      failure = check.failure
    }
  }

  private struct Page: Encodable {
    struct Symbol: Encodable {
      let name, unicode, latex, meaning, shape: String
    }
    struct Source: Encodable {
      let name, equation, work, link: String
    }
    struct Mistake: Encodable {
      let name, expression, explanation: String
    }
    struct Case: Encodable {
      let name, origin, detail: String
    }
    let check: Row
    let unicode, latex, mathML, expression, summary: String
    let paperForm: String?
    let notes: [String]
    let symbols: [Symbol]
    let sources: [Source]
    let mistakes: [Mistake]
    let cases: [Case]
    let figures: [String]

    init(_ check: Row, _ formula: Formula, figures: [String]) {
      self.check = check
      self.figures = figures
      unicode = formula.unicode
      latex = formula.latex
      mathML = formula.mathML
      expression = CheckJSON.typed(formula.reference)
      summary = formula.summary
      paperForm = formula.paperForm
      notes = formula.notes
      symbols = formula.symbols.map {
        Symbol(name: $0.name, unicode: $0.unicode, latex: $0.latex, meaning: $0.meaning, shape: $0.shape)
      }
      sources = formula.sources.map { Source(name: $0.name, equation: $0.equation, work: $0.work, link: $0.link) }
      mistakes = formula.mistakes.map {
        Mistake(name: $0.name, expression: CheckJSON.typed($0.program), explanation: $0.explanation)
      }
      cases = formula.cases.map { Case(name: $0.name, origin: $0.origin.title, detail: $0.origin.detail) }
    }
  }

  private static func typed(_ program: Program) -> String {
    (program.definitions + [program.result]).map(\.description).joined(separator: "; ")
  }

  private static func encoded(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }
}
