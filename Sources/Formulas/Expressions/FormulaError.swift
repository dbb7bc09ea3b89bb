/// Something wrong with a formula, an answer or a case file, told in one sentence.
///
/// The command line prints `description`; `column` is there for callers that want to draw a caret under the place.
public struct FormulaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, with the value and what is allowed; without the column.
  public let sentence: String
  /// The character where the mistake is, counted from 1, in a typed expression.
  public let column: Int?

  public init(_ sentence: String, column: Int? = nil) {
    self.sentence = sentence
    self.column = column
  }

  public var description: String { column.map { "column \($0): \(sentence)" } ?? sentence }
}
