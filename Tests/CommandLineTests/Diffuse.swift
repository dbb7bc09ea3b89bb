import Foundation
import Testing

/// The built program, run as a user runs it.
enum Diffuse {
  struct Outcome {
    let code: Int32
    let output: String
    let error: String
  }

  /// The folder in which the tests were built; the program lies there too.
  static var buildFolder: String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let arguments = CommandLine.arguments.map { ($0 as NSString).deletingLastPathComponent }
    let candidates = [(own as NSString).deletingLastPathComponent] + arguments + [checkout + "/.build/release"]
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0 + "/diffuse") } ?? ""
  }

  static var program: String { buildFolder + "/diffuse" }

  /// The root of the checkout.
  static var checkout: String { #filePath.components(separatedBy: "/Tests/CommandLineTests/")[0] }

  /// A bundled picture.
  static var garment: String { checkout + "/Sources/Stages/Resources/garments/sneaker.png" }

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - folder: the working directory.
  ///   - input: what stands on standard input.
  ///   - redirect: a file that takes standard output, such as /dev/full.
  static func run(
    _ arguments: [String], in folder: String = checkout, input: String = "", redirect: String? = nil,
    program: String = program, environment: [String: String] = [:]
  ) throws -> Outcome {
    let process = prepared(arguments, in: folder, program: program, environment: environment)
    let (output, error, stdin) = (try TemporaryFile(), try TemporaryFile(), try TemporaryFile(content: input))
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: stdin.path))
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: redirect ?? output.path))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: error.path))
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit, "\(arguments) ended by a signal")
    return Outcome(code: process.terminationStatus, output: try output.text(), error: try error.text())
  }

  /// Runs the program and sends it `signals` as soon as `isTime`, which is asked every millisecond.
  static func run(
    _ arguments: [String], sending signals: [Int32], when isTime: () -> Bool
  ) throws -> Outcome {
    let process = prepared(arguments)
    let (output, error) = (try TemporaryFile(), try TemporaryFile())
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output.path))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: error.path))
    try process.run()
    while process.isRunning, !isTime() { usleep(1000) }
    for signal in signals where process.isRunning { kill(process.processIdentifier, signal) }
    process.waitUntilExit()
    #expect(process.terminationReason == .exit, "\(arguments) ended by a signal")
    return Outcome(code: process.terminationStatus, output: try output.text(), error: try error.text())
  }

  private static func prepared(
    _ arguments: [String], in folder: String = checkout, program: String = program, environment: [String: String] = [:]
  ) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    var variables = ProcessInfo.processInfo.environment
    variables["DIFFUSE_HOME"] = nil
    process.environment = variables.merging(environment) { $1 }
    return process
  }
}

extension Diffuse.Outcome {
  /// Expects one sentence on standard error that says `words`, nothing on standard output, and the exit code.
  func expectSentence(_ words: [String], code: Int32, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(self.code == code, "\(error)", sourceLocation: sourceLocation)
    #expect(output.isEmpty, "\(output)", sourceLocation: sourceLocation)
    #expect(error.hasPrefix("diffuse: "), "\(error)", sourceLocation: sourceLocation)
    #expect(error.split(separator: "\n").count == 1, "\(error)", sourceLocation: sourceLocation)
    for word in words { #expect(error.contains(word), "\(error)", sourceLocation: sourceLocation) }
  }
}

/// A file that goes away with its owner.
final class TemporaryFile {
  let path: String

  init(content: String = "") throws {
    path = NSTemporaryDirectory() + "diffuse-test-\(UUID().uuidString)"
    try content.write(toFile: path, atomically: false, encoding: .utf8)
  }

  func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A folder that goes away with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "diffuse-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
