import ArgumentParser
import LessonRunner
import Tensors

/// Runs the command and turns every failure into one sentence and an exit code.
@main
enum Main {
  static func main() {
    Interrupts.exitOnSignals()
    do {
      let arguments = homeBehindSubcommand(Array(CommandLine.arguments.dropFirst()))
      try checkSubcommand(arguments.first)
      var command = try Diffuse.parseAsRoot(arguments)
      try command.run()
    } catch {
      finish(with: error)
    }
  }

  /// `diffuse --home DIR lesson 02` as `diffuse lesson 02 --home DIR`: the option belongs to the subcommands.
  private static func homeBehindSubcommand(_ arguments: [String]) -> [String] {
    guard let first = arguments.first else { return arguments }
    let count = first == "--home" ? 2 : first.hasPrefix("--home=") ? 1 : 0
    guard count > 0, arguments.count > count else { return arguments }
    return [arguments[count]] + arguments.prefix(count) + arguments.dropFirst(count + 1)
  }

  private static var subcommandNames: [String] {
    Diffuse.configuration.subcommands.compactMap { $0.configuration.commandName }
  }

  /// The parser would call a mistyped subcommand an unexpected argument.
  private static func checkSubcommand(_ name: String?) throws(UserError) {
    guard let name, !name.hasPrefix("-") else { return }
    let known = subcommandNames + ["help"]
    guard known.contains(name) else { throw .unknown("command", name, among: known) }
  }

  private static func finish(with error: any Error) -> Never {
    if let error = error as? UserError { end(error.sentence, error.code.rawValue) }
    let code = Diffuse.exitCode(for: error)
    if error is ExitCode { Diffuse.exit(withError: error) }
    if code == .success { printHelp(Diffuse.fullMessage(for: error)) }
    var message = Diffuse.message(for: error)
    if message.hasSuffix(".") { message.removeLast() }
    let command = subcommandNames.first { CommandLine.arguments.dropFirst().contains($0) }
    end("\(message) (diffuse \(command.map { $0 + " " } ?? "")--help)", code.rawValue)
  }

  /// Help goes to standard output, which may be full.
  private static func printHelp(_ text: String) -> Never {
    do throws(UserError) {
      if !text.isEmpty { try Console.write(text + "\n") }
    } catch {
      end(error.sentence, error.code.rawValue)
    }
    Diffuse.exit()
  }

  private static func end(_ sentence: String, _ code: Int32) -> Never {
    let isEnded = sentence.hasSuffix(".") || sentence.hasSuffix("?")
    Console.complain("diffuse: \(sentence)\(isEnded ? "" : ".")")
    Diffuse.exit(withError: ExitCode(code))
  }
}
