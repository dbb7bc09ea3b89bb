import Foundation
import Models
import Tensors

/// `loss-by-timestep.csv`, which `diffuse evaluate fashion-ddpm` writes beside the weights.
struct TimestepSweep {
  struct Row: Equatable {
    let timestep: Int
    let loss: Double
    let standardError: Double
    let pictures: Int
    /// The hash of the weights it was measured with.
    let weights: String
  }

  static let fileName = "loss-by-timestep.csv"
  let rows: [Row]

  var pictures: Int { rows.first?.pictures ?? 0 }
  var weights: String { rows.first?.weights ?? "" }

  /// The sweep of a model's folder; nil when the folder has none.
  /// - Throws: a sentence with file and line when a line is torn or out of order.
  static func read(_ folder: ModelFolder) throws(UserError) -> TimestepSweep? {
    let path = "\(folder.path)/\(fileName)"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw UserError("\(path) cannot be read", code: .noInput)
    }
    var rows: [Row] = []
    for (index, line) in text.split(separator: "\n").enumerated().dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == 5, let t = Int(fields[0]), let loss = Double(fields[1]), let error = Double(fields[2]),
        let pictures = Int(fields[3]), loss > 0, error >= 0, t > rows.last?.timestep ?? -1
      else {
        throw UserError(
          "\(path), line \(index + 1): expected timestep (growing), loss, standard_error, pictures and weights, found "
            + "'\(line)'", code: .data)
      }
      rows.append(
        Row(timestep: t, loss: loss, standardError: error, pictures: pictures, weights: String(fields[4])))
    }
    guard rows.count >= 2 else { throw UserError("\(path) has fewer than two lines of numbers", code: .data) }
    return TimestepSweep(rows: rows)
  }

  /// Loss and standard error at t, straight between neighbours; nil outside the sweep.
  func value(at t: Int) -> (loss: Double, standardError: Double)? {
    guard let above = rows.firstIndex(where: { $0.timestep >= t }) else { return nil }
    let high = rows[above]
    if high.timestep == t { return (high.loss, high.standardError) }
    guard above > 0 else { return nil }
    let low = rows[above - 1]
    let share = Double(t - low.timestep) / Double(high.timestep - low.timestep)
    return (
      low.loss + share * (high.loss - low.loss),
      low.standardError + share * (high.standardError - low.standardError)
    )
  }
}
