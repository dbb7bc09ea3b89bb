import Stages

/// Stages and exercises as text.
extension TerminalRenderer {
  /// What was run with which values, the facts it found and its tables; variants side by side.
  ///
  /// What the reader was told before is not told again: parameters that an earlier stage has with the same value, and
  /// facts that the prose states.
  func stage(_ outcome: StageOutcome, of run: LessonRun) -> [String] {
    let block = outcome.block
    let alias = block.alias == block.stage.name ? "" : " (\(block.alias))"
    var lines = wrapper.wrap(
      [
        StyledText("▶ \(block.stage.name)\(alias)", [.bold, .accent]), StyledText(" · \(block.stage.summary)", .dim),
      ], rest: "  ")
    lines.append("")
    lines += parameters(of: block, run)
    let facts = facts(of: outcome, run)
    if !facts.isEmpty { lines += [""] + facts }
    for stageRun in outcome.runs {
      for table in stageRun.result.tables where block.tables?.contains(table.name) ?? true {
        lines += [""] + self.table(table, of: stageRun.variant)
      }
    }
    return lines
  }

  // MARK: Parameters

  /// A parameter as it is set and explained.
  private struct ParameterRow: Equatable {
    let name: String
    let setting: String
    let help: String
  }

  private func parameters(of block: StageBlock, _ run: LessonRun) -> [String] {
    let earlier = run.document.stages.prefix { $0.line < block.line }.flatMap { parameterRows(of: $0, run) }
    let rows = parameterRows(of: block, run)
    let new = rows.filter { !earlier.contains($0) }
    let known = rows.filter { earlier.contains($0) }.map(\.name)
    var lines: [String] = []
    if !new.isEmpty {
      let cells = new.map { [[StyledText($0.setting, .code)], [StyledText($0.help, .dim)]] }
      lines = tables.lines(header: [], rows: cells, alignments: [.left, .left], indent: "  ")
    }
    guard let last = known.last else { return lines }
    let names = known.count > 1 ? known.dropLast().joined(separator: ", ") + " and " + last : last
    return lines + wrapper.wrap([StyledText("\(names) as above", .dim)], first: "  ", rest: "  ")
  }

  private func parameterRows(of block: StageBlock, _ run: LessonRun) -> [ParameterRow] {
    let variants = run.variants(of: block)
    let rows = block.stage.parameters.map { parameter in
      var values: [String] = []
      for variant in variants {
        let text = (variant.values[parameter.name] ?? []).map(\.description).joined(separator: ",")
        if !values.contains(text) { values.append(text) }
      }
      let value = values.joined(separator: ",")
      let range = parameter.range.isEmpty ? "" : " (\(parameter.range))"
      return ParameterRow(
        name: parameter.name, setting: "--set \(parameter.name)=\(value.contains(" ") ? "'\(value)'" : value)",
        help: parameter.help + range)
    }
    let seed = "--seed \(run.settings.seed)"
    return rows + [ParameterRow(name: "seed", setting: seed, help: "where all random numbers come from")]
  }

  // MARK: Facts

  /// Facts that differ between compared values stand side by side, all of them; of the others those that the prose does
  /// not state.
  private func facts(of outcome: StageOutcome, _ run: LessonRun) -> [String] {
    func texts(_ fact: FactDeclaration) -> [String] {
      outcome.runs.map { $0.result.fact(named: fact.name)?.string() ?? "" }
    }
    let stated = run.document.statedFacts(of: outcome.block)
    let compared = outcome.runs.compactMap(\.variant.compared)
    let header: [TableLayout.Cell] =
      compared.first.map { first in
        [[StyledText(first.parameter, .bold)]] + compared.map { [StyledText("\($0.value)", .bold)] } + [[]]
      } ?? []
    var (same, different) = ([FactDeclaration](), [FactDeclaration]())
    for fact in outcome.block.stage.facts {
      if Set(texts(fact)).count > 1 { different.append(fact) } else if !stated.contains(fact.name) { same.append(fact) }
    }
    return facts(same, header: [], outcome) { Array(texts($0).prefix(1)) }
      + facts(different, header: header, outcome, texts)
  }

  /// Single numbers stand in a column of their own, so that words and lists do not widen it.
  private func facts(
    _ declared: [FactDeclaration], header: [TableLayout.Cell], _ outcome: StageOutcome,
    _ texts: (FactDeclaration) -> [String]
  ) -> [String] {
    func isNumber(_ fact: FactDeclaration) -> Bool {
      switch outcome.runs.first?.result.fact(named: fact.name) {
      case .integer, .number: true
      default: false
      }
    }
    func lines(_ declared: [FactDeclaration], _ alignment: LessonTable.Alignment) -> [String] {
      guard let first = declared.first else { return [] }
      let rows = declared.map { fact -> [TableLayout.Cell] in
        [[StyledText(fact.name)]] + texts(fact).map { [StyledText($0, .code)] } + [[StyledText(fact.meaning, .dim)]]
      }
      let alignments = [.left] + texts(first).map { _ in alignment } + [.left]
      return tables.lines(header: header, rows: rows, alignments: alignments, indent: "  ")
    }
    return lines(declared.filter { !isNumber($0) }, .left) + lines(declared.filter(isNumber), .right)
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
