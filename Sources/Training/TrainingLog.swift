import Foundation
import Tensors

/// The CSV a run writes as it goes, from which the loss-curve figures are drawn.
public struct TrainingLog {
  /// One line: means over the steps since the line before.
  public struct Entry: Sendable, Equatable {
    public let step: Int
    public let images: Int
    public let seconds: Double
    public let loss: Double
    public let learningRate: Double
    public let gradientNorm: Double
  }

  public static let header = "step,images,seconds,loss,learning_rate,gradient_norm"
  public let path: String

  /// Starts a log with the lines of what went before.
  init(path: String, continuing kept: [Entry] = []) throws(UserError) {
    self.path = path
    try FileOutput.write(([Self.header] + kept.map(Self.line)).joined(separator: "\n") + "\n", to: path)
  }

  private static func line(_ entry: Entry) -> String {
    "\(entry.step),\(entry.images),\(String(format: "%.1f,%.6f,%.4g,%.4f", entry.seconds, entry.loss, entry.learningRate, entry.gradientNorm))"
  }

  mutating func append(
    step: Int, images: Int, seconds: Double, loss: Double, learningRate: Float, gradientNorm: Double
  ) throws(UserError) {
    let entry = Entry(
      step: step, images: images, seconds: seconds, loss: loss, learningRate: Double(learningRate),
      gradientNorm: gradientNorm)
    guard let handle = FileHandle(forWritingAtPath: path) else {
      throw UserError("\(path) cannot be written", code: .io)
    }
    defer { try? handle.close() }
    do {
      try handle.seekToEnd()
      try handle.write(contentsOf: Data((Self.line(entry) + "\n").utf8))
    } catch {
      throw UserError("\(path) cannot be written: \(error.localizedDescription)", code: .io)
    }
  }

  /// The mean loss over the last `steps` steps.
  func meanLoss(lastSteps steps: Int) throws(UserError) -> Double {
    let entries = try Self.read(path)
    let last = entries.last?.step ?? 0
    let recent = entries.filter { $0.step > last - steps }
    return recent.reduce(0) { $0 + $1.loss } / Double(max(recent.count, 1))
  }

  /// All entries of a log.
  /// - Throws: a sentence naming file and line when it is torn.
  public static func read(_ path: String) throws(UserError) -> [Entry] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw UserError("\(path) is missing or cannot be read", code: .noInput)
    }
    var entries: [Entry] = []
    for (number, line) in text.split(separator: "\n").enumerated().dropFirst() {
      let fields = line.split(separator: ",").map { Double($0) }
      guard fields.count == 6, let step = fields[0], let images = fields[1], let seconds = fields[2],
        let loss = fields[3], let rate = fields[4], let norm = fields[5]
      else { throw UserError("\(path), line \(number + 1): six numbers expected, found '\(line)'", code: .data) }
      entries.append(
        Entry(
          step: Int(step), images: Int(images), seconds: seconds, loss: loss, learningRate: rate, gradientNorm: norm))
    }
    return entries
  }

  /// The log of a run, long enough to draw a curve of it: at least two entries, with steps and seconds that count.
  /// - Throws: a sentence naming the file when it is shorter or torn.
  public static func curve(_ path: String) throws(UserError) -> [Entry] {
    let entries = try read(path)
    guard entries.count >= 2, let last = entries.last, last.step > 0, entries.allSatisfy({ $0.seconds > 0 }) else {
      throw UserError("\(path) has fewer than two lines of numbers", code: .data)
    }
    return entries
  }
}

extension [TrainingLog.Entry] {
  /// The mean loss over a part of the steps, given as shares of all: after `start`, up to `end`; NaN when no line lies there.
  public func meanLoss(from start: Double, through end: Double) -> Double {
    let steps = Double(self.last?.step ?? 0)
    let part = filter { Double($0.step) > start * steps && Double($0.step) <= end * steps }
    return part.isEmpty ? .nan : part.reduce(0) { $0 + $1.loss } / Double(part.count)
  }

  /// The mean loss over the last twentieth of the steps: what a training came to, without the chance of its last line.
  public var finalLoss: Double { meanLoss(from: 0.95, through: 1) }
}
