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
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    var variables = ProcessInfo.processInfo.environment
    variables["DIFFUSE_HOME"] = nil
    process.environment = variables.merging(environment) { $1 }
    let (output, error, stdin) = (try TemporaryFile(), try TemporaryFile(), try TemporaryFile(content: input))
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: stdin.path))
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: redirect ?? output.path))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: error.path))
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit, "\(arguments) ended by a signal")
    return Outcome(code: process.terminationStatus, output: try output.text(), error: try error.text())
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
