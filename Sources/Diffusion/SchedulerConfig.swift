import Foundation
import Tensors

// The file scheduler/scheduler_config.json of a diffusers pipeline.

extension SamplerSettings {
  /// Reads a diffusers scheduler configuration.
  ///
  /// Settings the file leaves out have the sampler's defaults; settings it has beyond the sampler's are passed over,
  /// as diffusers does; a setting diffusers would heed and this package does not implement is refused by name.
  ///
  /// - Parameters:
  ///   - json: the file's content; diffusers writes `-Infinity` into it, which strict JSON has not.
  ///   - kind: the sampler to make of it; nil for the one the file names in `_class_name`.
  ///   - name: the file's name, for messages.
  /// Throws when the content is no such configuration or a value is of the wrong kind or out of its range.
  public init(
    schedulerConfig json: Data, as kind: SamplerKind? = nil, name: String = "scheduler_config.json"
  ) throws(UserError) {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    let config: [String: SettingValue]
    do {
      config = try decoder.decode([String: SettingValue].self, from: json)
    } catch {
      throw UserError("\(name) is not a JSON object with a scheduler's settings", code: .config)
    }
    do {
      try self.init(config, as: kind)
      try check()
      _ = try NoiseSchedule(schedule)
    } catch {
      throw UserError("\(name): \(error.sentence)", code: .config)
    }
  }

  private init(_ config: [String: SettingValue], as wanted: SamplerKind?) throws(UserError) {
    let kind: SamplerKind
    if let wanted { kind = wanted } else { kind = try Self.kind(named: config["_class_name"]) }
    self.init(kind)
    for (key, neutral) in kind.unimplemented.sorted(by: { $0.key < $1.key }) {
      guard let value = config[key], value != neutral, value != .null else { continue }
      throw UserError("\(key) is \(value), which is not implemented; \(neutral) is")
    }
    for key in SettingKey.allCases where kind.settings.contains(key) && !key.isOfStep {
      guard let value = config[key.rawValue], value != .null else { continue }
      try set(key, to: value)
    }
  }

  private static func kind(named className: SettingValue?) throws(UserError) -> SamplerKind {
    let known = SamplerKind.allCases.map(\.className).joined(separator: ", ")
    guard case .text(let name) = className else {
      throw UserError("_class_name is missing; it must be one of \(known)")
    }
    guard let kind = SamplerKind.allCases.first(where: { $0.className == name }) else {
      throw UserError("_class_name is \(name); it must be one of \(known)")
    }
    return kind
  }

  /// The settings as diffusers' `from_pretrained` reads them, keys sorted.
  ///
  /// Left out are η and `use_clipped_model_output`, arguments of a step there, and an infinite `lambda_min_clipped`,
  /// which JSON cannot say and which is the default.
  public func schedulerConfig() throws(UserError) -> Data {
    var config: [String: SettingValue] = ["_class_name": .text(kind.className)]
    for key in kind.settings where !key.isOfStep && self[key] != .number(-.infinity) {
      config[key.rawValue] = self[key]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(config)
    } catch {
      throw UserError("the settings of the \(kind.rawValue) scheduler cannot be written as JSON", code: .config)
    }
  }
}

extension SettingValue: Codable {
  init(from decoder: any Decoder) throws {
    guard let container = try? decoder.singleValueContainer() else {
      self = .compound
      return
    }
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let whole = try? container.decode(Int.self) {
      self = .whole(whole)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .compound
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null, .compound: try container.encodeNil()
    case .flag(let value): try container.encode(value)
    case .whole(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    }
  }
}
