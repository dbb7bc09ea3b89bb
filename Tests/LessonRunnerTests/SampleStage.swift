import Drawing
import LessonRunner
import Models
import Stages
import Tensors
import Testing

/// A stage that gives its parameters back, for tests of what surrounds stages.
struct EchoStage: Stage {
  let name = "echo"
  let summary = "Gives its parameters back"
  let parameters: [StageParameter] = [
    .integer("count", 0...10, default: 3, help: "a number"),
    .number("width", -1...1, default: 0.25, help: "a width"),
    .choice("color", ["red", "green"], default: "red", help: "a colour"),
    .integers("steps", 0...99, count: 1...3, default: [1, 2], help: "a list"),
    .text("prompt", default: "red heart", help: "words"),
    .flag("loud", default: false, help: "a switch"),
  ]
  let facts = [
    FactDeclaration("twice", "the number twice"), FactDeclaration("word", "the colour"),
    FactDeclaration("squares", "squares of the list"),
  ]
  let figures = [FigureDeclaration("echo-plot", "Nothing much", formulas: ["forward.closed_form"])]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    var result = StageResult()
    result.fact("twice", 2 * context.integer("count"))
    result.fact("word", context.text("color"))
    result.fact("squares", context.integers("steps").map { Double($0 * $0) })
    result.table(
      StageTable(
        name: "values", title: "Values", columns: [.init("what", numeric: false), .init("value")],
        rows: [["width", "\(context.number("width"))"], ["loud", "\(context.flag("loud"))"]]))
    result.tensor("steps", Tensor(context.integers("steps").map(Float.init)))
    context.recorder?.recording("unet").record(Tensor(7))
    let count = context.integer("count")
    result.figure("echo-plot") { () throws(UserError) in
      Figure(
        name: "echo-plot", title: "The count is \(count)", caption: "Count \(count).", alternativeText: "A number.",
        provenance: Provenance(command: "", model: "echo-model"), content: TextBlock("\(count)"))
    }
    return result
  }
}

/// Two formulas, no matter which.
struct SampleFormulas: FormulaSource {
  let ids = ["forward.step", "forward.closed_form"]
  func formula(_ id: String) -> FormulaText? {
    guard ids.contains(id) else { return nil }
    return FormulaText(
      title: "One step", unicode: "xₜ = √ᾱₜ·x₀", source: "DDPM (4)",
      symbols: [.init("xₜ", "noisy image", shape: "[N, C, H, W]")])
  }
}

/// A lesson with front matter before `body`; the body's first line is line 4.
func parse(_ body: String, front: String = "title: Test\n") throws(UserError) -> LessonDocument {
  try LessonParser(stages: [EchoStage()], formulas: SampleFormulas())
    .parse("---\n\(front)---\n\(body)", file: "Lessons/02-test.md", name: "02-test")
}

/// The sentence of the error that `body` throws.
func sentence(_ body: () throws(UserError) -> some Any) -> String {
  do throws(UserError) {
    _ = try body()
    return "no error"
  } catch {
    return error.sentence
  }
}

/// A home whose content does not matter.
func emptyHome() throws -> Home { try Home.find(workingDirectory: #filePath) }
