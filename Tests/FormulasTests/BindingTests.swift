import FormulaBindings
import Formulas
import Testing

@Suite struct BindingTests {
  @Test func enoughAreBound() {
    #expect(Bindings.all.count >= 45)
    #expect(Set(Bindings.all.map(\.id)).count == Bindings.all.count)
  }

  @Test(arguments: Catalogue.formulas) func isBoundOrSaysWhyNot(_ formula: Formula) {
    #expect((Bindings.binding(formula.id) == nil) == (Bindings.reasonUnbound(formula.id) != nil), "\(formula.id)")
  }

  @Test(arguments: Bindings.all.map(\.id)) func engineMeetsTheCases(_ id: String) throws {
    let formula = try Catalogue.formula(id)
    let binding = try #require(Bindings.binding(id))
    let check = EngineCheck(formula, binding)
    #expect(check.failure == nil, "\(id): \(check.failure ?? "")")
    // The widest bound that a case gives a reason for.
    #expect(check.worst <= 1e-4, "\(id): off by \(check.worst)")
    #expect(check.checked >= 2, "\(id): \(check.checked) cases computed, \(check.skipped) left out")
  }

  @Test func aWrongEngineIsFound() throws {
    // The engine's own velocity against the cases of the noise it is not.
    let wrong = try #require(Bindings.binding("prediction.epsilon_from_v"))
    let formula = try Catalogue.formula("prediction.x0_from_v")
    let check = EngineCheck(formula, wrong)
    #expect(check.failure?.contains("the engine is off by") == true)
  }
}
