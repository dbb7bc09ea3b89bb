import ArgumentParser
import LessonRunner
import Tensors

/// `diffuse figures`: the teaching figures alone.
struct FiguresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figures", abstract: "Draws the lessons' figures.",
    discussion: """
      Example:

        diffuse figures --list
      """)

  @Flag(help: "List the figures there are.")
  var list = false

  @OptionGroup var home: HomeOptions

  func run() throws {
    throw UserError("figures are not drawn yet", code: .unavailable)
  }
}
