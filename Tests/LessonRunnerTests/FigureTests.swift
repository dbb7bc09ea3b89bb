import Drawing
import LessonRunner
import Stages
import Tensors
import Testing

@Suite struct FigureTests {
  static let twice = """
    ```stage echo
    as: first
    ```

    ```stage echo
    as: second
    count: 5
    ```

    """

  private func figure(_ assignments: [String]) throws -> Figure {
    let settings = try LessonSettings(assignments: assignments, seed: 9, imageFile: nil)
    let run = try LessonRun(try parse("```stage echo\n```\n"), settings: settings, home: emptyHome())
    let block = try #require(run.document.stages.first)
    return try run.figure("echo-plot", of: run.outcome(of: block))
  }

  @Test func oneVariantKeepsItsTitle() throws {
    let figure = try figure([])
    #expect(figure.title == "The count is 3")
    #expect(figure.equation?.linear == "x_t = √ᾱ_t x₀ + √(1 − ᾱ_t) ε")
    #expect(figure.equationNumber == "DDPM (4)")
    #expect(figure.provenance == Provenance(command: "diffuse lesson 02 --seed 9", seed: 9, model: "echo-model"))
  }

  @Test func variantsStandSideBySide() throws {
    let figure = try figure(["count=1,2,4", "prompt=a b"])
    #expect(figure.title == "Nothing much")
    #expect(figure.caption == "count = 1: Count 1. count = 2: Count 2. count = 4: Count 4.")
    #expect(figure.alternativeText == "A number.")
    #expect(figure.provenance.command == "diffuse lesson 02 --set count=1,2,4 --set 'prompt=a b' --seed 9")
    let side = try #require(figure.content as? SideBySide)
    #expect(side.items.map(\.heading.linear) == ["count = 1", "count = 2", "count = 4"])
  }

  @Test func variantsThatLookTheSameAreDrawnOnce() throws {
    let figure = try figure(["width=0.5,1"])
    #expect(figure.title == "The count is 3" && figure.caption == "Count 3.")
    #expect(!(figure.content is SideBySide))
  }

  @Test func namesDifferWhereALessonDrawsAFigureTwice() throws {
    let document = try parse(Self.twice)
    let index = FigureIndex([document, try parse("```stage echo\n```\n")])
    #expect(index.entries.map(\.name) == ["first-echo-plot", "second-echo-plot", "echo-plot"])
    #expect(try index.find(["second-echo-plot"]).map(\.block.alias) == ["second"])
    let sentence = sentence { () throws(UserError) in try index.find(["echo-polt"]) }
    #expect(sentence.hasPrefix("no figure is named 'echo-polt'; did you mean echo-plot"))
  }

  @Test func theGalleryShowsEachFigureWithItsCommand() throws {
    let lesson = try parse("```stage echo\n```\n")
    var page = GalleryPage(format: .svg)
    for entry in FigureIndex([lesson]).entries + FigureIndex([], stages: [EchoStage()]).entries {
      let run = try LessonRun(entry.document, settings: LessonSettings(), home: emptyHome())
      page.add(try run.figure("echo-plot", of: run.outcome(of: entry.block)), of: entry)
    }
    #expect(page.text.contains("](echo-plot.svg)\n\nCount 3.\n\n    diffuse figures echo-plot\n"))
    let headings = page.text.split(separator: "\n").filter { $0.hasPrefix("## ") }
    #expect(headings.count == 2 && headings.last == "## Beside the lessons")
  }

  @Test func figuresOutsideTheLessonsAreDrawnByName() throws {
    let lesson = try parse("```stage echo\n```\n")
    #expect(FigureIndex([lesson], stages: [EchoStage()]).entries.map(\.name) == ["echo-plot"])
    let index = FigureIndex([], stages: [EchoStage()])
    #expect(index.entries.map(\.isInLesson) == [false] && index.text(width: 80, colors: false).contains("no lesson"))
    #expect(try index.find([]).map(\.name) == ["echo-plot"])
    let entry = try #require(try index.find(["echo-plot"]).first)
    let run = try LessonRun(entry.document, settings: LessonSettings(), home: emptyHome())
    #expect(try run.figure("echo-plot", of: run.outcome(of: entry.block)).title == "The count is 3")
  }
}
