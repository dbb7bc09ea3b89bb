import Foundation

/// What probably went wrong: a wrong formula that gives the very numbers somebody got.
public struct Diagnosis: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// One of the formula's own known mistakes.
    case known
    /// The formula with one small change: a root dropped, a sign turned.
    case altered
    /// The right values, changed as a whole: another sign, a factor, a square.
    case changedValues
  }

  public let kind: Kind
  /// A few words.
  public let name: String
  /// To the person who did it.
  public let explanation: String
  /// A case small enough to follow by hand, with what goes in, what comes out and what should.
  public let seeIt: String

  /// Looks for a wrong formula that reproduces the outcomes.
  init?(
    of outcomes: [Checker.Outcome?], in checker: Checker, _ tolerance: (Formula.Case) -> Tolerance
  ) {
    let search = DiagnosisSearch(checker: checker, outcomes: outcomes, tolerances: checker.cases.map(tolerance))
    guard let found = search.known() ?? search.altered() ?? search.changedValues() else { return nil }
    self = found
  }

  init(_ kind: Kind, _ name: String, _ explanation: String, seeIt: String) {
    self.kind = kind
    self.name = name
    self.explanation = explanation
    self.seeIt = seeIt
  }
}

/// The search for the wrong formula behind wrong numbers.
struct DiagnosisSearch {
  let checker: Checker
  let outcomes: [Checker.Outcome?]
  let tolerances: [Tolerance]

  /// The formula's known mistakes.
  func known() -> Diagnosis? {
    for mistake in checker.formula?.mistakes ?? [] where reproduces(checker.outcomes(mistake.program)) {
      return Diagnosis(.known, mistake.name, mistake.explanation, seeIt: seeIt)
    }
    return nil
  }

  /// The formula with one place changed.
  func altered() -> Diagnosis? {
    guard let formula = checker.formula else { return nil }
    var budget = 4000
    for alteration in Alteration.all(of: formula) {
      budget -= 1
      guard budget > 0 else { return nil }
      if reproduces(checker.outcomes(alteration.program)) {
        return Diagnosis(.altered, alteration.name, alteration.explanation, seeIt: seeIt)
      }
    }
    return nil
  }

  /// Whether a wrong formula gives the outcomes at every case, and something wrong at one at least.
  private func reproduces(_ other: [Checker.Outcome?]) -> Bool {
    var compared = 0
    for (place, outcome) in outcomes.enumerated() {
      guard let outcome else { continue }
      guard case .value(let mine, _) = outcome, case .value(let theirs, _)? = other[place] else {
        // Both impossible is agreement; one alone is not.
        if case .failed = outcome, case .failed? = other[place] { continue }
        return false
      }
      let finite = theirs.elements.allSatisfy(\.isFinite)
      if !finite, mine.shape == theirs.shape, sameKind(mine, theirs) { continue }
      guard finite, Difference(mine, theirs, tight(place)) == nil else { return false }
      compared += 1
    }
    return compared > 0
  }

  /// Monte-Carlo bounds are too wide to tell mistakes apart: outcomes are compared as computed numbers are.
  private func tight(_ place: Int) -> Tolerance {
    switch tolerances[place] {
    case .absolute: .relative(1e-6)
    case .relative(let part): .relative(max(part, 1e-7))
    }
  }

  private func sameKind(_ a: Numbers, _ b: Numbers) -> Bool {
    zip(a.elements, b.elements).allSatisfy { x, y in
      x.isFinite ? abs(x - y) <= 1e-6 * max(abs(x), 1) : !y.isFinite
    }
  }

  /// The smallest case that fails, written out.
  private var seeIt: String {
    let failing = checker.cases.indices.filter { place in
      guard case .value(let value, _)? = outcomes[place] else { return false }
      return Difference(value, checker.cases[place].expected, tolerances[place]) != nil
    }
    let size = { (place: Int) in checker.cases[place].inputs.values.reduce(0) { $0 + $1.count } }
    guard let place = failing.min(by: { size($0) < size($1) }), case .value(let value, let trouble)? = outcomes[place],
      let difference = Difference(value, checker.cases[place].expected, tolerances[place], trouble: trouble)
    else { return "" }
    let testCase = checker.cases[place]
    let inputs = testCase.inputs.sorted { $0.key < $1.key }.map { name, value in
      let shown = (try? Program(parsing: name, functions: nil).result.unicode) ?? name
      return "\(shown) = \(value.count <= 12 ? value.description : "an array of shape \(value.shape)")"
    }
    return "Case \(place + 1), with \(inputs.joined(separator: ", ")): \(difference.sentence)."
  }
}

// MARK: The right values, changed

