import Stages

/// Stages and exercises as text.
extension TerminalRenderer {
  /// What was run with which values, the facts it found and its tables; variants side by side.
  func stage(_ report: StageReport, _ block: StageBlock) -> [String] {
    let alias = report.alias == report.name ? "" : " (\(report.alias))"
    var lines = wrapper.wrap(
      [StyledText("▶ \(report.name)\(alias)", [.bold, .accent]), StyledText(" · \(report.summary)", .dim)], rest: "  ")
    lines.append("")
    lines += parameters(report, block)
    let facts = facts(report)
    if !facts.isEmpty { lines += [""] + facts }
    for table in report.tables { lines += [""] + self.table(table) }
    return lines
  }

  private func parameters(_ report: StageReport, _ block: StageBlock) -> [String] {
    var lines: [String] = []
    if !report.parameters.isEmpty {
      let cells = report.parameters.map { [[StyledText($0.option, .code)], [StyledText($0.help, .dim)]] }
      lines = tables.lines(header: [], rows: cells, alignments: [.left, .left], indent: "  ")
    }
    if let slider = block.slider {
      let values = slider.values.map(\.description).joined(separator: ",")
      lines += wrapper.wrap(
        [StyledText("try --set \(block.alias).\(slider.parameter)=\(values)", .dim)], first: "  ", rest: "    ")
    }
    let known = report.knownParameters
    guard let last = known.last else { return lines }
    let names = known.count > 1 ? known.dropLast().joined(separator: ", ") + " and " + last : last
    return lines + wrapper.wrap([StyledText("\(names) as above", .dim)], first: "  ", rest: "  ")
  }

  /// Facts that are the same in all variants, then those that differ, side by side.
  private func facts(_ report: StageReport) -> [String] {
    let header: [TableLayout.Cell] =
      report.compared.map { compared in
        [[StyledText(compared.parameter, .bold)]] + compared.values.map { [StyledText($0, .bold)] } + [[]]
      } ?? []
    return facts(report.facts, header: []) + facts(report.differingFacts, header: header)
  }

  /// Single numbers stand in a column of their own, so that words and lists do not widen it.
  private func facts(_ facts: [StageReport.Fact], header: [TableLayout.Cell]) -> [String] {
    func lines(_ facts: [StageReport.Fact], _ alignment: LessonTable.Alignment) -> [String] {
      guard let first = facts.first else { return [] }
      let rows = facts.map { fact -> [TableLayout.Cell] in
        [[StyledText(fact.name)]] + fact.values.map { [StyledText($0, .code)] } + [[StyledText(fact.meaning, .dim)]]
      }
      let alignments = [.left] + first.values.map { _ in alignment } + [.left]
      return tables.lines(header: header, rows: rows, alignments: alignments, indent: "  ")
    }
    return lines(facts.filter { !$0.isNumber }, .left) + lines(facts.filter(\.isNumber), .right)
  }

  private func table(_ titled: StageReport.Table) -> [String] {
    let table = titled.table
    let lines = LineWrapper(width: width - 2, colors: colors).wrap(
      [StyledText(titled.title, .bold)], first: "  ", rest: "  ")
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
    if let names = exercise.names {
      let listed = names.map { $0.typed == $0.printed ? $0.typed : "\($0.typed) (\($0.printed))" }
      lines += wrapper.wrap(
        [StyledText("Write it with \(listed.joined(separator: ", ")).")], first: "  ", rest: "  ")
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
