import Formulas
import Testing

/// Right answers written in other ways; at least five a formula.
enum Rewrites {
  static let all = process + steps + losses + networks + training
}

@Suite struct RewriteTests {
  @Test func everyFormulaHasFive() {
    let forms = Dictionary(uniqueKeysWithValues: Rewrites.all.map { ($0.id, Set($0.forms)) })
    for formula in Catalogue.formulas {
      #expect((forms[formula.id]?.count ?? 0) >= 5, "\(formula.id)")
    }
  }

  @Test(arguments: Rewrites.all.map(\.id)) func areAccepted(_ id: String) throws {
    let checker = Checker(try Catalogue.formula(id))
    for form in Rewrites.all.first(where: { $0.id == id })?.forms ?? [] {
      do {
        let verdict = try checker.check(expression: form)
        #expect(verdict.passed, "\(id): \(form): \(verdict.sentence ?? "")")
      } catch {
        Issue.record("\(id): \(form): \(error)")
      }
    }
  }
}
