import Foundation
import LessonRunner
import Models
import Stages
import Tensors
import Testing

/// What every stage and every lesson of the package keeps to.
@Suite struct CatalogueTests {
  private func isSnake(_ name: String) -> Bool { name.wholeMatch(of: /[a-z][a-z0-9]*(_[a-z0-9]+)*/) != nil }
  private func isKebab(_ name: String) -> Bool { name.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) != nil }

  @Test func stagesAreNamedAsTheConventionsSay() {
    let stages = StageCatalogue.all
    #expect(!stages.isEmpty)
    #expect(Set(stages.map(\.name)).count == stages.count)
    let figures = stages.flatMap { $0.figures.map(\.name) }
    #expect(Set(figures).count == figures.count, "a figure's name belongs to one stage: \(figures)")
    for stage in stages {
      #expect(isKebab(stage.name), "\(stage.name)")
      for figure in stage.figures {
        #expect(isKebab(figure.name), "\(figure.name) of \(stage.name)")
        // Names a formula that the catalogue has not, or prints nothing for one, and this stops.
        #expect((figure.equation == nil) == figure.formulas.isEmpty, "\(figure.name)")
      }
      let names = stage.placeholderNames
      #expect(Set(names).count == names.count, "\(stage.name) has a fact and a parameter of one name: \(names)")
      for name in names {
        #expect(isSnake(name), "\(name) of \(stage.name)")
        #expect(
          !["as", "figures", "tables"].contains(name), "\(name) of \(stage.name) means something else in lessons")
      }
      #expect(stage.parameters.count { $0.kind == .image } <= 1, "\(stage.name)")
    }
  }

  @Test func everyLessonIsSound() throws {
    let home = try Home.find(workingDirectory: #filePath)
    let library = try LessonLibrary(home: home)
    #expect(!library.entries.isEmpty)
    for entry in library.entries {
      let document = try library.load(entry)
      #expect(!document.stages.isEmpty, "lesson \(entry.number) runs nothing")
      for block in document.stages {
        for parameter in block.stage.parameters where parameter.kind == .image {
          _ = try home.picture(try #require(block.values[parameter.name]?.first).description)
        }
      }
    }
  }

  /// A notebook works something out anew only when it asserts something about a run.
  @Test func everyNotebookChecksARunOfItsLesson() throws {
    let library = try LessonLibrary(home: Home.find(workingDirectory: #filePath))
    for entry in library.entries {
      var aliases: [String] = []
      var checks = 0
      for block in try library.load(entry).blocks {
        switch block {
        case .stage(let stage): aliases.append(String(stage.alias.map { $0 == "-" ? "_" : $0 }))
        case .notebook(let notebook): checks += try checksRun(notebook.code, of: aliases) ? 1 : 0
        default: break
        }
      }
      #expect(checks > 0, "no notebook block of lesson \(entry.number) asserts anything about a stage before it")
    }
  }

  /// Whether Python code has an `assert` and looks at the tensors or facts of a stage, as `strip["x0"]` or `strip.facts[…]`.
  private func checksRun(_ code: String, of aliases: [String]) throws -> Bool {
    let asserts = code.split(separator: "\n").contains { $0.trimmingCharacters(in: .whitespaces).hasPrefix("assert ") }
    return try asserts && aliases.contains { try code.contains(Regex("\\b\($0)(\\.facts)?\\[")) }
  }
}
