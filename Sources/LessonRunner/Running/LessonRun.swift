import Drawing
import Models
import Stages
import Tensors

/// A lesson with its settings, running each stage once, when it is first needed.
public final class LessonRun {
  public let document: LessonDocument
  public let settings: LessonSettings
  public let home: Home
  private let variants: [String: [StageVariant]]
  private let reporter: (StageProgress) -> Void
  private var outcomes: [String: StageOutcome] = [:]
  private var slides: [String: [SliderFrame]] = [:]

  /// Checks the settings against the lesson; nothing runs yet.
  public init(
    _ document: LessonDocument, settings: LessonSettings, home: Home,
    reporter: @escaping (StageProgress) -> Void = { _ in }
  ) throws(UserError) {
    self.document = document
    self.settings = settings
    self.home = home
    self.reporter = reporter
    variants = try settings.variants(of: document)
    guard let imageFile = settings.imageFile else { return }
    guard document.stages.contains(where: { $0.stage.takesImage }) else {
      throw UserError("lesson \(document.number) works on no picture, so --image has no use in it")
    }
    // Read here too, so that a torn picture is told before the first line of the lesson is out.
    _ = try ImageFile.read(imageFile)
  }

  /// The values a stage of the lesson is run with: one variant, or one for each value compared.
  func variants(of block: StageBlock) -> [StageVariant] {
    guard let variants = variants[block.alias] else {
      preconditionFailure("stage '\(block.alias)' is not of lesson \(document.number)")
    }
    return variants
  }

  /// What a stage of the lesson found; the first call runs it.
  public func outcome(of block: StageBlock) throws(UserError) -> StageOutcome {
    if let known = outcomes[block.alias] { return known }
    var runs: [StageOutcome.Run] = []
    for variant in variants(of: block) { runs.append(try run(block, variant)) }
    let outcome = StageOutcome(block: block, runs: runs)
    outcomes[block.alias] = outcome
    return outcome
  }

  private func run(_ block: StageBlock, _ variant: StageVariant) throws(UserError) -> StageOutcome.Run {
    let recorder = settings.keepsTensors ? Recorder() : nil
    var result = try block.stage.run(try context(for: block, variant, recorder))
    check(result, of: block.stage)
    for entry in recorder?.entries ?? [] { result.tensor(entry.key, entry.tensor) }
    return StageOutcome.Run(variant: variant, result: result)
  }

  /// The stops of a stage's slider, each with what the stage finds there; empty when it has none, or when the settings compare
  /// values already. The first call runs the stage for each.
  public func frames(of block: StageBlock) throws(UserError) -> [SliderFrame] {
    if let known = slides[block.alias] { return known }
    let own = try outcome(of: block)
    guard let slider = block.slider, own.runs.count == 1, let first = own.runs.first else { return [] }
    var frames: [SliderFrame] = []
    for value in slider.values {
      if first.variant.values[slider.parameter] == [value] {
        frames.append(SliderFrame(value: value, outcome: own, isOwn: true))
        continue
      }
      var values = first.variant.values
      values[slider.parameter] = [value]
      let run = try run(block, StageVariant(compared: nil, values: values))
      frames.append(SliderFrame(value: value, outcome: StageOutcome(block: block, runs: [run]), isOwn: false))
    }
    slides[block.alias] = frames
    return frames
  }

  /// The tensors of every stage under names that differ: `strip/x_t`, `strip/timestep=100/x_t` where values are compared,
  /// `strip/unet.mid_block.2` for what was recorded under one key a second time.
  ///
  /// - Parameter alias: of the only stage wanted; nil for all.
  public func tensors(of alias: String? = nil) throws(UserError) -> [(name: String, tensor: Tensor)] {
    var seen: [String: Int] = [:]
    var result: [(name: String, tensor: Tensor)] = []
    for block in document.stages where alias == nil || block.alias == alias {
      for run in try outcome(of: block).runs {
        let variant = run.variant.compared.map { "\($0.parameter)=\($0.value)/" } ?? ""
        for entry in run.result.tensors {
          let name = "\(block.alias)/\(variant)\(entry.name)"
          seen[name, default: 0] += 1
          let count = seen[name] ?? 1
          result.append((count == 1 ? name : "\(name).\(count)", entry.tensor))
        }
      }
    }
    return result
  }

  /// The lesson with another value of a parameter of one stage, or another seed; what the other stages found is kept where it does
  /// not depend on that.
  public func changing(_ assignment: String, of block: StageBlock) throws(UserError) -> LessonRun {
    let changed = try LessonRun(
      document, settings: try settings.changing(assignment, of: block), home: home, reporter: reporter)
    guard changed.settings.seed == settings.seed else { return changed }
    for (alias, outcome) in outcomes {
      let (before, now) = (variants[alias] ?? [], changed.variants[alias] ?? [])
      if before.map(\.values) == now.map(\.values) { changed.outcomes[alias] = outcome }
    }
    return changed
  }

  /// Forgets what a stage found, so that it runs again.
  public func forget(_ block: StageBlock) { outcomes[block.alias] = nil }

  private func context(for block: StageBlock, _ variant: StageVariant, _ recorder: Recorder?) throws(UserError)
    -> StageContext
  {
    var file: String?
    if let image = block.stage.parameters.first(where: { $0.kind == .image }) {
      if let given = settings.imageFile {
        file = given
      } else {
        file = try home.picture(variant.values[image.name]?.first?.description ?? "")
      }
    }
    return StageContext(
      values: variant.values, seed: settings.seed, imageFile: file, home: home, recorder: recorder,
      reporter: reporter)
  }

