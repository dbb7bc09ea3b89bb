/// Compares formulas, the catalogue's or anybody's, with cases.
public struct Checker: Sendable {
  /// Expressions are computed in double precision; rounding in another order is forgiven up to this.
  public static let expressionTolerance = 1e-8
  /// Numbers worked out by people: three significant digits.
  public static let answerTolerance = 1e-3

  public let formula: Formula?
  public let cases: [Formula.Case]

  /// The checker of a formula of the catalogue.
  public init(_ formula: Formula) {
    self.formula = formula
    cases = formula.cases
  }

  /// A checker of cases that belong to no formula of the catalogue.
  public init(cases: [Formula.Case]) {
    formula = nil
    self.cases = cases
  }

  /// The catalogue's own form against its cases, in double precision.
  public func checkReference() -> Verdict {
    guard let formula else { preconditionFailure("only a formula of the catalogue has a reference") }
    return verdict(outcomes(formula.reference), diagnose: false) { $0.tolerance }
  }

  /// Somebody's formula, in the notation of `--expression`.
  ///
  /// - Throws: `FormulaError` with the column when it cannot be read.
  public func check(expression: String) throws(FormulaError) -> Verdict {
    check(try Program(parsing: expression, functions: formula?.functions ?? []))
  }

  /// Somebody's formula.
  public func check(_ program: Program) -> Verdict {
    verdict(outcomes(program), diagnose: true) { $0.tolerance.atLeast(Self.expressionTolerance) }
  }

  /// Somebody's numbers, by the case's place from 0; cases without an answer are not compared.
  public func check(answers: [Int: Numbers]) -> Verdict {
    let outcomes = cases.indices.map { place in answers[place].map { Outcome.value($0, trouble: nil) } }
    return verdict(outcomes, diagnose: true) { $0.tolerance.atLeast(Self.answerTolerance) }
  }

  /// What comes out of one case.
  enum Outcome: Sendable {
    case value(Numbers, trouble: String?)
    case failed(FormulaError)

    var numbers: Numbers? { if case .value(let numbers, _) = self { numbers } else { nil } }
  }

  /// A program's results on all cases.
  func outcomes(_ program: Program) -> [Outcome?] {
    cases.map { outcome(program, $0) }
  }

  private func outcome(_ program: Program, _ testCase: Formula.Case) -> Outcome {
    let plain = Program(definitions: program.definitions, result: program.result.rightHandSide)
    do throws(FormulaError) {
      let scope =
        if let formula { try formula.scope(testCase.inputs) } else { try Scope(inputs: testCase.inputs) }
      let (value, trouble) = try Evaluator.value(plain, in: scope)
      return .value(value, trouble: trouble)
    } catch {
      return .failed(error)
    }
  }

  private func verdict(
    _ outcomes: [Outcome?], diagnose: Bool, _ tolerance: (Formula.Case) -> Tolerance
  ) -> Verdict {
    var failures: [Verdict.Failure] = []
    var checked = 0
    for (place, (testCase, outcome)) in zip(cases, outcomes).enumerated() {
      guard let outcome else { continue }
      checked += 1
      let difference: Difference? =
        switch outcome {
        case .failed(let error): .failed(error)
        case .value(let value, let trouble):
          Difference(value, testCase.expected, tolerance(testCase), trouble: trouble)
        }
      if let difference { failures.append(.init(number: place + 1, testCase: testCase, difference: difference)) }
    }
    let diagnosis = failures.isEmpty || !diagnose ? nil : Diagnosis(of: outcomes, in: self, tolerance)
    return Verdict(checked: checked, failed: failures.count, failure: failures.first, diagnosis: diagnosis)
  }
}

extension Checker {
  /// What a check found.
  public struct Verdict: Sendable {
    /// The first case that fails.
    public struct Failure: Sendable {
      /// The case's place, counted from 1.
      public let number: Int
      public let testCase: Formula.Case
      public let difference: Difference
    }

    /// How many cases were compared.
    public let checked: Int
    /// How many of them fail.
    public let failed: Int
    public let failure: Failure?
    /// What probably went wrong, when that is known.
    public let diagnosis: Diagnosis?

    public var passed: Bool { failure == nil }

    /// `case 2 (torch 2.15.0, float64): at [0, 1] it gives 0.36, 0.6 is right`; nil when all passes.
    public var sentence: String? {
      failure.map { "case \($0.number) (\($0.testCase.origin.title)): \($0.difference.sentence)" }
    }
  }
}
