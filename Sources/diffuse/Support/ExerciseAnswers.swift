import Foundation
import LessonRunner
import Tensors

/// A file of answers to a lesson's exercises: `{"half-signal": 500}`, or lines `half-signal,500`; a semicolon or a tab parts
/// as well as the comma.
struct ExerciseAnswers {
  private let answers: [(exercise: Exercise, given: String)]

  /// Throws when the file cannot be read, names an exercise that the lesson has not, or answers none.
  init(_ data: Data, file: String, exercises: [Exercise]) throws(UserError) {
    let table =
      data.first { !" \n\r\t".utf8.contains($0) } == UInt8(ascii: "{")
      ? try Self.json(data, file) : try Self.csv(data, file)
    let known = exercises.map(\.id)
    for id in table.keys.sorted() where !known.contains(id) {
      throw UserError.unknown("exercise in \(file)", id, among: known)
    }
    answers = exercises.compactMap { exercise in table[exercise.id].map { (exercise, $0) } }
    guard !answers.isEmpty else {
      throw UserError("\(file) answers none of the exercises \(known.joined(separator: ", "))", code: .data)
    }
  }

  private static func json(_ data: Data, _ file: String) throws(UserError) -> [String: String] {
    guard let content = try? JSONSerialization.jsonObject(with: data), let fields = content as? [String: Any] else {
      throw UserError("\(file) is no JSON object with an answer for each exercise", code: .data)
    }
    return fields.mapValues { "\($0)" }
  }

  private static func csv(_ data: Data, _ file: String) throws(UserError) -> [String: String] {
    guard let text = String(data: data, encoding: .utf8) else {
      throw UserError("\(file) is no UTF-8 text", code: .data)
    }
    var table: [String: String] = [:]
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let trimmed = line.trimmingCharacters(in: .whitespaces.union(CharacterSet(charactersIn: "\u{FEFF}")))
      if trimmed.isEmpty || (number == 0 && trimmed.lowercased().hasPrefix("exercise")) { continue }
      guard let comma = trimmed.firstIndex(where: { ",;\t".contains($0) }) else {
        throw UserError(
          "line \(number + 1) of \(file) is '\(trimmed)'; an exercise, a comma and the answer are wanted", code: .data)
      }
      let answer = trimmed[trimmed.index(after: comma)...].trimmingCharacters(in: CharacterSet(charactersIn: "\" "))
      table[String(trimmed[..<comma]).trimmingCharacters(in: CharacterSet(charactersIn: "\" "))] = answer
    }
    return table
  }

  /// Grades the answers against what the lesson's stages find.
  func grade(_ run: LessonRun) throws(UserError) -> ExerciseGrades {
    var rows: [ExerciseGrades.Row] = []
    for (exercise, given) in answers {
      switch try run.grade(given, to: exercise) {
      case .right: rows.append(.init(exercise: exercise.id, given: given, right: true, remark: exercise.why))
      case .wrong(let sentence), .unreadable(let sentence):
        rows.append(.init(exercise: exercise.id, given: given, right: false, remark: sentence))
      }
    }
    return ExerciseGrades(rows: rows, count: run.document.exercises.count)
  }
}

/// The graded answers.
struct ExerciseGrades {
  struct Row: Encodable {
    let exercise, given: String
    let right: Bool
    let remark: String?
  }

  let rows: [Row]
  /// How many exercises the lesson has.
  let count: Int

  var passed: Bool { rows.allSatisfy(\.right) }

  var text: String {
    let renderer = TerminalRenderer()
    let lines = rows.map { row in
      renderer.lines("\(row.right ? "✓" : "✗") \(row.exercise): \(row.given)\(row.remark.map { ". \($0)" } ?? "")")
    }
    let right = rows.count(where: \.right)
    return lines.joined() + "\(right) of \(rows.count) answers right; the lesson has \(count) exercises.\n"
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(rows), as: UTF8.self) + "\n"
  }
}
