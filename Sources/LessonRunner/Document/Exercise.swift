import Formulas
import Stages
import Tensors

/// A question whose answer the program grades.
public struct Exercise: Sendable, Equatable {
  public enum Answer: Sendable, Equatable {
    /// Right when within `tolerance` of the expected number.
    case number(Expected, tolerance: Double)
    /// Right when it is the expected one of the choices, given by its letter or its text.
    case choice([String], Expected)
    /// A formula, right when it meets the cases of the catalogue's formula of this id.
    case expression(String)
  }

  /// What the answer is compared with.
  public enum Expected: Sendable, Equatable {
    case literal(String)
    /// A fact or parameter of a stage of the lesson.
    case fact(Placeholder)
  }

  public let id: String
  public let ask: String
  public let answer: Answer
  public let hint: String?
  public let why: String?
  public let line: Int

  /// The fact the answer is compared with, if it is one.
  var fact: Placeholder? {
    switch answer {
    case .number(.fact(let placeholder), _), .choice(_, .fact(let placeholder)): placeholder
    default: nil
    }
  }
}

/// What grading says of an answer.
public enum Verdict: Sendable, Equatable {
  case right
  /// One sentence on what is wrong, which does not give the answer away.
  case wrong(String)
  /// The answer cannot be read; the sentence says what is expected.
  case unreadable(String)
}

extension Exercise {
  /// Grades an answer.
  ///
  /// - Parameter lookup: the value of a fact the exercise refers to.
  public func grade(
    _ given: String, lookup: (Placeholder) throws(UserError) -> FactValue
  ) throws(UserError) -> Verdict {
    let given = given.trimmed
    switch answer {
    case .number(let expected, let tolerance):
      guard let number = Self.number(given), number.isFinite else {
        return .unreadable("'\(given)' is no number")
      }
      let wanted = try expectedNumber(expected, lookup)
      if abs(number - wanted) <= tolerance { return .right }
      return .wrong(number < wanted ? "\(given) is too small" : "\(given) is too large")
    case .choice(let choices, let expected):
      let wanted = try expectedText(expected, lookup)
      guard let chosen = Self.choice(given, among: choices) else {
        return .unreadable(
          "'\(given)' is none of the choices; answer with a letter from a to \(Self.letter(choices.count - 1))")
      }
      return chosen == wanted ? .right : .wrong("'\(chosen)' is not it")
    case .expression(let id): return Self.grade(given, asFormula: id)
    }
  }

  /// A number as people type it: 1,000 is a thousand, 0,5 a half.
  private static func number(_ given: String) -> Double? {
    let text = given.replacing("−", with: "-")
    if text.wholeMatch(of: /[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?/) != nil {
      return Double(text.replacing(",", with: ""))
    }
    return Double(text.replacing(",", with: "."))
  }

  /// By the checker of the catalogue, with the mistake's name when it is a known one.
  private static func grade(_ given: String, asFormula id: String) -> Verdict {
    do throws(FormulaError) {
      let verdict = try Checker(Catalogue.formula(id)).check(expression: given)
      guard let sentence = verdict.sentence else { return .right }
      guard let diagnosis = verdict.diagnosis else { return .wrong(sentence) }
      let explanation =
        diagnosis.explanation.hasSuffix(".") ? String(diagnosis.explanation.dropLast()) : diagnosis.explanation
      return .wrong("\(sentence) (\(diagnosis.name)). \(explanation)")
    } catch {
      return .unreadable(error.description)
    }
  }

  /// The names an answer of type `expression` may use, as they are typed and printed; nil for other types.
  public var names: [(typed: String, printed: String)]? {
    guard case .expression(let id) = answer, let formula = try? Catalogue.formula(id) else { return nil }
    return formula.symbols.filter { $0.role != .result && $0.role != .explained }.map { ($0.name, $0.unicode) }
  }

  /// The letter before the choice of an index: a, b, c, …
  public static func letter(_ index: Int) -> String {
    String(UnicodeScalar(UInt8(ascii: "a") + UInt8(clamping: min(index, 25))))
  }

  private static func choice(_ given: String, among choices: [String]) -> String? {
    let lower = given.lowercased()
    if let exact = choices.first(where: { $0.lowercased() == lower }) { return exact }
    return choices.indices.first { letter($0) == lower }.map { choices[$0] }
  }

  func expectedNumber(
    _ expected: Expected, _ lookup: (Placeholder) throws(UserError) -> FactValue
  ) throws(UserError) -> Double {
    switch expected {
    case .literal(let text):
      guard let value = Double(text) else { preconditionFailure("exercise '\(id)' has the answer '\(text)'") }
      return value
    case .fact(let placeholder):
      switch try lookup(placeholder) {
      case .integer(let value): return Double(value)
      case .number(let value): return value
      case .numbers, .text:
        throw UserError("the answer of the exercise '\(id)' is no single number", code: .config)
      }
    }
  }

  func expectedText(
    _ expected: Expected, _ lookup: (Placeholder) throws(UserError) -> FactValue
  ) throws(UserError) -> String {
    switch expected {
    case .literal(let text): return text
    case .fact(let placeholder):
      switch try lookup(placeholder) {
      case .text(let text): return text
      case .integer(let value): return "\(value)"
      case .number(let value): return "\(value)"
      case .numbers: throw UserError("the answer of the exercise '\(id)' is a list", code: .config)
      }
    }
  }
}

extension String {
  /// Without blanks at both ends.
  var trimmed: String {
    let isBlank: (Character) -> Bool = { $0.isWhitespace }
    guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
      return ""
    }
    return String(self[first...last])
  }
}
