import Stages

/// Stages and exercises as text.
extension TerminalRenderer {
  /// What was run with which values, the facts it found and its tables; variants side by side.
  func stage(_ outcome: StageOutcome, seed: UInt64) -> [String] {
    let block = outcome.block
    let alias = block.alias == block.stage.name ? "" : " (\(block.alias))"
    var lines = wrapper.wrap(
      [
        StyledText("▶ \(block.stage.name)\(alias)", [.bold, .accent]), StyledText(" · \(block.stage.summary)", .dim),
      ], rest: "  ")
    lines.append("")
    lines += parameters(of: outcome, seed: seed)
    let facts = facts(of: outcome)
    if !facts.isEmpty { lines += [""] + facts }
    for run in outcome.runs {
      for table in run.result.tables where block.tables?.contains(table.name) ?? true {
        lines += [""] + self.table(table, of: run.variant)
      }
    }
    return lines
  }

  private func parameters(of outcome: StageOutcome, seed: UInt64) -> [String] {
    var rows = outcome.block.stage.parameters.map { parameter -> [TableLayout.Cell] in
      var values: [String] = []
      for run in outcome.runs {
        let text = (run.variant.values[parameter.name] ?? []).map(\.description).joined(separator: ",")
        if !values.contains(text) { values.append(text) }
      }
      let value = values.joined(separator: ",")
      let setting = "--set \(parameter.name)=\(value.contains(" ") ? "'\(value)'" : value)"
      let range = parameter.range.isEmpty ? "" : " (\(parameter.range))"
      return [[StyledText(setting, .code)], [StyledText(parameter.help + range, .dim)]]
    }
    rows.append([
      [StyledText("--seed \(seed)", .code)], [StyledText("where all random numbers come from", .dim)],
    ])
    return tables.lines(header: [], rows: rows, alignments: [.left, .left], indent: "  ")
  }

  /// Single numbers stand in a column of their own, so that words and lists do not widen it.
  private func facts(of outcome: StageOutcome) -> [String] {
    func isNumber(_ fact: FactDeclaration) -> Bool {
      switch outcome.runs.first?.result.fact(named: fact.name) {
      case .integer, .number: true
      default: false
      }
    }
    let declared = outcome.block.stage.facts
    return facts(declared.filter { !isNumber($0) }, of: outcome, .left)
      + facts(declared.filter(isNumber), of: outcome, .right)
  }

  private func facts(
    _ declared: [FactDeclaration], of outcome: StageOutcome, _ alignment: LessonTable.Alignment
  ) -> [String] {
    let compared = outcome.runs.compactMap(\.variant.compared)
    let header: [TableLayout.Cell] =
      compared.first.map { first in
        [[StyledText(first.parameter, .bold)]] + compared.map { [StyledText("\($0.value)", .bold)] } + [[]]
      } ?? []
    let rows = declared.map { fact -> [TableLayout.Cell] in
      let values = outcome.runs.map { run in
        [StyledText(run.result.fact(named: fact.name)?.string() ?? "", .code)]
      }
      return [[StyledText(fact.name)]] + values + [[StyledText(fact.meaning, .dim)]]
    }
    guard !rows.isEmpty else { return [] }
    let alignments = [.left] + outcome.runs.map { _ in alignment } + [.left]
    return tables.lines(header: header, rows: rows, alignments: alignments, indent: "  ")
  }

  private func table(_ table: StageTable, of variant: StageVariant) -> [String] {
    let title = variant.label.isEmpty ? table.title : "\(table.title), \(variant.label)"
    let lines = LineWrapper(width: width - 2, colors: colors).wrap(
      [StyledText(title, .bold)], first: "  ", rest: "  ")
    return lines
      + tables.lines(
        header: table.columns.map { [StyledText($0.title, .bold)] },
        rows: table.rows.map { $0.map { [StyledText($0)] } },
        alignments: table.columns.map { $0.isNumeric ? .right : .left }, indent: "  ")
  }

  /// The question of an exercise with its choices.
  public func question(_ exercise: Exercise) -> [String] {
    var lines = wrapper.wrap(
      [StyledText("Exercise ", [.bold, .accent]), StyledText(exercise.id + ". ", .bold), StyledText(exercise.ask)],
      rest: "  ")
    if case .choice(let choices, _) = exercise.answer {
      for (index, choice) in choices.enumerated() {
        lines += wrapper.wrap([StyledText("\(Exercise.letter(index))) \(choice)")], first: "  ", rest: "     ")
      }
    }
    if let hint = exercise.hint {
      lines += wrapper.wrap([StyledText("Hint: \(hint)", .dim)], first: "  ", rest: "  ")
    }
    return lines
  }

  /// What the reader is told after an answer.
  public func feedback(_ verdict: Verdict, to exercise: Exercise) -> [String] {
    switch verdict {
    case .right:
      let why = exercise.why.map { [StyledText(" " + $0)] } ?? []
      return wrapper.wrap([StyledText("✓ Right.", [.bold, .good])] + why, first: "  ", rest: "  ")
    case .wrong(let sentence), .unreadable(let sentence):
      return wrapper.wrap(
        [StyledText("✗ Not yet: ", [.bold, .bad]), StyledText(sentence + ".")], first: "  ", rest: "  ")
    }
  }
}
