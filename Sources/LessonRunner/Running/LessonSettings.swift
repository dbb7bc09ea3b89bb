import Stages
import Tensors

/// What the reader changes of a lesson: `--set`, `--seed`, `--image`, `--tensors`.
public struct LessonSettings: Sendable {
  /// One `--set`: a parameter, perhaps of one stage only (`strip.timestep`), and its values as text.
  public struct Override: Sendable, Equatable {
    public let key: String
    public let text: String
  }

  public var overrides: [Override]
  public var seed: UInt64
  public var imageFile: String?
  /// Whether intermediate tensors are kept.
  public var keepsTensors: Bool

  /// - Parameter assignments: `timestep=250` or `timestep=100,500,900`, as given to `--set`.
  public init(
    assignments: [String] = [], seed: UInt64 = 0, imageFile: String? = nil, keepsTensors: Bool = false
  ) throws(UserError) {
    var overrides: [Override] = []
    for assignment in assignments {
      guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
        throw UserError("--set takes NAME=VALUE, such as timestep=250, not '\(assignment)'")
      }
      let text = String(assignment[assignment.index(after: equals)...])
      guard !text.isEmpty else { throw UserError("--set \(assignment) has no value") }
      overrides.append(Override(key: String(assignment[..<equals]), text: text))
    }
    self.overrides = overrides
    self.seed = seed
    self.imageFile = imageFile
    self.keepsTensors = keepsTensors
  }
}

/// One way to run a stage: the values, and what sets it apart from its neighbours.
public struct StageVariant: Sendable {
  /// The parameter of which several values are compared, and this variant's value; nil when nothing is compared.
  public let compared: (parameter: String, value: ParameterValue)?
  public let values: [String: [ParameterValue]]

  /// "timestep = 100", or nothing.
  public var label: String { compared.map { "\($0.parameter) = \($0.value)" } ?? "" }
}

extension LessonSettings {
  /// The variants in which each stage of the lesson is to be run, by alias.
  ///
  /// - Throws: for a parameter no stage of the lesson has, a value it refuses, and several values of two parameters.
  public func variants(of document: LessonDocument) throws(UserError) -> [String: [StageVariant]] {
    var result: [String: [StageVariant]] = [:]
    for key in Set(overrides.map(\.key)).sorted() where !document.stages.contains(where: { applies(key, to: $0) }) {
      throw unknown(key, in: document)
    }
    for block in document.stages { result[block.alias] = try variants(of: block) }
    return result
  }

  private func variants(of block: StageBlock) throws(UserError) -> [StageVariant] {
    var values = block.values
    var compared: (parameter: StageParameter, values: [ParameterValue])?
    for parameter in block.stage.parameters {
      let all = overrides.filter { self.parameter($0.key, of: block)?.name == parameter.name }
      // What is set for this stage alone goes before what is set for every stage.
      let own = all.filter { $0.key.contains(".") }
      let given = own.isEmpty ? all : own
      guard !given.isEmpty else { continue }
      let parsed = try parse(given, for: parameter)
      if parameter.isList || parsed.count == 1 {
        values[parameter.name] = parsed
      } else if let other = compared {
        throw UserError(
          "--set gives several values of \(other.parameter.name) and of \(parameter.name); compare one at a time")
      } else {
        compared = (parameter, parsed)
      }
    }
    guard let compared else { return [StageVariant(compared: nil, values: values)] }
    return compared.values.map { value in
      var varied = values
      varied[compared.parameter.name] = [value]
      return StageVariant(compared: (compared.parameter.name, value), values: varied)
    }
  }

  /// With another value of a parameter of one stage, or another seed; what was set for the stage before gives way.
  ///
  /// - Parameter assignment: `timestep=600`, `seed=7`.
  func changing(_ assignment: String, of block: StageBlock) throws(UserError) -> LessonSettings {
    guard let new = try LessonSettings(assignments: [assignment]).overrides.first else { return self }
    var changed = self
    if new.key == "seed" {
      guard let seed = UInt64(new.text) else {
        throw UserError("the seed '\(new.text)' is no whole number from 0 to 18446744073709551615")
      }
      changed.seed = seed
      return changed
    }
    guard let parameter = self.parameter(new.key, of: block) else {
      throw .unknown("parameter of \(block.alias)", new.key, among: block.stage.parameters.map(\.name) + ["seed"])
    }
    changed.overrides.removeAll { $0.key.contains(".") && self.parameter($0.key, of: block) == parameter }
    changed.overrides.append(Override(key: "\(block.alias).\(parameter.name)", text: new.text))
    return changed
  }

  /// Values in order, twice the same one once; commas part all but free text, which several `--set` give.
  private func parse(_ given: [Override], for parameter: StageParameter) throws(UserError) -> [ParameterValue] {
    var values: [ParameterValue] = []
    for override in given {
      let whole = parameter.kind == .text && !parameter.isList
      let texts =
        whole ? [override.text] : override.text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      for text in texts {
        let value: ParameterValue
        do {
          value = try parameter.parse(text.trimmed)
        } catch {
          throw UserError("--set \(override.key)=\(override.text): \(error.sentence)", code: error.code)
        }
        if parameter.isList || !values.contains(value) { values.append(value) }
      }
    }
    try parameter.checkCount(values)
    return values
  }

  /// The parameter of the block that a key names, if it does.
  private func parameter(_ key: String, of block: StageBlock) -> StageParameter? {
    guard let dot = key.firstIndex(of: ".") else { return block.stage.parameter(named: key) }
    guard key[..<dot] == block.alias else { return nil }
    return block.stage.parameter(named: String(key[key.index(after: dot)...]))
  }

  private func applies(_ key: String, to block: StageBlock) -> Bool { parameter(key, of: block) != nil }

  private func unknown(_ key: String, in document: LessonDocument) -> UserError {
    var names: [String] = []
    for block in document.stages {
      for parameter in block.stage.parameters where !names.contains(parameter.name) { names.append(parameter.name) }
    }
    let bare = key.split(separator: ".").last.map(String.init) ?? key
    return .unknown("parameter of lesson \(document.number)", key.contains(".") ? key : bare, among: names)
  }
}
