import Stages
import Tensors

/// A lesson file, read and checked: the one form from which every renderer works.
public struct LessonDocument: Sendable {
  /// What stands between the `---` lines at the top of a lesson file.
  public struct Header: Sendable, Equatable {
    public let title: String
    /// How long reading and running takes, in minutes.
    public let minutes: Int?
    /// Slugs of the lessons to read before.
    public let needs: [String]
    /// Ids of the formulas the lesson teaches.
    public let formulas: [String]
  }

  /// The path shown in messages.
  public let file: String
  /// Two digits: "02".
  public let number: String
  /// The name without number: "forward-noising".
  public let slug: String
  public let header: Header
  public let blocks: [LessonBlock]
  /// Every placeholder of the prose, in reading order.
  public let placeholders: [Placeholder]

  /// All stage blocks in reading order.
  public var stages: [StageBlock] {
    blocks.compactMap { if case .stage(let block) = $0 { block } else { nil } }
  }

  /// The stage block that placeholders call `alias`.
  public func stage(_ alias: String) throws(UserError) -> StageBlock {
    if let block = stages.first(where: { $0.alias == alias }) { return block }
    throw .unknown("stage of lesson \(number)", alias, among: stages.map(\.alias))
  }

  /// What a figure is called in files: its own name, with the stage's alias before it where the lesson draws it twice.
  public func fileName(ofFigure name: String, in block: StageBlock) -> String {
    let isShared = stages.count { $0.figures.contains(name) } > 1
    return isShared ? "\(block.alias.lowercased())-\(name)" : name
  }

  /// The names of a stage's facts that the prose states or an exercise asks for.
  func statedFacts(of block: StageBlock) -> Set<String> {
    let named = placeholders + exercises.compactMap(\.fact)
    return Set(named.filter { $0.stage == block.alias }.map(\.name))
  }

  /// All exercises in reading order.
  public var exercises: [Exercise] {
    blocks.compactMap { if case .exercise(let exercise) = $0 { exercise } else { nil } }
  }
}

/// One block of a lesson: Markdown's own, or one of the four fenced ones.
public indirect enum LessonBlock: Sendable {
  case heading(level: Int, [LessonInline])
  case paragraph([LessonInline])
  case list(LessonList)
  case quote([LessonBlock])
  case code(language: String, text: String)
  case table(LessonTable)
  case rule
  case formula(FormulaBlock)
  case stage(StageBlock)
  case exercise(Exercise)
  case notebook(NotebookBlock)
}

/// A bulleted list, or a numbered one when it has a start.
public struct LessonList: Sendable {
  public let start: Int?
  /// Whether the items follow each other without blank lines.
  public let isTight: Bool
  public let items: [[LessonBlock]]
}

public struct LessonTable: Sendable {
  public enum Alignment: Sendable { case left, center, right }
  public let alignments: [Alignment]
  public let header: [[LessonInline]]
  public let rows: [[[LessonInline]]]
}

/// A run of text inside a block.
public indirect enum LessonInline: Sendable {
  case text(String)
  case emphasis([LessonInline])
  case strong([LessonInline])
  case code([LessonInline])
  case link([LessonInline], destination: String)
  case image(description: String, source: String)
  case placeholder(Placeholder)
  case softBreak
  case lineBreak
}

/// ```` ```formula ID ````: a formula of the catalogue.
public struct FormulaBlock: Sendable, Equatable {
  public let id: String
  public let line: Int
}

/// ```` ```stage NAME ````: a stage with the values the lesson gives it.
public struct StageBlock: Sendable {
  public let stage: any Stage
  /// The name placeholders use: `as:`, else the stage's own.
  public let alias: String
  /// A value (a list for list parameters) for every parameter.
  public let values: [String: [ParameterValue]]
  /// The figures to show, in order.
  public let figures: [String]
  /// The tables to show; nil shows all.
  public let tables: [String]?
  /// The values a page that can move shows the stage with, besides the lesson's own.
  public let slider: Slider?
  public let line: Int

  /// `slider: timestep=50,250,500`: a parameter of one value, and the values on its scale, the lesson's own among them.
  public struct Slider: Sendable, Equatable {
    public let parameter: String
    public let values: [ParameterValue]
  }
}

/// ```` ```notebook python ````: code for the notebook alone, which works a formula out anew from the tensors of the
/// stages before it.
public struct NotebookBlock: Sendable, Equatable {
  public let code: String
  public let line: Int
}
