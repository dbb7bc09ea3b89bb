/// One page of the catalogue: a formula, what its symbols mean, where it comes from and how people get it wrong.
///
/// The statement is written once, in the notation of `--expression`. It is printed from there, and evaluated from there
/// as the reference; forms that only a reader can evaluate (expectations, norms over a model) carry a `computed` one.
public struct Formula: Sendable, Identifiable, CustomStringConvertible {
  /// `group.name`, as lessons and `diffuse check` call it.
  public let id: String
  public let title: String
  /// What the formula says and what it is good for, in a few sentences.
  public let summary: String
  /// The formula as it is printed.
  public let statement: Expression
  /// Abbreviations the statement uses, in order.
  public let definitions: [Expression]
  /// What is computed on given arrays, where the statement itself cannot be.
  public let computed: Program?
  /// Every symbol of the statement, in reading order.
  public let symbols: [Symbol]
  public let sources: [Source]
  /// How the source writes it, where that differs: other letters, t from 1 to T.
  public let paperForm: String?
  /// What is worth knowing beside the formula.
  public let notes: [String]
  /// Wrong variants that people really write.
  public let mistakes: [Mistake]
  /// Cases worked out by hand; `cases` has the others too.
  public let handCases: [Case]

  /// - Parameters:
  ///   - statement: in the notation of `--expression`; a mistake in it stops the program.
  ///   - where: definitions, in the same notation.
  init(
    _ id: String, _ title: String, _ statement: String, where definitions: [String] = [], computed: String? = nil,
    summary: String, symbols: [Symbol], sources: [Source], paperForm: String? = nil, notes: [String] = [],
    mistakes: [Mistake] = [], cases: [Case] = []
  ) {
    self.id = id
    self.title = title
    self.summary = summary
    self.statement = Self.parsed(statement, id)
    self.definitions = definitions.map { Self.parsed($0, id) }
    self.computed = computed.map { Self.program($0, id) }
    self.symbols = symbols
    self.sources = sources
    self.paperForm = paperForm
    self.notes = notes
    self.mistakes = mistakes
    handCases = cases
  }

  private static func parsed(_ text: String, _ id: String) -> Expression { program(text, id).result }

  private static func program(_ text: String, _ id: String) -> Program {
    do { return try Program(parsing: text, functions: nil) } catch {
      preconditionFailure("\(id): \(text): \(error)")
    }
  }

  public var description: String { id }

  /// The part of the id before the dot.
  public var group: String { String(id.prefix { $0 != "." }) }

  /// One line of Unicode text, its definitions after it: `xₜ = …, where α = …`.
  public var unicode: String {
    let main = statement.unicode
    return definitions.isEmpty ? main : main + ", where " + definitions.map(\.unicode).joined(separator: ", ")
  }

  /// LaTeX for mathematics mode; definitions on lines of their own.
  public var latex: String {
    let lines = ([statement] + definitions).map(\.latex)
    return lines.count == 1 ? lines[0] : "\\begin{gathered} " + lines.joined(separator: " \\\\ ") + " \\end{gathered}"
  }

  /// One `<math>` element for the statement and one for each definition.
  public var mathML: String { ([statement] + definitions).map(\.mathML).joined(separator: "\n") }

  /// The equation number to print beside a figure: `DDPM (4)`.
  public var equationNumber: String? { sources.first?.short }
}

extension Formula {
  /// A symbol with its meaning.
  public struct Symbol: Sendable, Hashable {
    public enum Role: Sendable, Hashable {
      /// Given in every case.
      case given
      /// A sequence over the timesteps. Without an index it means the element at `at`; `before` is the value at −1.
      case schedule(at: String, before: Double?)
      /// What the formula yields.
      case result
      /// Explained, but no value of its own: an index, a model, an abbreviation.
      case explained
    }

    /// In the notation of `--expression`, such as `x_t`, `alpha_bar` or `x[t-1]`.
    public let name: String
    public let meaning: String
    /// Shape and range: `[N, C, H, W]`, `integer, 0…T−1`.
    public let shape: String
    public let role: Role

    init(_ name: String, _ meaning: String, _ shape: String = "number", _ role: Role = .given) {
      self.name = name
      self.meaning = meaning
      self.shape = shape
      self.role = role
    }

    /// The symbol as a tree, for printing.
    public var expression: Expression {
      do { return try Program(parsing: name, functions: nil).result } catch {
        preconditionFailure("symbol \(name): \(error)")
      }
    }

    /// As it is printed: `ᾱ`, `xₜ₋₁`.
    public var unicode: String { expression.unicode }
    public var latex: String { expression.latex }
  }

  /// Where a formula is from.
  public struct Source: Sendable, Hashable {
    /// Authors, year, title.
    public let work: String
    /// How one calls it for short: DDPM.
    public let name: String
    /// Equation, algorithm or section, as it is numbered there: `(4)`.
    public let equation: String
    public let link: String

    init(_ name: String, _ equation: String, _ work: String, _ link: String) {
      self.name = name
      self.equation = equation
      self.work = work
      self.link = link
    }

    /// `DDPM (4)`.
    public var short: String { "\(name) \(equation)" }
  }

  /// A wrong variant that people really write.
  public struct Mistake: Sendable, Hashable {
    /// A few words that name it: `dropped square root`.
    public let name: String
    /// The wrong formula.
    public let program: Program
    /// What was done, to the person who did it.
    public let explanation: String

    init(_ name: String, _ expression: String, _ explanation: String) {
      self.name = name
      self.explanation = explanation
      do { program = try Program(parsing: expression, functions: nil) } catch {
        preconditionFailure("mistake \(name): \(expression): \(error)")
      }
    }
  }
}
