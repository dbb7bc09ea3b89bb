import ArgumentParser
import Drawing
import Foundation
import LessonRunner
import Models
import Tensors
import Training

/// `diffuse bench`: how fast this machine runs the engine.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Times training and inference on this machine.",
    discussion: """
      Example:

        diffuse bench
        diffuse bench --json --repetitions 20
        diffuse bench --workload sample-grid --out grid.png

      Prints the median of the repetitions, the memory held at the peak, and the processor whose kernels OpenBLAS chose. \
      Tests/Peer/bench.py runs the same work in PyTorch, in turn with this command's.
      """)

  @Option(help: "Model folder or name.")
  var model = "fashion-ddpm"

  @Option(help: "One workload: \(Workload.names.joined(separator: ", ")), sample-grid; all but the last by default.")
  var workload: String?

  @Option(help: "Timed calls of each workload.")
  var repetitions = 5

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: ArgumentHelp("Answer lines 'run N' with the seconds of N calls.", visibility: .hidden))
  var serve = false

  @Option(help: ArgumentHelp("Where sample-grid writes its picture.", valueName: "file"))
  var out = "grid.png"

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var home: HomeOptions

  func run() throws {
    try threads.apply()
    guard (1...10_000).contains(repetitions) else {
      throw UserError("--repetitions is \(repetitions); it must be 1 to 10000")
    }
    let folder = ModelFolder(try home.find().model(model))
    if workload == "sample-grid" { return try ImageFile.writePNG(try Workload.sampleGrid(folder: folder), to: out) }
    if serve { return try answer(try Workload.make(workload ?? "", folder: folder)) }
    let results = try (workload.map { [$0] } ?? Workload.names).map { try measure($0, folder) }
    try Console.write(json ? Self.json(results) : Self.table(results))
  }

  private struct Result {
    let name: String
    let seconds: [Double]
    let peakBytes: Int
    var median: Double { seconds.sorted()[seconds.count / 2] }
  }

  private func measure(_ name: String, _ folder: ModelFolder) throws -> Result {
    let workload = try Workload.make(name, folder: folder)
    try workload.run()
    let seconds = try (0..<repetitions).map { _ in try Self.time(1, workload) }
    return Result(name: name, seconds: seconds, peakBytes: TensorMemory.statistics.peak)
  }

  private static func time(_ calls: Int, _ workload: Workload) throws -> Double {
    let start = ContinuousClock.now
    for _ in 0..<calls { try workload.run() }
    let spent = (ContinuousClock.now - start).components
    return Double(spent.seconds) + Double(spent.attoseconds) * 1e-18
  }

  private func answer(_ workload: Workload) throws {
    let ready: [String: Any] = [
      "ready": workload.name, "threads": Parallel.threadCount, "core": Parallel.blasCoreName,
    ]
    try Console.write(try Self.line(ready))
    while let line = readLine() {
      let words = line.split(separator: " ")
      guard words.count == 2, words[0] == "run", let calls = Int(words[1]), (1...1_000_000).contains(calls) else {
        throw UserError("'\(line)' is no request; write 'run N'", code: .data)
      }
      try Console.write(try Self.line(["seconds": try Self.time(calls, workload)]))
    }
  }

  private static func line(_ object: [String: Any]) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys), as: UTF8.self) + "\n"
  }

  private static func json(_ results: [Result]) throws -> String {
    try line([
      "threads": Parallel.threadCount, "core": Parallel.blasCoreName,
      "workloads": results.map {
        ["name": $0.name, "median_seconds": $0.median, "seconds": $0.seconds, "peak_tensor_bytes": $0.peakBytes]
      },
    ])
  }

  private static func table(_ results: [Result]) -> String {
    let header = "\(Parallel.threadCount) threads, OpenBLAS kernels \(Parallel.blasCoreName)\n\n"
    let rows = results.map { result in
      let name = result.name.padding(toLength: 16, withPad: " ", startingAt: 0)
      return name + String(format: "%10.2f ms %10.0f MB", result.median * 1e3, Double(result.peakBytes) / 1e6)
    }
    return header + "workload".padding(toLength: 16, withPad: " ", startingAt: 0) + "       median  tensors peak\n"
      + rows.joined(separator: "\n") + "\n"
  }
}
