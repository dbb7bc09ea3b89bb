import Stages
import Tensors

/// Reads the fenced blocks of lessons: `formula`, `stage`, `exercise` and `notebook`.
struct FencedBlocks {
  let file: String
  let stages: [any Stage]
  let formulas: any FormulaSource

  /// The block behind a fence, or nil when it is ordinary code.
  ///
  /// - Parameters:
  ///   - info: what follows the backticks.
  ///   - line: the fence's line in the file; the content begins on the next.
  func block(info: String, content: String, line: Int) throws(UserError) -> LessonBlock? {
    let words = info.split(separator: " ").map(String.init)
    switch words.first {
    case "formula": return .formula(try formula(words, content, line))
    case "stage": return .stage(try stage(words, content, line))
    case "exercise": return .exercise(try exercise(words, content, line))
    case "notebook": return .notebook(try notebook(words, content, line))
    default: return nil
    }
  }

  private func error(_ line: Int, _ sentence: String) -> UserError {
    UserError("\(file), line \(line): \(sentence)", code: .config)
  }

  // MARK: Formula

  private func formula(_ words: [String], _ content: String, _ line: Int) throws(UserError) -> FormulaBlock {
    guard words.count == 2 else { throw error(line, "a formula block begins with ```formula and one id") }
    guard content.trimmed.isEmpty else { throw error(line + 1, "a formula block has no content; its id says all") }
    guard formulas.formula(words[1]) != nil else {
      throw .unknown("formula", words[1], among: formulas.ids, at: "\(file), line \(line)", code: .config)
    }
    return FormulaBlock(id: words[1], line: line)
  }

  // MARK: Stage

  private static let reserved = ["as", "figures", "tables", "slider"]