  /// A stage keeps what it declares.
  private func check(_ result: StageResult, of stage: any Stage) {
    let facts = Set(result.facts.map(\.name))
    let declared = Set(stage.facts.map(\.name))
    precondition(
      facts == declared, "stage '\(stage.name)' declares the facts \(declared.sorted()) and gave \(facts.sorted())")
    let figures = Set(result.figures.map(\.name))
    let promised = Set(stage.figures.map(\.name))
    precondition(
      figures == promised,
      "stage '\(stage.name)' declares the figures \(promised.sorted()) and gave \(figures.sorted())")
  }

  // MARK: Placeholders

  /// The values behind a placeholder, one for each variant of its stage.
  public func values(of placeholder: Placeholder) throws(UserError) -> [FactValue] {
    try values(of: placeholder, in: try outcome(of: block(behind: placeholder)))
  }

  /// The stage that a placeholder names.
  func block(behind placeholder: Placeholder) -> StageBlock {
    guard let block = document.stages.first(where: { $0.alias == placeholder.stage }) else {
      preconditionFailure("placeholder of line \(placeholder.line) names no stage; the parser checks that")
    }
    return block
  }

  private func values(of placeholder: Placeholder, in outcome: StageOutcome) throws(UserError) -> [FactValue] {
    var values: [FactValue] = []
    for run in outcome.runs {
      guard let value = run.value(named: placeholder.name) else {
        preconditionFailure("placeholder of line \(placeholder.line) names no fact; the parser checks that")
      }
      values.append(try pick(placeholder, from: value))
    }
    return values
  }

  private func pick(_ placeholder: Placeholder, from value: FactValue) throws(UserError) -> FactValue {
    guard let index = placeholder.index else { return value }
    let place = "\(document.file), line \(placeholder.line)"
    guard case .numbers(let numbers) = value else {
      throw UserError("\(place): \(placeholder.name) is one value and takes no index", code: .config)
    }
    guard index < numbers.count else {
      throw UserError(
        "\(place): \(placeholder.name) has \(numbers.count) values, so an index goes from 0 to \(numbers.count - 1)",
        code: .config)
    }
    return .number(numbers[index])
  }

  /// The words a placeholder stands for; values of several variants are parted by a stroke.
  ///
  /// - Parameter outcome: of the stage it names; the lesson's own when nil.
  public func text(of placeholder: Placeholder, in outcome: StageOutcome? = nil) throws(UserError) -> String {
    var texts: [String] = []
    let values =
      if let outcome { try values(of: placeholder, in: outcome) } else { try values(of: placeholder) }
    for value in values {
      if case .text = value, placeholder.format != nil {
        throw UserError(
          "\(document.file), line \(placeholder.line): \(placeholder.name) is text and takes no number format",
          code: .config)
      }
      texts.append(value.string(placeholder.format))
    }
    return texts.joined(separator: " / ")
  }

  /// Grades an answer to an exercise against what the stages found.
  public func grade(_ answer: String, to exercise: Exercise) throws(UserError) -> Verdict {
    try exercise.grade(answer) { (placeholder) throws(UserError) in try values(of: placeholder)[0] }
  }
}

/// One stop of a stage's slider.
public struct SliderFrame {
  public let value: ParameterValue
  public let outcome: StageOutcome
  /// Whether it is the value the lesson itself gives.
  public let isOwn: Bool
}

/// What a stage found, once for each value compared.
public struct StageOutcome {
  public struct Run {
    public let variant: StageVariant
    public let result: StageResult

    /// A fact, or a parameter's value.
    func value(named name: String) -> FactValue? {
      if let fact = result.fact(named: name) { return fact }
      return variant.values[name].map(FactValue.init)
    }
  }

  public let block: StageBlock
  public let runs: [Run]
}

extension Stage {
  /// Whether the stage works on a picture that `--image` replaces.
  public var takesImage: Bool { parameters.contains { $0.kind == .image } }
}

extension FactValue {
  /// A parameter's values as a fact.
  init(_ values: [ParameterValue]) {
    let numbers = values.compactMap { value -> Double? in
      switch value {
      case .integer(let value): Double(value)
      case .number(let value): value
      case .text, .flag: nil
      }
    }
    if values.count == 1, let only = values.first {
      switch only {
      case .integer(let value): self = .integer(value)
      case .number(let value): self = .number(value)
      case .text(let value): self = .text(value)
      case .flag(let value): self = .text(value ? "yes" : "no")
      }
    } else if numbers.count == values.count {
      self = .numbers(numbers)
    } else {
      self = .text(values.map(\.description).joined(separator: ", "))
    }
  }

  /// The value as text; without a format whole numbers stay whole and others have four significant digits.
  public func string(_ format: NumberFormat? = nil) -> String {
    switch self {
    case .integer(let value): format?.string(Double(value)) ?? "\(value)".replacing("-", with: "−")
    case .number(let value): (format ?? .plain).string(value)
    case .text(let value): value
    case .numbers(let values): values.map { (format ?? .plain).string($0) }.joined(separator: ", ")
    }
  }
}

extension NumberFormat {
  /// Four significant digits.
  static let plain = NumberFormat(digits: 4, style: "g", groups: false)
}
