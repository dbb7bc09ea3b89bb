import Foundation
import Tensors

/// A CSV file that `diffuse evaluate` wrote beside a model: lines of as many cells as the first line has names.
package struct SweepFile {
  package struct Line {
    let path: String
    let number: Int
    let columns: [String]
    let cells: [String]
  }

  package let lines: [Line]

  /// nil when the file is not there.
  /// - Throws: a sentence with the line when the file is damaged.
  package init?(_ path: String, columns: [String]) throws(UserError) {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw UserError("\(path) cannot be read", code: .noInput)
    }
    try self.init(String(decoding: data, as: UTF8.self), path: path, columns: columns)
  }

  /// - Parameters:
  ///   - text: the file's content.
  ///   - path: for messages.
  package init(_ text: String, path: String, columns: [String]) throws(UserError) {
    var lines: [Line] = []
    for (index, line) in text.split(whereSeparator: \.isNewline).enumerated() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      if index == 0 {
        guard cells == columns else {
          throw UserError("\(path), line 1: the columns must be \(columns.joined(separator: ","))", code: .data)
        }
        continue
      }
      guard cells.count == columns.count else {
        throw UserError("\(path), line \(index + 1): '\(line)' has not \(columns.count) values", code: .data)
      }
      lines.append(Line(path: path, number: index + 1, columns: columns, cells: cells))
    }
    guard !lines.isEmpty else { throw UserError("\(path) has no rows", code: .data) }
    self.lines = lines
  }
}

extension SweepFile.Line {
  /// The cell of a column.
  package func text(_ column: String) -> String {
    guard let at = columns.firstIndex(of: column) else { preconditionFailure("no column '\(column)' in \(columns)") }
    return cells[at]
  }

  package func number(
    _ column: String, in range: ClosedRange<Double> = -.greatestFiniteMagnitude ... .greatestFiniteMagnitude
  ) throws(UserError) -> Double {
    guard let value = Double(text(column)), range.contains(value) else {
      throw refusal(column, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  package func integer(_ column: String, from least: Int = 0) throws(UserError) -> Int {
    guard let value = Int(text(column)), value >= least else {
      throw refusal(column, "a whole number from \(least) on")
    }
    return value
  }

  package func seed(_ column: String) throws(UserError) -> UInt64 {
    guard let value = UInt64(text(column)) else { throw refusal(column, "a seed") }
    return value
  }

  private func refusal(_ column: String, _ wanted: String) -> UserError {
    UserError("\(path), line \(number): \(column) must be \(wanted), not '\(text(column))'", code: .data)
  }
}
