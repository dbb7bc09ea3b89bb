import Formulas
import Foundation

/// The page of a formula: what `diffuse check FORMULA` prints.
public struct FormulaPage: Sendable {
  public let check: FormulaCheck
  private var formula: Formula { check.formula }
  /// Names of figures that teach it, for `diffuse figures`.
  public let figures: [String]
  private let text = TextColumns(width: 80)

  public init(_ formula: Formula, figures: [String] = []) {
    check = FormulaCheck(formula)
    self.figures = figures
  }

  /// The whole page, at most 80 columns wide.
  public var page: String {
    var lines = [formula.title + "  (\(formula.id))", ""]
    lines += equation + [""] + text.wrapped(formula.summary) + [""]
    lines += symbols + [""] + sources
    for note in formula.notes { lines += [""] + text.wrapped(note) }
    if !figures.isEmpty {
      lines +=
        [""]
        + text.wrapped(
          "diffuse figures \(figures.joined(separator: " "))", indent: figures.count == 1 ? "Figure  " : "Figures ",
          hanging: "          ")
    }
    lines += [""] + mistakes + [""] + engine + [""] + cases
    return lines.joined(separator: "\n") + "\n"
  }

  private var equation: [String] {
    var lines = text.wrapped(formula.statement.unicode, indent: "    ", hanging: "        ")
    for (place, definition) in formula.definitions.enumerated() {
      lines += text.wrapped(
        definition.unicode, indent: place == 0 ? "    where " : "          ", hanging: "              ")
    }
    let typed = formula.reference
    let forms = typed.definitions.map(\.description) + [typed.result.description]
    return lines + [""] + text.wrapped("to type: " + forms.joined(separator: "; "), indent: "    ", hanging: "      ")
  }

  private var symbols: [String] {
    let names = formula.symbols.map(\.unicode)
    let width = min(names.map(\.count).max() ?? 0, 18)
    return zip(names, formula.symbols).flatMap { name, symbol in
      text.row([("  " + name, width + 2)], last: "\(symbol.meaning); \(symbol.shape)")
    }
  }

  private var sources: [String] {
    var lines = formula.sources.enumerated().flatMap { place, source in
      text.wrapped(
        "\(source.short). \(source.work). \(source.link)", indent: place == 0 ? "Source  " : "        ",
        hanging: "        ")
    }
    if let form = formula.paperForm { lines += text.wrapped(form, indent: "        ") }
    return lines
  }

  private var mistakes: [String] {
    ["Known mistakes"]
      + formula.mistakes.flatMap { mistake in
        let forms = [mistake.program.result] + mistake.program.definitions
        return text.wrapped(
          "\(mistake.name): \(forms.map(\.unicode).joined(separator: ", where "))", indent: "  ", hanging: "      ")
      }
  }

  private var engine: [String] {
    guard let engine = check.engine else {
      return text.wrapped("Not computed by the engine: \(Bindings.reasonUnbound(formula.id) ?? "unknown").")
    }
    let skipped = engine.skipped == 0 ? "" : ", \(engine.skipped) beyond what it does"
    let result =
      engine.failure ?? "\(engine.checked) cases right\(skipped); off by \(Numeral.short(engine.worst)) at most"
    return text.wrapped("\(engine.binding.code): \(result).", indent: "Engine  ", hanging: "        ")
  }

  private var cases: [String] {
    var lines = ["Cases"]
    for (place, testCase) in formula.cases.enumerated() {
      let difference = (try? formula.value(testCase.inputs)).flatMap {
        Difference($0, testCase.expected, testCase.tolerance)
      }
      let verdict = difference == nil ? "ok" : "FAILS"
      let bound =
        if case .absolute(let value) = testCase.tolerance { ", within \(Numeral.short(value))" } else { "" }
      let detail = testCase.origin.detail
      let about = detail == testCase.name || detail == testCase.origin.title ? "" : " (\(detail))"
      let name = "\(testCase.name); \(testCase.origin.title)\(about)\(bound)"
      lines += text.row([(TextColumns.rightAligned("\(place + 1)", 4), 4), (verdict, 5)], last: name)
      if let engine = testCase.engine {
        lines += text.wrapped(
          "engine within \(Numeral.short(engine.bound)): \(engine.reason)", indent: "             ")
      }
    }
    return lines
  }
}

/// What `diffuse check FORMULA --expression …` and `--answers …` print.
public struct VerdictText: Sendable {
  public let verdict: Checker.Verdict
  /// What was checked: “your formula”, “your answers”.
  private let subject: String
  private let formula: Formula?

  public init(_ verdict: Checker.Verdict, of subject: String, for formula: Formula?) {
    self.verdict = verdict
    self.subject = subject
    self.formula = formula
  }

  public var text: String {
    let columns = TextColumns(width: 80)
    let name = formula.map { " of \($0.id)" } ?? ""
    guard let sentence = verdict.sentence else {
      return "Pass: \(subject) meet\(subject.hasSuffix("s") ? "" : "s") all \(verdict.checked) cases\(name).\n"
    }
    var lines = columns.wrapped(
      "Fail: \(verdict.failed) of \(verdict.checked) cases\(name). First \(sentence).", hanging: "      ")
    if let diagnosis = verdict.diagnosis {
      lines += [""] + columns.wrapped("\(diagnosis.name): \(diagnosis.explanation)", hanging: "  ")
      if !diagnosis.seeIt.isEmpty { lines += columns.wrapped("See for yourself: \(diagnosis.seeIt)", hanging: "  ") }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
