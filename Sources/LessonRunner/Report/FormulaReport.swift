extension LessonDocument {
  /// A formula with the symbols that no formula before it in the lesson explains alike.
  func formula(
    _ block: FormulaBlock, from formulas: any FormulaSource
  ) -> (formula: FormulaText, newSymbols: [FormulaText.Symbol]) {
    guard let formula = formulas.formula(block.id) else {
      preconditionFailure("formula '\(block.id)' is unknown; the parser checks that")
    }
    let earlier = blocks.flatMap { other -> [FormulaText.Symbol] in
      guard case .formula(let other) = other, other.line < block.line else { return [] }
      return formulas.formula(other.id)?.symbols ?? []
    }
    return (formula, formula.symbols.filter { !earlier.contains($0) })
  }
}
