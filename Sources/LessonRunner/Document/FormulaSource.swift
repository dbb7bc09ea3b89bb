import Formulas

/// Where lessons take formulas from.
public protocol FormulaSource: Sendable {
  /// All ids there are.
  var ids: [String] { get }
  /// The formula of an id, or nil when there is none.
  func formula(_ id: String) -> FormulaText?
}

/// A formula as lessons print it.
public struct FormulaText: Sendable, Equatable {
  public struct Symbol: Sendable, Equatable {
    public let symbol: String
    public let meaning: String
    /// Shape and range: `[N, C, H, W]`.
    public let shape: String
    /// For mathematics mode.
    public let latex: String
    /// A `<math>` element.
    public let mathML: String

    /// Without typeset forms, the plain one stands for them.
    public init(_ symbol: String, _ meaning: String, shape: String, latex: String? = nil, mathML: String? = nil) {
      self.symbol = symbol
      self.meaning = meaning
      self.shape = shape
      self.latex = latex ?? "\\text{\(symbol)}"
      self.mathML = mathML ?? "<math><mtext>\(symbol)</mtext></math>"
    }
  }

  public let title: String
  /// One line of Unicode: `xₜ = √ᾱₜ·x₀ + √(1 − ᾱₜ)·ε`.
  public let unicode: String
  /// Paper and equation: `DDPM (4)`.
  public let source: String?
  public let symbols: [Symbol]
  /// For mathematics mode; needs amsmath and amssymb.
  public let latex: String
  /// `<math>` elements: the statement, then its definitions.
  public let mathML: [String]

  /// Without typeset forms, the plain one stands for them.
  public init(
    title: String, unicode: String, source: String?, symbols: [Symbol], latex: String? = nil, mathML: [String]? = nil
  ) {
    self.title = title
    self.unicode = unicode
    self.source = source
    self.symbols = symbols
    self.latex = latex ?? "\\text{\(unicode)}"
    self.mathML = mathML ?? ["<math><mtext>\(unicode)</mtext></math>"]
  }
}

/// The formulas of the catalogue.
public struct CatalogueFormulas: FormulaSource {
  public init() {}

  public var ids: [String] { Catalogue.formulas.map(\.id) }

  public func formula(_ id: String) -> FormulaText? {
    guard let formula = Catalogue.formulas.first(where: { $0.id == id }) else { return nil }
    let symbols = formula.symbols.map { symbol in
      FormulaText.Symbol(
        symbol.unicode, symbol.meaning, shape: symbol.shape, latex: symbol.latex, mathML: symbol.expression.mathML)
    }
    return FormulaText(
      title: formula.title, unicode: formula.unicode, source: formula.equationNumber, symbols: symbols,
      latex: formula.latex, mathML: ([formula.statement] + formula.definitions).map(\.mathML))
  }
}
