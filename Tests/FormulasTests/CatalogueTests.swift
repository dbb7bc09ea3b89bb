import Formulas
import Testing

@Suite struct CatalogueTests {
  @Test func isLargeEnough() {
    #expect(Catalogue.formulas.count >= 60)
    #expect(Set(Catalogue.formulas.map(\.id)).count == Catalogue.formulas.count)
  }

  @Test(arguments: Catalogue.formulas) func referenceMeetsItsCases(_ formula: Formula) {
    let verdict = Checker(formula).checkReference()
    #expect(verdict.checked >= 4, "\(formula.id) has \(verdict.checked) cases")
    #expect(verdict.passed, "\(formula.id): \(verdict.sentence ?? "")")
  }

  @Test(arguments: Catalogue.formulas) func casesHaveTwoOriginsAtLeast(_ formula: Formula) {
    let kinds = Set(
      formula.cases.map { testCase in
        switch testCase.origin {
        case .hand: 0
        case .independent: 1
        case .monteCarlo: 2
        }
      })
    #expect(kinds.contains(0) && kinds.count >= 2, "\(formula.id)")
  }

  @Test(arguments: Catalogue.formulas) func everyKnownMistakeIsRejectedAndNamed(_ formula: Formula) {
    #expect(formula.mistakes.count >= 4, "\(formula.id) has \(formula.mistakes.count) known mistakes")
    for mistake in formula.mistakes {
      let verdict = Checker(formula).check(mistake.program)
      #expect(!verdict.passed, "\(formula.id): “\(mistake.name)” passes")
      #expect(
        verdict.diagnosis?.name == mistake.name,
        "\(formula.id): “\(mistake.name)” is called \(verdict.diagnosis?.name ?? "nothing")")
      #expect(verdict.diagnosis?.kind == .known)
    }
  }

  @Test(arguments: Catalogue.formulas) func everySymbolIsExplained(_ formula: Formula) {
    let explained = Set(formula.symbols.flatMap { $0.expression.letters } + ["I", "pi", "e"])
    for tree in [formula.statement] + formula.definitions {
      let missing = tree.letters.subtracting(explained).filter { !$0.hasPrefix("eps_theta") }
      #expect(missing.isEmpty, "\(formula.id): \(missing.sorted()) not explained")
    }
    let given = Set(formula.symbols.filter { $0.role != .result && $0.role != .explained }.map(\.name))
    for testCase in formula.cases {
      #expect(
        Set(testCase.inputs.keys) == given, "\(formula.id), case \(testCase.name): \(testCase.inputs.keys.sorted())")
    }
  }
}

extension Expression {
  /// The names in a tree; of an element the base alone.
  fileprivate var letters: Set<String> {
    if case .name(let name) = self { return [name] }
    return children.reduce(into: []) { $0.formUnion($1.letters) }
  }
}
