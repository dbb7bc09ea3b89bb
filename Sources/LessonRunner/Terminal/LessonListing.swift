import Foundation
import Stages

/// The list of lessons, for people and for programs.
public enum LessonListing {
  /// A table: number, name, title, minutes.
  public static func text(
    _ documents: [LessonDocument], width: Int = Console.width, colors: Bool = Console.colors
  ) -> String {
    let rows = documents.map { document -> [TableLayout.Cell] in
      [
        [StyledText(document.number, .bold)], [StyledText(document.slug, .code)], [StyledText(document.header.title)],
        [StyledText(document.header.minutes.map { "\($0) min" } ?? "", .dim)],
      ]
    }
    let lines = TableLayout(width: width, colors: colors).lines(
      header: [], rows: rows, alignments: [.left, .left, .left, .right])
    return lines.map { $0 + "\n" }.joined()
  }

  /// An array with an object for each lesson.
  public static func json(_ documents: [LessonDocument]) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(documents.map(Lesson.init)) else {
      preconditionFailure("lessons cannot be written as JSON")
    }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  private struct Lesson: Encodable {
    let number, slug, title: String
    let minutes: Int?
    let needs, formulas: [String]
    let stages: [StageEntry]

    init(_ document: LessonDocument) {
      number = document.number
      slug = document.slug
      title = document.header.title
      minutes = document.header.minutes
      needs = document.header.needs
      formulas = document.header.formulas
      stages = document.stages.map(StageEntry.init)
    }
  }

  private struct StageEntry: Encodable {
    let name, alias, summary: String
    let figures, facts, models: [String]
    let parameters: [Parameter]

    init(_ block: StageBlock) {
      name = block.stage.name
      alias = block.alias
      summary = block.stage.summary
      figures = block.figures
      facts = block.stage.facts.map(\.name)
      models = block.stage.models
      parameters = block.stage.parameters.map { Parameter($0, values: block.values[$0.name] ?? $0.defaults) }
    }
  }

  private struct Parameter: Encodable {
    let name, allowed, help: String
    let values: [String]
    let takesList: Bool

    init(_ parameter: StageParameter, values: [ParameterValue]) {
      name = parameter.name
      allowed = parameter.allowed
      help = parameter.help
      self.values = values.map(\.description)
      takesList = parameter.isList
    }
  }
}