  private func stage(_ words: [String], _ content: String, _ line: Int) throws(UserError) -> StageBlock {
    guard words.count == 2 else { throw error(line, "a stage block begins with ```stage and one name") }
    guard let stage = stages.first(where: { $0.name == words[1] }) else {
      throw .unknown("stage", words[1], among: stages.map(\.name), at: "\(file), line \(line)", code: .config)
    }
    let yaml = try YamlEntries(content, file: file, lineOffset: line)
    var values: [String: [ParameterValue]] = [:]
    for parameter in stage.parameters { values[parameter.name] = parameter.defaults }
    for entry in yaml.entries where !Self.reserved.contains(entry.key) {
      guard let parameter = stage.parameter(named: entry.key) else {
        throw .unknown(
          "parameter of \(stage.name)", entry.key, among: stage.parameters.map(\.name) + Self.reserved,
          at: yaml.place(entry), code: .config)
      }
      values[parameter.name] = try read(parameter, from: entry, of: yaml)
    }
    let alias = try yaml.text("as") ?? stage.name
    guard !alias.isEmpty, alias.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" }) else {
      throw error(yaml["as"]?.line ?? line, "'\(alias)' is no name for a stage; use letters, digits and dashes")
    }
    return StageBlock(
      stage: stage, alias: alias, values: values, figures: try figures(of: stage, yaml),
      tables: try yaml.texts("tables"), slider: try slider(of: stage, values, yaml), line: line)
  }

  private func read(
    _ parameter: StageParameter, from entry: YamlEntries.Entry, of yaml: YamlEntries
  ) throws(UserError) -> [ParameterValue] {
    let texts = try yaml.texts(entry)
    if !parameter.isList, texts.count != 1 {
      throw error(entry.line, "\(parameter.name) takes one value here; several are for --set")
    }
    var values: [ParameterValue] = []
    for text in texts { values.append(try parameter.parse(text, at: yaml.place(entry))) }
    try parameter.checkCount(values, at: yaml.place(entry))
    return values
  }

  private func figures(of stage: any Stage, _ yaml: YamlEntries) throws(UserError) -> [String] {
    let known = stage.figures.map(\.name)
    guard let entry = yaml["figures"] else { return known }
    let wanted = try yaml.texts(entry)
    for name in wanted where !known.contains(name) {
      throw .unknown("figure of \(stage.name)", name, among: known, at: yaml.place(entry), code: .config)
    }
    return wanted
  }

  /// `slider: timestep=50,250,500`.
  private func slider(
    of stage: any Stage, _ values: [String: [ParameterValue]], _ yaml: YamlEntries
  ) throws(UserError) -> StageBlock.Slider? {
    guard let entry = yaml["slider"], let text = try yaml.text("slider") else { return nil }
    let parts = text.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
    guard parts.count == 2 else {
      throw error(entry.line, "a slider is written timestep=50,250,500, not '\(text)'")
    }
    guard let parameter = stage.parameter(named: parts[0]) else {
      throw .unknown(
        "parameter of \(stage.name)", parts[0], among: stage.parameters.map(\.name), at: yaml.place(entry),
        code: .config)
    }
    guard !parameter.isList, let own = values[parameter.name]?.first else {
      throw error(entry.line, "\(parameter.name) is a list, so no slider can move along it")
    }
    var stops: [ParameterValue] = []
    for part in parts[1].split(separator: ",") {
      stops.append(try parameter.parse(String(part).trimmed, at: yaml.place(entry)))
    }
    guard 2...12 ~= stops.count, stops.contains(own) else {
      throw error(
        entry.line, "a slider has 2 to 12 values, and the lesson's own \(parameter.name)=\(own) is one of them")
    }
    return StageBlock.Slider(parameter: parameter.name, values: stops)
  }

  // MARK: Notebook

  private func notebook(_ words: [String], _ content: String, _ line: Int) throws(UserError) -> NotebookBlock {
    guard words == ["notebook", "python"] else { throw error(line, "a notebook block begins with ```notebook python") }
    guard !content.trimmed.isEmpty else { throw error(line + 1, "a notebook block holds lines of Python") }
    return NotebookBlock(code: content, line: line)
  }

  // MARK: Exercise

  private func exercise(_ words: [String], _ content: String, _ line: Int) throws(UserError) -> Exercise {
    guard words.count == 1 else { throw error(line, "an exercise block begins with ```exercise alone") }
    let yaml = try YamlEntries(content, file: file, lineOffset: line)
    try yaml.allow(
      only: ["id", "type", "ask", "answer", "tolerance", "choices", "hint", "why"], in: "an exercise")
    let type = try yaml.requiredText("type", of: "the exercise", line: line)
    let answer: Exercise.Answer
    switch type {
    case "number": answer = try numberAnswer(yaml, line)
    case "choice": answer = try choiceAnswer(yaml, line)
    case "expression":
      let id = try yaml.requiredText("answer", of: "the exercise", line: line)
      guard formulas.formula(id) != nil else {
        throw .unknown("formula", id, among: formulas.ids, at: yaml["answer"].map(yaml.place), code: .config)
      }
      answer = .expression(id)
    default:
      throw .unknown(
        "type of exercise", type, among: ["number", "choice", "expression"],
        at: yaml["type"].map(yaml.place), code: .config)
    }
    return Exercise(
      id: try yaml.requiredText("id", of: "the exercise", line: line),
      ask: try yaml.requiredText("ask", of: "the exercise", line: line), answer: answer,
      hint: try yaml.text("hint"), why: try yaml.text("why"), line: line)
  }

  private func numberAnswer(_ yaml: YamlEntries, _ line: Int) throws(UserError) -> Exercise.Answer {
    let text = try yaml.requiredText("answer", of: "the exercise", line: line)
    let tolerance = try yaml.number("tolerance") ?? 0
    guard tolerance >= 0 else {
      throw error(yaml["tolerance"]?.line ?? line, "tolerance must be at least 0, not \(tolerance)")
    }
    return .number(try expected(text, yaml["answer"]?.line ?? line, isNumber: true), tolerance: tolerance)
  }

  private func choiceAnswer(_ yaml: YamlEntries, _ line: Int) throws(UserError) -> Exercise.Answer {
    let text = try yaml.requiredText("answer", of: "the exercise", line: line)
    let choices = try yaml.texts("choices") ?? []
    guard 2...26 ~= choices.count else {
      throw error(yaml["choices"]?.line ?? line, "a choice needs 2 to 26 choices, found \(choices.count)")
    }
    if choices.contains(text) { return .choice(choices, .literal(text)) }
    let answer = try expected(text, yaml["answer"]?.line ?? line, isNumber: false)
    guard case .fact = answer else {
      throw error(
        yaml["answer"]?.line ?? line, "the answer '\(text)' is none of the choices \(choices.joined(separator: ", "))")
    }
    return .choice(choices, answer)
  }

  /// A literal, or `strip.first_noisy_timestep`: a fact of a stage.
  private func expected(_ text: String, _ line: Int, isNumber: Bool) throws(UserError) -> Exercise.Expected {
    if isNumber, let value = Double(text), value.isFinite { return .literal(text) }
    let isPath = text.contains(".") && !text.contains(" ") && text.first?.isLetter == true
    guard isPath else {
      guard isNumber else { return .literal(text) }
      throw error(line, "the answer '\(text)' is neither a number nor a fact such as strip.snr")
    }
    return .fact(try Placeholder(text, file: file, line: line))
  }
}
