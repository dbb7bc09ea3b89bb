import FormulaBindings
import Formulas
import Foundation
import Testing

/// Numbers that everybody who works with these schedules meets, as the catalogue's cases have them.
@Suite struct NamedValueTests {
  struct Value: Sendable, CustomStringConvertible {
    let formula: String
    let testCase: String
    /// As it is quoted, to the digits that are quoted.
    let quoted: String
    /// σ² for σ.
    var isSquared = false

    var description: String { "\(formula), \(testCase): \(quoted)" }
    var value: Double { Double(quoted) ?? .nan }

    /// Half a unit of the last digit, as a share of the value.
    var rounding: Double {
      let mantissa = quoted.prefix { $0 != "e" }.filter(\.isNumber)
      let digits = mantissa.drop { $0 == "0" }.count
      let leading = pow(10, floor(log10(value)))
      return 0.5 * leading * pow(10, Double(1 - digits)) / value
    }
  }

  static let values: [Value] = [
    Value(formula: "schedule.alphas_cumprod", testCase: "linear, 1000 steps, the end", quoted: "4.0358298e-5"),
    Value(formula: "schedule.alphas_cumprod", testCase: "linear, 1000 steps, half way", quoted: "0.0785872"),
    Value(formula: "schedule.sigma", testCase: "linear, 1000 steps, the end", quoted: "157.4073"),
    Value(formula: "schedule.alphas_cumprod", testCase: "scaled linear, 1000 steps, the first", quoted: "0.99915"),
    Value(formula: "schedule.alphas_cumprod", testCase: "scaled linear, 1000 steps, half way", quoted: "0.2776697"),
    Value(formula: "schedule.alphas_cumprod", testCase: "scaled linear, 1000 steps, the end", quoted: "0.00466010"),
    Value(formula: "schedule.sigma", testCase: "scaled linear, 1000 steps, the end", quoted: "14.614641"),
    Value(formula: "schedule.alphas_cumprod", testCase: "cosine, 1000 steps, half way", quoted: "0.4938436"),
    Value(formula: "schedule.alphas_cumprod", testCase: "cosine, 1000 steps, the end", quoted: "2.4288e-9"),
    Value(
      formula: "sampler.ddim_sigma", testCase: "linear schedule, 420 → 400: σ² = 0.147719513", quoted: "0.147719513",
      isSquared: true),
    Value(
      formula: "sampler.ddim_sigma", testCase: "linear schedule, 980 → 960: σ² = 0.324605236", quoted: "0.324605236",
      isSquared: true),
  ]

  private func testCase(_ value: Value) throws -> Formula.Case {
    try #require(
      Catalogue.formula(value.formula).cases.first { $0.name == value.testCase }, "no case is “\(value.testCase)”")
  }

  private func number(_ numbers: Numbers, _ value: Value) throws -> Double {
    let scalar = try #require(numbers.scalar)
    return value.isSquared ? scalar * scalar : scalar
  }

  /// Case and reference round to the quoted digits.
  @Test(arguments: values) func caseAndReferenceMeetIt(_ value: Value) throws {
    let testCase = try testCase(value)
    let allowed = value.rounding * 1.001
    let expected = try number(testCase.expected, value)
    #expect(abs(expected / value.value - 1) <= allowed, "the case has \(expected)")
    let reference = try number(Catalogue.formula(value.formula).value(testCase.inputs), value)
    #expect(abs(reference / value.value - 1) <= allowed, "the reference gives \(reference)")
  }

  /// The engine is within 1e-5 of the case, or within the bound for which the case gives a reason.
  @Test(arguments: values) func theEngineMeetsIt(_ value: Value) throws {
    let testCase = try testCase(value)
    let binding = try #require(Bindings.binding(value.formula))
    let computed = try #require(try binding.value(testCase.inputs)?.scalar)
    let expected = try #require(testCase.expected.scalar)
    let bound = testCase.engine?.bound ?? EngineCheck.bound
    #expect(abs(computed / expected - 1) <= bound, "the engine gives \(computed), \(expected) is right")
    #expect(bound <= 1e-5 || testCase.engine?.reason.isEmpty == false)
  }

  /// What the script beside the goldens computed with other programs is what the cases written by hand carry.
  @Test func theScriptGivesTheSame() throws {
    let path =
      #filePath.components(separatedBy: "/Tests/FormulasTests/")[0] + "/Tests/Goldens/formulas/thousand_steps.json"
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let entries = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    #expect(entries.count == Self.values.count)
    for entry in entries {
      let id = try #require(entry["formula"] as? String)
      let name = try #require(entry["case"] as? String)
      let origin = try #require(entry["origin"] as? String)
      let expected = try #require((entry["expected"] as? NSNumber)?.doubleValue)
      let testCase = try #require(Catalogue.formula(id).cases.first { $0.name == name }, "no case is “\(name)”")
      let carried = try #require(testCase.expected.scalar)
      #expect(abs(carried / expected - 1) < (origin.contains("float32") ? 1e-7 : 1e-10), "\(id), \(name)")
      #expect(testCase.origin.title == origin, "\(id), \(name)")
    }
  }
}

/// What all cases keep to.
@Suite struct CaseRuleTests {
  @Test(arguments: Catalogue.formulas) func wideEngineBoundsSayWhy(_ formula: Formula) {
    for testCase in formula.cases {
      guard let engine = testCase.engine else { continue }
      #expect(engine.bound > EngineCheck.bound && engine.reason.count > 20, "\(formula.id): \(testCase.name)")
    }
  }

  /// Hand, mpmath and float64 cases bind the reference to 1e-10; wider ones say why by their origin.
  @Test(arguments: Catalogue.formulas) func toleranceFollowsFromTheOrigin(_ formula: Formula) {
    for testCase in formula.cases {
      switch testCase.origin {
      case .monteCarlo:
        #expect({ if case .absolute = testCase.tolerance { true } else { false } }(), "\(formula.id): \(testCase.name)")
      case .independent(let program) where program.contains("float32"): break
      case .hand, .independent:
        switch testCase.tolerance {
        case .relative(let part): #expect(part <= 1e-9, "\(formula.id): \(testCase.name) is only within \(part)")
        case .absolute(let bound):
          #expect(bound <= 1e-9, "\(formula.id): \(testCase.name)")
        }
      }
    }
  }

  /// Where inputs have several axes, some case has axes of different lengths; similarities of pairs and covariances are
  /// square by nature.
  @Test(arguments: Catalogue.formulas) func shapesAreUnsymmetric(_ formula: Formula) {
    let arrays = formula.cases.flatMap { testCase in
      testCase.inputs.filter { $0.value.rank >= 2 }.map(\.value)
    }
    guard !arrays.isEmpty, !["text.contrastive", "metric.frechet"].contains(formula.id) else { return }
    #expect(arrays.contains { Set($0.shape).count > 1 }, "\(formula.id)")
  }
}
