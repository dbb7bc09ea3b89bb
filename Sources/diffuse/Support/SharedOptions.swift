import ArgumentParser
import LessonRunner
import Models
import Tensors

/// `--home`, which every subcommand that reads lessons or weights takes.
struct HomeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder that holds lessons and weights.", valueName: "dir"))
  var home: String?

  /// The home, or a sentence on where it was looked for.
  func find() throws(UserError) -> Home { try Home.find(option: home) }
}

/// `--seed`.
struct SeedOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "Where all random numbers come from, 0 to 18446744073709551615, as in PyTorch.",
    transform: SeedOptions.read)
  var seed: UInt64 = 0

  static func read(_ text: String) throws -> UInt64 {
    guard let seed = UInt64(text) else {
      throw UserError("the seed '\(text)' is no whole number from 0 to 18446744073709551615")
    }
    return seed
  }
}
