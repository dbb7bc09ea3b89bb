import ArgumentParser
import Foundation
import LessonRunner
import Tensors

/// `diffuse lessons`: what there is to learn.
struct LessonsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lessons", abstract: "Lists the lessons.",
    discussion: """
      Example:

        diffuse lessons
        diffuse lessons --json
      """)

  @OptionGroup var home: HomeOptions

  @Flag(help: "Print JSON: number, slug, title, minutes, needs, formulas and each stage with its parameters.")
  var json = false

  func run() throws {
    let library = try LessonLibrary(home: home.find())
    var documents: [LessonDocument] = []
    for entry in library.entries { documents.append(try library.load(entry)) }
    try Console.write(json ? LessonListing.json(documents) : LessonListing.text(documents))
  }
}
