import Drawing
import Tensors

/// One part of the algorithm that a lesson runs: parameters in, numbers, tensors and figures out.
///
/// A stage declares what it takes and gives before it runs, so that a lesson file, `--set`, `--help`, the notebook and the
/// web page all read the same declaration, and a mistake in a lesson is found without running it. It computes through the
/// code that training and generation use, never through a copy made for teaching. `Sources/Stages/README.md` shows how to
/// write one.
public protocol Stage: Sendable {
  /// The name in lesson files, in kebab case: `forward-noising`.
  var name: String { get }
  /// What it does, in one line.
  var summary: String { get }
  /// What the learner can change.
  var parameters: [StageParameter] { get }
  /// The numbers and words it computes, which placeholders and exercises name.
  var facts: [FactDeclaration] { get }
  /// The figures it can draw.
  var figures: [FigureDeclaration] { get }
  /// The shipped models it reads (folders found through `Home`), for `diffuse lessons --json` and error messages.
  var models: [String] { get }
  /// Runs once, with one value for every parameter (a list for those declared as lists).
  ///
  /// Same context, same result: all randomness comes from `context.seed`.
  func run(_ context: StageContext) throws(UserError) -> StageResult
}

extension Stage {
  public var models: [String] { [] }

  /// The declared parameter of a name; `num-inference-steps` finds `num_inference_steps`.
  public func parameter(named name: String) -> StageParameter? {
    let wanted = StageParameter.canonicalName(name)
    return parameters.first { $0.name == wanted }
  }

  /// Names a placeholder may use after the stage's: facts, then parameters.
  public var placeholderNames: [String] { facts.map(\.name) + parameters.map(\.name) }
}

/// The promise of a fact: its name, in snake case as in `{{strip.signal_share}}`, and what it means.
public struct FactDeclaration: Sendable, Equatable {
  public let name: String
  /// One line with symbols and unit: "share of the variance that is signal, ᾱ_t".
  public let meaning: String

  public init(_ name: String, _ meaning: String) {
    self.name = name
    self.meaning = meaning
  }
}

extension FigureSize {
  /// A poster: ISO A2, landscape.
  public static let a2 = FigureSize.millimetres(594, 420)
}

/// The promise of a figure: its name in kebab case, its message in one line, the formulas it is about.
public struct FigureDeclaration: Sendable, Equatable {
  public let name: String
  public let summary: String
  /// Ids of the catalogue; the runner prints these formulas under the figure's title.
  public let formulas: [String]
  /// The page it is made for when the reader names none.
  public let size: FigureSize

  public init(_ name: String, _ summary: String, formulas: [String] = [], size: FigureSize = .slide) {
    self.name = name
    self.summary = summary
    self.formulas = formulas
    self.size = size
  }
}
