import Drawing
import Tensors

/// What a stage found: facts, tables, figures and tensors, each in the order it was added.
public struct StageResult {
  public private(set) var facts: [(name: String, value: FactValue)] = []
  public private(set) var tables: [StageTable] = []
  public private(set) var figures: [StageFigure] = []
  public private(set) var tensors: [(name: String, tensor: Tensor)] = []

  public init() {}

  /// Adds a declared fact; each name once.
  public mutating func fact(_ name: String, _ value: FactValue) {
    precondition(!facts.contains { $0.name == name }, "fact '\(name)' is given twice")
    facts.append((name, value))
  }

  public mutating func fact(_ name: String, _ value: Int) { fact(name, .integer(value)) }
  public mutating func fact(_ name: String, _ value: Double) { fact(name, .number(value)) }
  public mutating func fact(_ name: String, _ value: Float) { fact(name, .number(Double(value))) }
  public mutating func fact(_ name: String, _ value: String) { fact(name, .text(value)) }
  public mutating func fact(_ name: String, _ values: [Double]) { fact(name, .numbers(values)) }

  /// Adds a table that the renderers print.
  public mutating func table(_ table: StageTable) { tables.append(table) }

  /// Adds a declared figure; `draw` is called only when the figure is wanted.
  public mutating func figure(_ name: String, draw: @escaping () throws(UserError) -> Figure) {
    precondition(!figures.contains { $0.name == name }, "figure '\(name)' is given twice")
    figures.append(StageFigure(name: name, draw: draw))
  }

  /// Keeps a tensor for `--tensors`, tests and other renderers; names are paths such as `step.012/x0`.
  public mutating func tensor(_ name: String, _ tensor: Tensor) {
    tensors.append((name, tensor))
  }

  public func fact(named name: String) -> FactValue? { facts.first { $0.name == name }?.value }
  public func figure(named name: String) -> StageFigure? { figures.first { $0.name == name } }
}

/// A number or words a stage computed.
public enum FactValue: Sendable, Equatable {
  case integer(Int)
  case number(Double)
  case text(String)
  /// One number for each of something the stage says (each timestep, each class); `{{strip.errors[2]:.3f}}` picks one.
  case numbers([Double])
}

/// A table for the reader: words and formatted numbers.
public struct StageTable: Sendable, Equatable {
  public struct Column: Sendable, Equatable {
    public let title: String
    /// Numbers stand right-aligned, words left-aligned.
    public let isNumeric: Bool

    public init(_ title: String, numeric: Bool = true) {
      self.title = title
      isNumeric = numeric
    }
  }

  /// Kebab case; a lesson's stage block picks tables by it (`tables: [by-timestep]`).
  public let name: String
  public let title: String
  public let columns: [Column]
  public let rows: [[String]]

  /// Every row must have as many cells as there are columns.
  public init(name: String, title: String, columns: [Column], rows: [[String]]) {
    for row in rows {
      precondition(row.count == columns.count, "row \(row) of table '\(name)' has not \(columns.count) cells")
    }
    self.name = name
    self.title = title
    self.columns = columns
    self.rows = rows
  }
}

/// A figure that is drawn when it is wanted.
public struct StageFigure {
  public let name: String
  public let draw: () throws(UserError) -> Figure

  public init(name: String, draw: @escaping () throws(UserError) -> Figure) {
    self.name = name
    self.draw = draw
  }
}
