import Drawing
import Tensors

/// Exercises: a question that the page itself grades where it can, hint and answer behind a click.
extension LessonPage {
  func html(_ exercise: Exercise) throws(UserError) -> String {
    let id = "exercise-\(anchorName(exercise.id))"
    let solution = try run.solution(of: exercise)
    var html = "<section class=\"exercise\" id=\"\(id)\" aria-labelledby=\"\(id)-ask\">\n"
    html += "<p id=\"\(id)-ask\"><strong>Exercise.</strong> \(proseHTML(exercise.ask))</p>\n"
    html += form(exercise, solution, id)
    if let hint = exercise.hint {
      html += "<details><summary>Hint</summary><p>\(proseHTML(hint))</p></details>\n"
    }
    html += "<details><summary>Answer</summary><p>\(answer(solution)). \(proseHTML(exercise.why ?? ""))</p></details>\n"
    return html + "</section>\n"
  }

  private func answer(_ solution: Solution) -> String {
    if let text = solution.text { return "<strong>\(proseHTML(text))</strong>" }
    guard case .formula(let id) = solution, let formula = formulas.formula(id) else { return "" }
    return formula.mathML.map(inlineMath).joined(separator: ", where ")
  }

  private func form(_ exercise: Exercise, _ solution: Solution, _ id: String) -> String {
    let verdict = "<output role=\"status\"></output>"
    switch solution {
    case .number(let value, let tolerance):
      return "<form hidden data-number=\"\(value)\" data-tolerance=\"\(tolerance)\"><label>Your answer "
        + "<input name=\"answer\" inputmode=\"decimal\" autocomplete=\"off\" size=\"12\"></label> "
        + "<button>Check</button> \(verdict)</form>\n"
    case .choice(let right):
      guard case .choice(let choices, _) = exercise.answer else { return "" }
      let items = choices.map { choice in
        "<label><input type=\"radio\" name=\"\(id)\" value=\"\(choice == right ? 1 : 0)\"> \(proseHTML(choice))</label>\n"
      }
      return "<form data-choice><fieldset aria-labelledby=\"\(id)-ask\">\n\(items.joined())</fieldset>"
        + "<button hidden>Check</button> \(verdict)</form>\n"
    case .formula(let formula):
      let names = (exercise.names ?? []).map { "<code>\(escapedXML($0.typed))</code>" }.joined(separator: ", ")
      return "<p>Write it with \(names):</p>\n" + CommandHTML.block("diffuse check \(formula) --expression '…'")
    }
  }
}
