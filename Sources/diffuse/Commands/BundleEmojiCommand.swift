import ArgumentParser
import LessonRunner
import Stages
import Tensors

/// `diffuse bundle-emoji`: writes the pictures that the package carries; for who works on the package.
struct BundleEmojiCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle-emoji", abstract: "Writes the bundled scenes of emoji and their captions.",
    discussion: """
      Example:

        diffuse bundle-emoji --out Sources/Stages/Resources/emoji
      """, shouldDisplay: false)

  @Option(help: ArgumentHelp("The folder they are written into.", valueName: "dir"))
  var out: String

  func run() throws {
    for sample in try EmojiSample.write(to: out) { try Console.write("\(out)/\(sample.file)  \(sample.caption)\n") }
  }
}
