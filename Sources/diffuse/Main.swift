import ArgumentParser
import LessonRunner
import Tensors

/// Runs the command and turns every failure into one sentence and an exit code.
@main
enum Main {
  static func main() {
    Interrupts.exitOnInterrupt()
    do {
      var command = try Diffuse.parseAsRoot(homeBehindSubcommand(Array(CommandLine.arguments.dropFirst())))
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

  private static func finish(with error: any Error) -> Never {
    if let error = error as? UserError { end(error.sentence, error.code.rawValue) }
    let code = Diffuse.exitCode(for: error)
    let message = Diffuse.fullMessage(for: error)
    if code == .success {
      do throws(UserError) {
        try Console.write(message.isEmpty ? "" : message + "\n")
      } catch {
        end(error.sentence, error.code.rawValue)
      }
      Diffuse.exit()
    }
    if error is ExitCode { Diffuse.exit(withError: error) }
    end(Diffuse.message(for: error), code.rawValue)
  }

  private static func end(_ sentence: String, _ code: Int32) -> Never {
    let isEnded = sentence.hasSuffix(".") || sentence.hasSuffix("?")
    Console.complain("diffuse: \(sentence)\(isEnded ? "" : ".")")
    Diffuse.exit(withError: ExitCode(code))
  }
}
