import Drawing
import Stages
import Tensors

/// Stages: what ran, its slider, its numbers and figures.
extension LessonPage {
  func html(_ block: StageBlock) throws(UserError) -> String {
    let outcome = try run.outcome(of: block)
    let report = run.report(outcome)
    let prefixes = block.figures.map { _ in nextFigurePrefix() }
    let own = try parts(outcome, prefixes)
    let alias = block.alias == block.stage.name ? "" : " <span class=\"alias\">\(escapedXML(block.alias))</span>"
    var html = "<section class=\"stage\" id=\"stage-\(escapedXML(block.alias))\" "
    html += "aria-label=\"Stage \(escapedXML(report.name)): \(escapedXML(report.summary))\">\n"
    html += "<p class=\"name\"><strong>\(escapedXML(report.name))</strong>\(alias) \(proseHTML(report.summary))</p>\n"
    html += parameters(report)
    html += try slider(block, own, prefixes)
    for part in own { html += "<div class=\"part\">\(part)</div>\n" }
    return html + "</section>\n"
  }

  private func parameters(_ report: StageReport) -> String {
    guard !report.parameters.isEmpty else { return "" }
    let settings = report.parameters.map { "<code>\(escapedXML($0.name))=\(escapedXML($0.value))</code>" }
    let rows = report.parameters.map { parameter in
      "<tr><td><code>\(escapedXML(parameter.option))</code></td><td>\(proseHTML(parameter.help))</td></tr>\n"
    }
    var html = "<details class=\"parameters\"><summary>Run with \(settings.joined(separator: " "))</summary>\n"
    html += "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Parameters\"><table>\n"
    html += "<tbody>\(rows.joined())</tbody></table></div></details>\n"
    return html
  }

  // MARK: Numbers and figures

  /// What the slider exchanges: facts and tables first, then each figure.
  private func parts(_ outcome: StageOutcome, _ prefixes: [String]) throws(UserError) -> [String] {
    let report = run.report(outcome)
    var parts = [facts(report) + report.tables.map(table).joined()]
    for (name, prefix) in zip(outcome.block.figures, prefixes) { parts.append(try figure(name, of: outcome, prefix)) }
    return parts
  }

  private func facts(_ report: StageReport) -> String {
    let facts = report.facts + report.differingFacts
    guard !facts.isEmpty else { return "" }
    let rows = facts.map { fact in
      "<tr><td><code>\(escapedXML(fact.name))</code></td>"
        + fact.values.map { "<td class=\"\(fact.isNumber ? "r" : "")\">\(escapedXML($0))</td>" }.joined()
        + "<td>\(proseHTML(fact.meaning))</td></tr>\n"
    }
    return "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"What the stage found\">"
      + "<table class=\"facts\"><tbody>\(rows.joined())</tbody></table></div>\n"
  }

  private func table(_ titled: StageReport.Table) -> String {
    let table = titled.table
    let classes = table.columns.map { $0.isNumeric ? " class=\"r\"" : "" }
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>" + zip(cells, classes).map { "<\(tag)\($1)>\(proseHTML($0))</\(tag)>" }.joined() + "</tr>\n"
    }
    return "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"\(escapedXML(titled.title))\"><table>\n"
      + "<caption>\(proseHTML(titled.title))</caption>\n<thead>\(row(table.columns.map(\.title), "th"))</thead>\n"
      + "<tbody>\(table.rows.map { row($0, "td") }.joined())</tbody></table></div>\n"
  }

  private func figure(_ name: String, of outcome: StageOutcome, _ prefix: String) throws(UserError) -> String {
    let fileName = document.fileName(ofFigure: name, in: outcome.block)
    let figure = try run.figure(name, of: outcome, fileName: fileName)
    let size = outcome.block.stage.figures.first { $0.name == name }?.size ?? .slide
    let svg = try ThemedSVG(prefix: prefix).element(figure, size: size)
    return "<figure class=\"art\" id=\"figure-\(fileName)\">\n<div class=\"wide\" tabindex=\"0\" role=\"region\" "
      + "aria-label=\"Figure: \(escapedXML(figure.title.linear))\">\n\(svg)</div>\n"
      + "<figcaption>\(proseHTML(figure.caption))"
      + " <button type=\"button\" class=\"larger\" hidden>larger</button></figcaption></figure>\n"
  }

  // MARK: Slider

  /// The slider, and the file with what it shows at its other stops.
  private func slider(_ block: StageBlock, _ own: [String], _ prefixes: [String]) throws(UserError) -> String {
    let frames = try run.frames(of: block)
    guard let slider = block.slider, let start = frames.firstIndex(where: \.isOwn) else { return "" }
    var stops: [String] = []
    for frame in frames {
      var exchanged: [String] = []
      if !frame.isOwn {
        for (part, ownPart) in zip(try parts(frame.outcome, prefixes), own) {
          exchanged.append(part == ownPart ? "null" : jsonString(part))
        }
      }
      stops.append("[\(exchanged.joined(separator: ","))]")
    }
    let key = "\(document.number)-\(block.alias)"
    let file = "frames/\(key).js"
    addFile(file, "course.frames(\(jsonString(key)), [\n\(stops.joined(separator: ",\n"))\n]);\n")
    return sliderControl(slider, frames.map { "\($0.value)" }, start, key: key, file: file, block)
  }

  private func sliderControl(
    _ slider: StageBlock.Slider, _ values: [String], _ start: Int, key: String, file: String, _ block: StageBlock
  ) -> String {
    let id = "slider-\(escapedXML(key))"
    let help = block.stage.parameter(named: slider.parameter)?.help ?? ""
    let command = "diffuse lesson \(document.number) --set \(block.alias).\(slider.parameter)="
    var html =
      "<div class=\"slider\" hidden data-key=\"\(escapedXML(key))\" data-stage=\"\(escapedXML(block.alias))\" "
    html += "data-file=\"\(escapedXML(file))\" data-values=\"\(escapedXML(jsonArray(values)))\" "
    html += "data-command=\"\(escapedXML(command))\">\n"
    html += "<label for=\"\(id)\"><code>\(escapedXML(slider.parameter))</code> \(proseHTML(help))</label>\n"
    html += "<input id=\"\(id)\" type=\"range\" min=\"0\" max=\"\(values.count - 1)\" step=\"1\" value=\"\(start)\" "
    html += "autocomplete=\"off\" aria-valuetext=\"\(escapedXML(slider.parameter)) = \(escapedXML(values[start]))\">"
    html += "<output for=\"\(id)\">\(escapedXML(values[start]))</output>\n"
    html += CommandHTML.block(command + values[start])
    return html + "</div>\n"
  }
}
