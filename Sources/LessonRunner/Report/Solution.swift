import Stages
import Tensors

/// The right answer of an exercise, for those who ask to see it.
public enum Solution: Sendable, Equatable {
  /// Right within the tolerance.
  case number(Double, tolerance: Double)
  case choice(String)
  /// The formula of this id.
  case formula(String)

  /// The answer in words; nil for a formula, which is to be set.
  public var text: String? {
    switch self {
    case .number(let value, _): FactValue.number(value).string()
    case .choice(let text): text
    case .formula: nil
    }
  }
}

extension LessonRun {
  /// The right answer, from what the stages found where it is theirs.
  public func solution(of exercise: Exercise) throws(UserError) -> Solution {
    let lookup = { (placeholder: Placeholder) throws(UserError) -> FactValue in try self.values(of: placeholder)[0] }
    return switch exercise.answer {
    case .number(let expected, let tolerance):
      .number(try exercise.expectedNumber(expected, lookup), tolerance: tolerance)
    case .choice(_, let expected): .choice(try exercise.expectedText(expected, lookup))
    case .expression(let id): .formula(id)
    }
  }
}
