import Tensors

/// One value of a parameter.
public enum ParameterValue: Sendable, Equatable, CustomStringConvertible {
  case integer(Int)
  case number(Double)
  case text(String)
  case flag(Bool)

  public var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): value
    case .flag(let value): "\(value)"
    }
  }
}

/// The declaration of something the learner can change: name, type, range, default and one line of help.
///
/// A parameter takes one value; several (`--set timestep=100,500,900`) make the runner run the stage for each and set the
/// results side by side. A parameter declared as a list (`integers`, `numbers`, `choices`) hands all its values to one run.
public struct StageParameter: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case choice([String])
    case text
    case flag
    /// A picture bundled with the package, a garment or a scene of emoji, by its name; `--image FILE` replaces it (see
    /// `StageContext.imageFile`).
    case image
  }

  /// Snake case, the field's word: `timestep`, `num_inference_steps`.
  public let name: String
  public let kind: Kind
  /// One element, or the whole list of a list parameter.
  public let defaults: [ParameterValue]
  /// How many values a list parameter takes; nil for a parameter of one value.
  public let listCount: ClosedRange<Int>?
  /// One line, symbol and unit included.
  public let help: String

  public var isList: Bool { listCount != nil }

  private init(
    _ name: String, _ kind: Kind, _ defaults: [ParameterValue], list: ClosedRange<Int>? = nil, _ help: String
  ) {
    self.name = name
    self.kind = kind
    self.defaults = defaults
    listCount = list
    self.help = help
    for value in defaults {
      precondition((try? parse(value.description)) == value, "default \(value) of '\(name)' is not a \(allowed)")
    }
    if let list {
      precondition(list.contains(defaults.count), "\(defaults.count) defaults of '\(name)', which takes \(list)")
    }
  }

  // MARK: Declaring

  public static func integer(
    _ name: String, _ range: ClosedRange<Int>, default value: Int, help: String
  ) -> StageParameter {
    StageParameter(name, .integer(range), [.integer(value)], help)
  }

  public static func integers(
    _ name: String, _ range: ClosedRange<Int>, count: ClosedRange<Int>, default values: [Int], help: String
  ) -> StageParameter {
    StageParameter(name, .integer(range), values.map { .integer($0) }, list: count, help)
  }

  public static func number(
    _ name: String, _ range: ClosedRange<Double>, default value: Double, help: String
  ) -> StageParameter {
    StageParameter(name, .number(range), [.number(value)], help)
  }

  public static func numbers(
    _ name: String, _ range: ClosedRange<Double>, count: ClosedRange<Int>, default values: [Double], help: String
  ) -> StageParameter {
    StageParameter(name, .number(range), values.map { .number($0) }, list: count, help)
  }

  public static func choice(
    _ name: String, _ choices: [String], default value: String, help: String
  ) -> StageParameter {
    StageParameter(name, .choice(choices), [.text(value)], help)
  }

  public static func choices(
    _ name: String, _ choices: [String], count: ClosedRange<Int>, default values: [String], help: String
  ) -> StageParameter {
    StageParameter(name, .choice(choices), values.map { .text($0) }, list: count, help)
  }

  public static func text(_ name: String, default value: String, help: String) -> StageParameter {
    StageParameter(name, .text, [.text(value)], help)
  }

  public static func flag(_ name: String, default value: Bool, help: String) -> StageParameter {
    StageParameter(name, .flag, [.flag(value)], help)
  }

  /// The picture the stage works on; a stage has at most one such parameter, usually named `image`.
  public static func image(_ name: String = "image", default value: String, help: String) -> StageParameter {
    StageParameter(name, .image, [.text(value)], help)
  }

  /// Dashes as underscores, so that `--set num-inference-steps=20` works too.
  public static func canonicalName(_ name: String) -> String {
    String(name.map { $0 == "-" ? "_" : $0 })
  }

  // MARK: Reading values

  /// The range in short: "0…999", or the choices.
  public var range: String {
    switch kind {
    case .integer(let range): "\(range.lowerBound)…\(range.upperBound)"
    case .number(let range): "\(range.lowerBound)…\(range.upperBound)"
    case .choice(let choices): choices.joined(separator: ", ")
    case .text, .image: ""
    case .flag: "true, false"
    }
  }

  /// What the parameter accepts, in words: "whole number from 0 to 999".
  public var allowed: String {
    switch kind {
    case .integer(let range): "whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "number from \(range.lowerBound) to \(range.upperBound)"
    case .choice(let choices): "choice of \(choices.joined(separator: ", "))"
    case .text: "text"
    case .flag: "choice of true, false"
    case .image: "bundled picture's name"
    }
  }

  /// One value from its text; the error names the value, what is allowed and the place.
  public func parse(_ text: String, at place: String? = nil) throws(UserError) -> ParameterValue {
    switch kind {
    case .integer(let range):
      if let value = Int(text), range.contains(value) { return .integer(value) }
    case .number(let range):
      if let value = Double(text), value.isFinite, range.contains(value) { return .number(value) }
    case .choice(let choices):
      if choices.contains(text) { return .text(text) }
    case .text, .image:
      return .text(text)
    case .flag:
      if ["true", "yes", "on", "1"].contains(text.lowercased()) { return .flag(true) }
      if ["false", "no", "off", "0"].contains(text.lowercased()) { return .flag(false) }
    }
    let prefix = place.map { "\($0): " } ?? ""
    throw UserError(
      "\(prefix)\(name) must be a \(allowed), not '\(text)'", code: place == nil ? .usage : .config)
  }

  /// Throws when a list parameter is given too few or too many values.
  public func checkCount(_ values: [ParameterValue], at place: String? = nil) throws(UserError) {
    let allowed = listCount ?? 1...Int.max
    guard !allowed.contains(values.count) else { return }
    let prefix = place.map { "\($0): " } ?? ""
    throw UserError(
      "\(prefix)\(name) is given \(values.count) values and takes \(allowed.lowerBound) to \(allowed.upperBound)",
      code: place == nil ? .usage : .config)
  }
}
