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

    public init(_ symbol: String, _ meaning: String, shape: String) {
      self.symbol = symbol
      self.meaning = meaning
      self.shape = shape
    }
  }

  public let title: String
  /// One line of Unicode: `xₜ = √ᾱₜ·x₀ + √(1 − ᾱₜ)·ε`.
  public let unicode: String
  /// Paper and equation: `DDPM (4)`.
  public let source: String?
  public let symbols: [Symbol]

  public init(title: String, unicode: String, source: String?, symbols: [Symbol]) {
    self.title = title
    self.unicode = unicode
    self.source = source
    self.symbols = symbols
  }
}

/// The formulas of the catalogue.
public struct CatalogueFormulas: FormulaSource {
  public init() {}

  public var ids: [String] { Catalogue.formulas.map(\.id) }

  public func formula(_ id: String) -> FormulaText? {
    guard let formula = Catalogue.formulas.first(where: { $0.id == id }) else { return nil }
    let symbols = formula.symbols.map { FormulaText.Symbol($0.unicode, $0.meaning, shape: $0.shape) }
    return FormulaText(
      title: formula.title, unicode: formula.unicode, source: formula.equationNumber, symbols: symbols)
  }
}
