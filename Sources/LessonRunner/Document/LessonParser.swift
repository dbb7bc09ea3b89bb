import Stages
import Tensors

/// Reads lesson files.
public struct LessonParser: Sendable {
  /// The stages a lesson may run.
  public let stages: [any Stage]
  /// The ids of formulas a lesson may show.
  public let formulas: any FormulaSource

  public init(stages: [any Stage] = StageCatalogue.all, formulas: any FormulaSource = CatalogueFormulas()) {
    self.stages = stages
    self.formulas = formulas
  }

  /// Reads and checks a lesson.
  ///
  /// - Parameters:
  ///   - source: the file's text.
  ///   - file: the path shown in messages.
  ///   - name: the file's name without `.md`, a number and a slug: "02-forward-noising".
  /// - Throws: one sentence with file and line for broken YAML, an unknown stage, parameter, figure, table, formula or
  ///   placeholder, a value out of range, a bad format.
  public func parse(_ source: String, file: String, name: String) throws(UserError) -> LessonDocument {
    let (number, slug) = try split(name: name, file: file)
    let text = source.replacing("\r\n", with: "\n")
    let (front, body) = try split(text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text, file: file)
    let header = try readHeader(front, file: file)
    var reader = MarkdownReader(file: file, fences: FencedBlocks(file: file, stages: stages, formulas: formulas))
    let blocks = try reader.read(body)
    let document = LessonDocument(
      file: file, number: number, slug: slug, header: header, blocks: blocks, placeholders: reader.placeholders)
    try LessonCheck(document: document).run()
    return document
  }

  private func split(name: String, file: String) throws(UserError) -> (number: String, slug: String) {
    let parts = name.split(separator: "-", maxSplits: 1).map(String.init)
    guard parts.count == 2, parts[0].count == 2, Int(parts[0]) != nil else {
      throw UserError("\(file): a lesson's file is named as 02-forward-noising.md is", code: .config)
    }
    return (parts[0], parts[1])
  }

  /// The front matter, and the whole text with the front matter blanked so that line numbers stay.
  private func split(_ text: String, file: String) throws(UserError) -> (front: String, body: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first == "---" else {
      throw UserError("\(file), line 1: a lesson begins with a line --- and its title", code: .config)
    }
    guard let end = lines.dropFirst().firstIndex(of: "---") else {
      throw UserError("\(file), line 1: the front matter has no closing line ---", code: .config)
    }
    let blank = String(repeating: "\n", count: end + 1)
    return (lines[1..<end].joined(separator: "\n"), blank + lines[(end + 1)...].joined(separator: "\n"))
  }

  private func readHeader(_ front: String, file: String) throws(UserError) -> LessonDocument.Header {
    let yaml = try YamlEntries(front, file: file, lineOffset: 1)
    try yaml.allow(only: ["title", "minutes", "needs", "formulas"], in: "the front matter")
    let title = try yaml.requiredText("title", of: "the front matter", line: 1)
    var minutes: Int?
    if let entry = yaml["minutes"], let text = try yaml.text("minutes") {
      guard let value = Int(text), 1...600 ~= value else {
        throw UserError("\(yaml.place(entry)): minutes must be from 1 to 600, not '\(text)'", code: .config)
      }
      minutes = value
    }
    let ids = try yaml.texts("formulas") ?? []
    if let entry = yaml["formulas"] {
      for id in ids where formulas.formula(id) == nil {
        throw .unknown("formula", id, among: formulas.ids, at: yaml.place(entry), code: .config)
      }
    }
    return LessonDocument.Header(title: title, minutes: minutes, needs: try yaml.texts("needs") ?? [], formulas: ids)
  }
}

/// Checks what only the whole lesson shows: aliases used once, placeholders that name a fact.
struct LessonCheck {
  let document: LessonDocument

  func run() throws(UserError) {
    var aliases: Set<String> = []
    for block in document.stages where !aliases.insert(block.alias).inserted {
      throw error(block.line, "two stages are called '\(block.alias)'; give one another name with as:")
    }
    var ids: Set<String> = []
    for exercise in document.exercises where !ids.insert(exercise.id).inserted {
      throw error(exercise.line, "two exercises have the id '\(exercise.id)'")
    }
    for placeholder in document.placeholders + document.exercises.compactMap(\.fact) { try check(placeholder) }
  }

  private func check(_ placeholder: Placeholder) throws(UserError) {
    let place = "\(document.file), line \(placeholder.line)"
    guard let block = document.stages.first(where: { $0.alias == placeholder.stage }) else {
      throw .unknown(
        "stage of this lesson", placeholder.stage, among: document.stages.map(\.alias), at: place, code: .config)
    }
    guard block.stage.placeholderNames.contains(placeholder.name) else {
      throw .unknown(
        "fact or parameter of \(block.alias)", placeholder.name, among: block.stage.placeholderNames, at: place,
        code: .config)
    }
  }

  private func error(_ line: Int, _ sentence: String) -> UserError {
    UserError("\(document.file), line \(line): \(sentence)", code: .config)
  }
}
