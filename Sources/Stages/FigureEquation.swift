import Drawing
import Formulas

extension FigureDeclaration {
  /// The formulas as they stand in the catalogue; of several, each with its number in its source. nil without any.
  ///
  /// - Precondition: the ids are in the catalogue.
  public var equation: RichText? {
    let parts = entries.map { formula -> RichText in
      // A number stays on one line.
      let number = formula.equationNumber.map { "\u{2003}" + $0.replacing(" ", with: "\u{A0}") }
      return RichText(markup: formula.statement.markup) + RichText(verbatim: entries.count > 1 ? number ?? "" : "")
    }
    guard let first = parts.first else { return nil }
    return parts.dropFirst().reduce(first) { $0 + "\u{2003}\u{2003}" + $1 }
  }

  /// Where the only formula is from: `DDPM (4)`; nil when there are several.
  public var equationNumber: String? { entries.count == 1 ? entries[0].equationNumber : nil }

  private var entries: [Formula] {
    formulas.map { id in
      guard let formula = Catalogue.formulas.first(where: { $0.id == id }) else {
        preconditionFailure("figure '\(name)' names the formula '\(id)', which is not in the catalogue")
      }
      return formula
    }
  }
}

extension StageCatalogue {
  /// The figures that teach a formula.
  public static func figures(of formula: String) -> [FigureDeclaration] {
    all.flatMap(\.figures).filter { $0.formulas.contains(formula) }
  }
}