extension DiagnosisSearch {
  /// The right values with another sign, a factor, a square, a root, transposed, shifted.
  func changedValues() -> Diagnosis? {
    let pairs = zip(outcomes, checker.cases).compactMap { outcome, testCase -> (Numbers, Numbers)? in
      guard let value = outcome?.numbers, value.elements.allSatisfy(\.isFinite) else { return nil }
      // A measured value is too coarse to tell 2 from 2.001: the formula's own is taken where there is one.
      return (value, (try? checker.formula?.value(testCase.inputs)) ?? testCase.expected)
    }
    let compared = outcomes.count { $0 != nil }
    guard !pairs.isEmpty, pairs.count == compared else { return nil }
    for change in ValueChange.simple where pairs.allSatisfy({ near($0, change.apply($1)) }) {
      return Diagnosis(.changedValues, change.name, change.explanation, seeIt: seeIt)
    }
    return factor(pairs) ?? offset(pairs)
  }

  private func near(_ value: Numbers, _ other: Numbers?) -> Bool {
    guard let other, value.shape == other.shape else { return false }
    return Difference(
      value, other, .relative(tolerances.contains { $0 == .relative(Checker.answerTolerance) } ? 2e-3 : 1e-6)) == nil
  }

  /// One factor for every number of every case, or one that is the number of elements of each.
  private func factor(_ pairs: [(Numbers, Numbers)]) -> Diagnosis? {
    let factors = pairs.map { value, expected -> Double? in
      guard value.shape.filter({ $0 != 1 }) == expected.shape.filter({ $0 != 1 }) else { return nil }
      let squares = expected.elements.reduce(0) { $0 + $1 * $1 }
      guard squares > 0 else { return nil }
      let factor = zip(value.elements, expected.elements).reduce(0) { $0 + $1.0 * $1.1 } / squares
      return near(value.reshaped(expected.shape), expected.map { $0 * factor }) ? factor : nil
    }
    let known = factors.compactMap { $0 }
    guard known.count == factors.count, let first = known.first, first != 0 else { return nil }
    guard known.allSatisfy({ abs($0 - first) <= 2e-3 * abs(first) }) else { return nil }
    let name = "scaled by \(Numeral.short(first))"
    return Diagnosis(
      .changedValues, name, "Every value is \(Numeral.short(first)) times the right one\(Self.origin(of: first)).",
      seeIt: seeIt)
  }

  private static func origin(of factor: Double) -> String {
    let origins: [(Double, String)] = [
      (2.302585093, ": log is natural, yours counts in tens the other way"),
      (0.4342944819, ": you took the decimal logarithm"),
      (1.442695041, ": you took the binary logarithm"), (0.6931471806, ": a binary logarithm was wanted"),
      (3.141592654, ": π is left over"), (1.414213562, ": √2 is left over"), (0.7071067812, ": √2 is missing"),
    ]
    return origins.first { abs(factor - $0.0) < 1e-5 * $0.0 }?.1 ?? ""
  }

  /// One constant added to every number.
  private func offset(_ pairs: [(Numbers, Numbers)]) -> Diagnosis? {
    guard let (value, expected) = pairs.first, let a = value.elements.first, let b = expected.elements.first else {
      return nil
    }
    let offset = a - b
    guard pairs.allSatisfy({ near($0, $1.map { $0 + offset }) }), pairs.reduce(0, { $0 + $1.0.count }) > 1 else {
      return nil
    }
    return Diagnosis(
      .changedValues, "shifted by \(Numeral.short(offset))",
      "Every value is the right one \(offset < 0 ? "minus" : "plus") \(Numeral.short(abs(offset))).", seeIt: seeIt)
  }
}

/// A change of the right values as a whole.
struct ValueChange: Sendable {
  let name: String
  let explanation: String
  let apply: @Sendable (Numbers) -> Numbers?

  static let simple: [ValueChange] = [
    .init(name: "sign", explanation: "Every value has the wrong sign.") { $0.map { -$0 } },
    .init(name: "factor 2", explanation: "Every value is twice the right one.") { $0.map { 2 * $0 } },
    .init(name: "factor ½", explanation: "Every value is half the right one.") { $0.map { $0 / 2 } },
    .init(name: "square root dropped", explanation: "Every value is the square of the right one: take the root.") {
      $0.map { $0 * $0 }
    },
    .init(name: "square dropped", explanation: "Every value is the root of the right one: square it.") {
      $0.map { $0.squareRoot() }
    },
    .init(name: "upside down", explanation: "Every value is 1 over the right one.") { $0.map { 1 / $0 } },
    .init(name: "one minus", explanation: "Every value is 1 minus the right one.") { $0.map { 1 - $0 } },
    .init(name: "transposed", explanation: "Rows and columns are exchanged.") { numbers in
      guard numbers.rank >= 2 else { return nil }
      return numbers.permuted(Array(0..<(numbers.rank - 2)) + [numbers.rank - 1, numbers.rank - 2])
    },
    .init(name: "logarithm", explanation: "Every value is the natural logarithm of the right one.") {
      $0.map { Foundation.log($0) }
    },
  ]
}
