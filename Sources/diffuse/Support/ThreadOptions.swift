import ArgumentParser
import Tensors

/// `--threads`, for commands that compute long.
struct ThreadOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Threads to compute with; all cores by default. Results do not depend on it.", valueName: "n"))
  var threads: Int?

  /// Sets the number for the process.
  func apply() throws(UserError) {
    guard let threads else { return }
    guard (1...1024).contains(threads) else { throw UserError("--threads is \(threads); it must be 1 to 1024") }
    Parallel.threadCount = threads
  }
}
