import Stages
import Tensors

/// The course as Jupyter notebooks, a file a lesson, not executed.
///
/// The text stands as the lesson has it, with the values of one run; each stage is a cell that runs it with `diffuse` and keeps
/// its tensors under the stage's name, so that the lesson's `notebook` blocks can work with them.
public struct NotebookCourse: CourseExporter {
  let formulas: any FormulaSource

  public init(formulas: any FormulaSource = CatalogueFormulas()) { self.formulas = formulas }

  public func files(of run: LessonRun) throws(UserError) -> [ExportedFile] {
    let document = run.document
    var cells = NotebookCells()
    cells.markdown(opening(document))
    cells.code("LESSON = \"\(document.number)\"\n" + String(decoding: PackageResources.setup_py, as: UTF8.self))
    for block in document.blocks { try add(block, of: run, to: &cells) }
    return [ExportedFile(path: "\(document.number)-\(document.slug).ipynb", text: cells.json)]
  }

  public func commonFiles() throws(UserError) -> [ExportedFile] { [] }

  private func opening(_ document: LessonDocument) -> String {
    var notes: [String] = []
    if let minutes = document.header.minutes { notes.append("about \(minutes) minutes") }
    if !document.header.needs.isEmpty { notes.append("after \(document.header.needs.joined(separator: ", "))") }
    return "# \(document.number) \(document.header.title)\n\n\(notes.joined(separator: " · "))\n\n"
      + "The cells run the stages of this lesson with `diffuse`; change a parameter in a cell and run it again. Cells with "
      + "`assert` work the lesson's formulas out anew, with numpy alone, from the tensors of the run."
  }

  // MARK: Blocks

  private func add(_ block: LessonBlock, of run: LessonRun, to cells: inout NotebookCells) throws(UserError) {
    let markdown = MarkdownText(run: run)
    switch block {
    case .heading:
      cells.endText()
      cells.text(try markdown.text(of: block))
    case .formula(let block): cells.text(text(of: block, run.document))
    case .stage(let block): cells.code(code(running: block))
    case .notebook(let block): cells.code(block.code)
    case .exercise(let exercise):
      cells.markdown(text(of: exercise))
      cells.code("check(\(pythonString(exercise.id)), None)")
    default: cells.text(try markdown.text(of: block))
    }
  }

  private func text(of block: FormulaBlock, _ document: LessonDocument) -> String {
    let (formula, symbols) = document.formula(block, from: formulas)
    let source = formula.source.map { " · \($0)" } ?? ""
    var text = "$$\(formula.latex)$$\n\n*\(formula.title)*\(source) · `diffuse check \(block.id)`"
    guard !symbols.isEmpty else { return text }
    text += "\n\n| symbol | meaning | shape, range |\n|---|---|---|"
    for symbol in symbols {
      text += "\n| $\(symbol.latex)$ | \(cell(symbol.meaning)) | \(cell(symbol.shape)) |"
    }
    return text
  }

  private func cell(_ text: String) -> String { MarkdownText.prose(text).replacing("|", with: "\\|") }

  /// `strip = run_stage("strip")`, and what can be changed.
  private func code(running block: StageBlock) -> String {
    let settings = block.stage.parameters.map { parameter in
      let values = (block.values[parameter.name] ?? parameter.defaults).map(python)
      return "\(parameter.name)=\(parameter.isList ? "[\(values.joined(separator: ", "))]" : values.joined())"
    }
    var lines = ["# \(block.stage.summary). Parameters you can give:"]
    for setting in settings + ["seed=0"] {
      if let last = lines.last, lines.count > 1, last.count + setting.count < 100 {
        lines[lines.count - 1] = last + ", " + setting
      } else {
        lines.append("#   " + setting)
      }
    }
    let name = String(block.alias.map { $0 == "-" ? "_" : $0 })
    return lines.joined(separator: "\n") + "\n\(name) = run_stage(\(pythonString(block.alias)))"
  }

  private func python(_ value: ParameterValue) -> String {
    switch value {
    case .integer, .number: value.description
    case .text(let text): pythonString(text)
    case .flag(let isOn): isOn ? "True" : "False"
    }
  }

  private func pythonString(_ text: String) -> String { jsonString(text) }

  private func text(of exercise: Exercise) -> String {
    var text = "**Exercise.** \(MarkdownText.prose(exercise.ask))"
    if case .choice(let choices, _) = exercise.answer {
      text += "\n"
      for (index, choice) in choices.enumerated() {
        text += "\n- \(Exercise.letter(index)): \(MarkdownText.prose(choice))"
      }
      text += "\n\nAnswer with the letter, as `\"a\"`."
    }
    if let names = exercise.names {
      text += "\n\nAnswer with a formula in quotes, of \(names.map { "`\($0.typed)`" }.joined(separator: ", "))."
    }
    guard let hint = exercise.hint else { return text }
    return text + "\n\n<details><summary>Hint</summary>\n\n\(MarkdownText.prose(hint))\n\n</details>"
  }
}
