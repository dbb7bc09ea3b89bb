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
}
