import Models
import Tensors

/// Everything a stage may look at while it runs.
public struct StageContext {
  /// Checked values by parameter name; read them with `integer(_:)` and its like.
  public let values: [String: [ParameterValue]]
  /// `--seed`; all randomness of the stage comes from it.
  public let seed: UInt64
  /// The file behind the stage's picture: `--image` when given, else the bundled picture that the `image` parameter names.
  /// nil for a stage that declares no picture.
  public let imageFile: String?
  /// Where shipped weights and pictures are.
  public let home: Home
  /// Collects intermediate tensors when the reader wants to keep them (`--tensors`), else nil; hand
  /// `context.recorder?.recording("step.012")` to what runs. A stage whose figures need such tensors makes its own recorder.
  public let recorder: Recorder?
  private let reporter: (StageProgress) -> Void

  public init(
    values: [String: [ParameterValue]], seed: UInt64 = 0, imageFile: String? = nil, home: Home,
    recorder: Recorder? = nil, reporter: @escaping (StageProgress) -> Void = { _ in }
  ) {
    self.values = values
    self.seed = seed
    self.imageFile = imageFile
    self.home = home
    self.recorder = recorder
    self.reporter = reporter
  }

  /// Defaults of `stage`, with some values replaced: the context of a test.
  ///
  /// Values are checked as those of a lesson file are.
  public init(
    defaultsOf stage: any Stage, setting replaced: [String: String] = [:], seed: UInt64 = 0, imageFile: String? = nil,
    home: Home, recorder: Recorder? = nil
  ) throws(UserError) {
    var values: [String: [ParameterValue]] = [:]
    for parameter in stage.parameters { values[parameter.name] = parameter.defaults }
    for (name, text) in replaced {
      guard let parameter = stage.parameter(named: name) else {
        throw .unknown("parameter of \(stage.name)", name, among: stage.parameters.map(\.name))
      }
      var parsed: [ParameterValue] = []
      for part in parameter.isList ? text.split(separator: ",").map(String.init) : [text] {
        parsed.append(try parameter.parse(part))
      }
      try parameter.checkCount(parsed)
      values[parameter.name] = parsed
    }
    var file = imageFile
    if file == nil, let image = stage.parameters.first(where: { $0.kind == .image }) {
      file = try home.picture(values[image.name]?.first?.description ?? "")
    }
    self.init(values: values, seed: seed, imageFile: file, home: home, recorder: recorder)
  }

  // MARK: Values

  public func integer(_ name: String) -> Int { integers(name)[0] }
  public func number(_ name: String) -> Double { numbers(name)[0] }
  public func text(_ name: String) -> String { texts(name)[0] }

  public func flag(_ name: String) -> Bool {
    if case .flag(let value) = all(name)[0] { return value }
    preconditionFailure("parameter '\(name)' is no flag")
  }

  /// The values of a list parameter, in the order they were given.
  public func integers(_ name: String) -> [Int] {
    all(name).map {
      if case .integer(let value) = $0 { return value }
      preconditionFailure("parameter '\(name)' is no integer")
    }
  }

  public func numbers(_ name: String) -> [Double] {
    all(name).map {
      if case .number(let value) = $0 { return value }
      preconditionFailure("parameter '\(name)' is no number")
    }
  }

  /// Choices, texts and the names of bundled pictures.
  public func texts(_ name: String) -> [String] {
    all(name).map {
      if case .text(let value) = $0 { return value }
      preconditionFailure("parameter '\(name)' is no text")
    }
  }

  private func all(_ name: String) -> [ParameterValue] {
    guard let found = values[name], !found.isEmpty else {
      preconditionFailure("stage reads the parameter '\(name)', which it does not declare")
    }
    return found
  }

  // MARK: Progress

  /// Says how far the stage is, on standard error when that is a terminal; call it as often as is convenient.
  public func report(_ done: Int, of total: Int, _ what: String) {
    reporter(StageProgress(done: done, total: total, what: what))
  }
}

/// How far a stage is.
public struct StageProgress: Sendable, Equatable {
  public let done: Int
  public let total: Int
  /// What is being counted, such as "denoising steps".
  public let what: String

  public init(done: Int, total: Int, what: String) {
    self.done = done
    self.total = total
    self.what = what
  }
}
