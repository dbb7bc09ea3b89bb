extension Formula {
  /// Inputs and what must come out.
  public struct Case: Sendable {
    /// Where the expected numbers are from; the three kinds know nothing of each other.
    public enum Origin: Sendable, Hashable {
      /// Worked out by hand, and how.
      case hand(String)
      /// Computed by somebody else's program: name, version, precision.
      case independent(String)
      /// Measured on random draws; the tolerance is a bound on the error, and this says which.
      case monteCarlo(String)

      /// “by hand”, “torch 2.15.0, float64”, “Monte Carlo”.
      public var title: String {
        switch self {
        case .hand: "by hand"
        case .independent(let program): program
        case .monteCarlo: "Monte Carlo"
        }
      }

      /// What is said about it.
      public var detail: String {
        switch self {
        case .hand(let text), .independent(let text), .monteCarlo(let text): text
        }
      }
    }

    /// How far the engine, in single precision, may be off: ‖a − b‖/‖b‖.
    public struct EngineBound: Sendable, Hashable {
      public let bound: Double
      /// Why it is wider than 1e-5.
      public let reason: String

      public init(_ bound: Double, _ reason: String) {
        self.bound = bound
        self.reason = reason
      }
    }

    public let name: String
    public let origin: Origin
    /// Arrays by the names of the formula's symbols.
    public let inputs: [String: Numbers]
    public let expected: Numbers
    public let tolerance: Tolerance
    public let engine: EngineBound?

    public init(
      _ name: String, _ origin: Origin, _ inputs: [String: Numbers], _ expected: Numbers,
      tolerance: Tolerance = .relative(1e-10), engine: EngineBound? = nil
    ) {
      self.name = name
      self.origin = origin
      self.inputs = inputs
      self.expected = expected
      self.tolerance = tolerance
      self.engine = engine
    }

    /// A case worked out by hand, in the notation of `--expression`: `.hand("why", "t = 1; x = [1, 2]", "[2, 4]")`.
    static func hand(
      _ why: String, _ inputs: String, _ expected: String, tolerance: Tolerance = .relative(1e-10),
      engine: EngineBound? = nil
    ) -> Case {
      of(why, .hand(why), inputs, expected, tolerance: tolerance, engine: engine)
    }

    /// A case in the notation of `--expression`; a mistake in it stops the program.
    static func of(
      _ name: String, _ origin: Origin, _ inputs: String, _ expected: String,
      tolerance: Tolerance = .relative(1e-10), engine: EngineBound? = nil
    ) -> Case {
      do {
        let program = try Program(parsing: inputs + "; " + expected)
        var values: [String: Numbers] = [:]
        for definition in program.definitions {
          guard let left = definition.leftHandSide else { continue }
          values[left.description] = try Evaluator.value(
            Program(result: definition.rightHandSide), in: Sequences.scope
          ).value
        }
        let value = try Evaluator.value(Program(result: program.result), in: Scope()).value
        return Case(name, origin, values, value, tolerance: tolerance, engine: engine)
      } catch {
        preconditionFailure("case “\(name)”: \(error)")
      }
    }
  }
}

/// How far two arrays may be apart.
public enum Tolerance: Sendable, Hashable {
  /// max|a − b| ≤ value · max|b|; value itself where b is 0 throughout.
  case relative(Double)
  /// max|a − b| ≤ value.
  case absolute(Double)

  /// The largest difference allowed beside the expected values.
  public func bound(_ expected: Numbers) -> Double {
    switch self {
    case .absolute(let bound): return bound
    case .relative(let part):
      let largest = expected.elements.reduce(0) { max($0, abs($1)) }
      return part * (largest > 0 ? largest : 1)
    }
  }

  /// This tolerance, or a relative one if that is wider.
  func atLeast(_ part: Double) -> Tolerance {
    switch self {
    case .absolute: self
    case .relative(let own): .relative(max(own, part))
    }
  }
}

extension Formula {
  /// What is evaluated as the reference: the computed form, or the right side of the printed one.
  public var reference: Program { computed ?? Program(result: statement.rightHandSide) }

  /// The names that may be called in an expression for this formula.
  var functions: Set<String> {
    var names: Set<String> = []
    for case .relation(_, .call(let name, _, _), _) in definitions { names.insert(name) }
    return names
  }

  /// What the names mean in a case: inputs, sequences, abbreviations.
  public func scope(_ inputs: [String: Numbers]) throws(FormulaError) -> Scope {
    var scope = try Scope(inputs: inputs)
    for symbol in symbols {
      if case .schedule(let at, let before) = symbol.role {
        scope.sequences[symbol.name] = Scope.Sequence(at: at, before: before)
      }
    }
    for definition in definitions { try scope.define(definition) }
    try scope.defineUsual()
    return scope
  }

  /// The formula's value in double precision.
  public func value(_ inputs: [String: Numbers]) throws(FormulaError) -> Numbers {
    try Evaluator.value(reference, in: try scope(inputs)).value
  }
}
