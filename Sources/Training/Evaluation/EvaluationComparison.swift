import Foundation
import Models
import Tensors

/// Evaluations of several models side by side: what a choice in training changed.
public struct EvaluationComparison {
  /// One model's folder with the lines of its `evaluation.csv`.
  private struct Entry {
    let name: String
    let weights: String
    let values: [(metric: String, value: Double)]
  }

  private let entries: [Entry]

  /// Reads the `evaluation.csv` of each folder.
  /// - Throws: one sentence when there is none, it is torn, or it has other metrics than the first.
  public init(folders: [String]) throws(UserError) {
    var entries: [Entry] = []
    for folder in folders {
      let path = folder + "/evaluation.csv"
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw UserError("\(path) cannot be read; 'diffuse evaluate \(folder)' writes it", code: .noInput)
      }
      let rows = text.split(separator: "\n").dropFirst().map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      let values = rows.compactMap { row in
        row.count == 8 ? Double(row[1]).map { (metric: String(row[0]), value: $0) } : nil
      }
      guard let weights = rows.first?.last, values.count == rows.count else {
        throw UserError("\(path) is not a table of metrics with eight columns", code: .data)
      }
      if let first = entries.first, first.values.map(\.metric) != values.map(\.metric) {
        throw UserError("\(path) has other metrics than that of \(first.name)", code: .data)
      }
      let name = folder.split(separator: "/").last.map(String.init) ?? folder
      entries.append(Entry(name: name, weights: String(weights), values: values))
    }
    self.entries = entries
  }

  /// A Markdown table: a line a metric, a column a model.
  var table: String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    let metrics = entries.first?.values.map(\.metric) ?? []
    return line(["metric"] + entries.map { "`\($0.name)`" }) + line(["---"] + entries.map { _ in "---" })
      + metrics.indices.map { i in
        line([metrics[i]] + entries.map { String(format: "%.3f", $0.values[i].value) })
      }.joined()
  }

  /// `comparison.csv` and the section "Comparison" of the card beside a model.
  public func write(toModelFolder path: String) throws(UserError) {
    let lines = entries.flatMap { entry in
      entry.values.map { "\(entry.name),\($0.metric),\(String(format: "%.6f", $0.value)),\(entry.weights)\n" }
    }
    try FileOutput.write("model,metric,value,weights\n" + lines.joined(), to: path + "/comparison.csv")
    let text =
      "Runs of equal length, one choice apart, each by `diffuse train NAME` and `diffuse evaluate`; numbers as above.\n\n"
      + table.trimmingCharacters(in: .newlines)
    try ModelCard.setSection("Comparison", text, inModelFolder: path)
  }
}
