/// A formula as it looks: fractions, roots, scripts, accents.
///
/// One step between the meaning (`Expression`) and the printers; what draws a formula in a figure draws this tree, so
/// that a page, a web page and a figure show the same thing.
public indirect enum Notation: Hashable, Sendable {
  /// A variable of one letter, set in italics: `x`, `α`, `𝔼`.
  case letter(String)
  /// An upright word: `exp`, `SNR`, `uncond`.
  case word(String)
  case numeral(String)
  /// An operator or delimiter with the space an operator has: `+`, `=`, `∼`.
  case sign(String)
  /// Punctuation without space before it.
  case comma
  /// Parts side by side, and how tightly they hold together.
  case row(Binding, [Notation])
  case accent(Notation, Name.Accent)
  case script(Notation, lower: Notation?, upper: Notation?)
  case fraction(Notation, Notation)
  case root(Notation)
  /// A content between delimiters that grow with it: `(…)`, `[…]`, `‖…‖`.
  case fenced(String, Notation, String)
  /// Σ or ∏ with its limits; what it applies to follows in the row.
  case series(Expression.Series, lower: Notation, upper: Notation)
  /// Cases with their conditions; the last may have none.
  case branches([Branch])

  public struct Branch: Hashable, Sendable {
    public let value: Notation
    public let condition: Notation?
  }

  /// What kind of row this is; decides where a one-line form needs brackets.
  public enum Binding: Int, Hashable, Sendable, Comparable {
    case list
    case relation
    case sum
    case product
    /// A function with its brackets and whatever else needs no brackets.
    case tight

    public static func < (a: Binding, b: Binding) -> Bool { a.rawValue < b.rawValue }
  }

  /// How tightly the whole holds together when written on one line.
  var binding: Binding {
    switch self {
    case .row(let binding, _): binding
    case .fraction, .series: .product
    case .branches: .list
    default: .tight
    }
  }

  func bracketed(unless wanted: Binding) -> Notation { binding >= wanted ? self : .fenced("(", self, ")") }
}

extension Expression {
  /// The look of this formula.
  public var notation: Notation { Typesetter.notation(self) }

  /// One line of Unicode text: `xₜ = √ᾱₜ x₀ + √(1 − ᾱₜ) ε`.
  public var unicode: String { UnicodePrinter.text(notation) }

  /// One line in which `_{…}` lowers and `^{…}` raises, for figures: `x_{t} = √ᾱ_{t} x_{0} + √(1 − ᾱ_{t}) ε`.
  public var markup: String { UnicodePrinter(marksScripts: true).text(notation) }

  /// LaTeX for mathematics mode, without delimiters; needs amsmath and amssymb.
  public var latex: String { LaTeXPrinter.text(notation) }

  /// A MathML `<math>` element.
  public var mathML: String { MathMLPrinter.element(notation) }
}
