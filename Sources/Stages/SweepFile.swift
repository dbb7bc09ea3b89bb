import Foundation
import Pipelines
import Tensors

/// What `diffuse evaluate` measured of a model at many settings, read from the CSV file it left beside the weights.
package protocol ModelSweep {
  static var fileName: String { get }
  static var columns: [String] { get }
  /// The hash of the weights it was measured with.
  var weights: String { get }

  /// - Throws: a sentence with the line where a value is none, or outside its range.
  init(_ file: SweepFile) throws(UserError)
}

extension ModelSweep {
  /// nil when the folder has no such file.
  /// - Throws: a sentence with the line when the file is damaged.
  package init?(folder: String) throws(UserError) {
    guard let file = try SweepFile("\(folder)/\(Self.fileName)", columns: Self.columns) else { return nil }
    try self.init(file)
  }

  package init?(_ folder: PipelineFolder) throws(UserError) { try self.init(folder: folder.path) }

  /// - Parameters:
  ///   - text: the file's content.
  ///   - path: for messages.
  package init(_ text: String, path: String) throws(UserError) {
    try self.init(try SweepFile(text, path: path, columns: Self.columns))
  }

  /// A sentence on how the file was made, and another when the weights are others by now.
  func dated(_ made: String, currentWeights: String) -> String {
    weights == currentWeights ? made : made + " The weights have changed since, to \(currentWeights)."
  }
}

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

  func refusal(_ column: String, _ wanted: String) -> UserError {
    UserError("\(path), line \(number): \(column) must be \(wanted), not '\(text(column))'", code: .data)
  }
}
