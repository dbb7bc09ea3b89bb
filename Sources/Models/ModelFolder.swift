import Foundation
import Layers
import Tensors

/// A folder in the layout Hugging Face libraries use: `config.json` beside the weights.
public struct ModelFolder: Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  /// File names weights are looked for under, in this order.
  public static let weightNames = [
    "diffusion_pytorch_model.safetensors", "model.safetensors", "diffusion_pytorch_model.fp16.safetensors",
    "model.fp16.safetensors",
  ]

  /// The configuration in `config.json`.
  public func configuration() throws(UserError) -> ConfigurationObject {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      throw UserError("\(path) is not a model folder", code: .noInput)
    }
    return try ConfigurationObject(contentsOf: path + "/config.json")
  }

  /// The path of the weights.
  public func weightsPath() throws(UserError) -> String {
    for name in Self.weightNames where FileManager.default.fileExists(atPath: "\(path)/\(name)") {
      return "\(path)/\(name)"
    }
    throw UserError("\(path) has no weights; looked for \(Self.weightNames.joined(separator: ", "))", code: .noInput)
  }

  /// Reads every parameter of `module` from the weights.
  ///
  /// - Parameter renaming: the module's name of a tensor in the file, for files written under other names; nil for a tensor
  ///   that is no parameter.
  /// - Throws: a sentence that names the first parameter that is missing, of another shape, or unknown to the module.
  public func load(into module: some Module, renaming: (String) -> String? = { $0 }) throws(UserError) {
    let path = try weightsPath()
    let file = try SafetensorsFile(contentsOf: path)
    var unread: [String: String] = [:]
    for name in file.names {
      guard let known = renaming(name) else { continue }
      if let other = unread.updateValue(name, forKey: known) {
        throw UserError("\(path) has both '\(other)' and '\(name)', two names of one parameter", code: .config)
      }
    }
    for (name, parameter) in module.namedParameters() {
      guard let stored = unread.removeValue(forKey: name) else {
        throw UserError("\(path) has no tensor '\(name)', which the configuration asks for", code: .config)
      }
      let shape = file[stored]?.shape ?? []
      guard shape == parameter.shape else {
        throw UserError(
          "\(path): '\(stored)' has the shape \(shape), but the configuration asks for \(parameter.shape)",
          code: .config)
      }
      parameter.value = try file.tensor(stored)
    }
    if let extra = unread.values.min() {
      throw UserError("\(path) has a tensor '\(extra)', which the configuration does not know", code: .config)
    }
  }

  /// Opens a folder of a `UNet2DModel`.
  public func unet2D() throws(UserError) -> UNet2DModel {
    let model = UNet2DModel(try UNet2DConfiguration(configuration()))
    try load(into: model)
    return model
  }

  /// Writes `config.json` and the weights in half precision, as Hugging Face libraries read them.
  public func write(
    _ module: any Module, _ configuration: [String: Any], weightsName: String = "diffusion_pytorch_model.safetensors"
  ) throws(UserError) {
    try FileOutput.makeFolder(path)
    try FileOutput.write(json: configuration, to: path + "/config.json")
    try SafetensorsFile.write(
      module.namedParameters().map { ($0.name, $0.parameter.value) }, to: "\(path)/\(weightsName)", as: .float16,
      metadata: ["format": "pt"])
  }

  /// Opens a folder of a `UNet2DConditionModel`.
  public func unet2DCondition() throws(UserError) -> UNet2DConditionModel {
    let model = UNet2DConditionModel(try UNet2DConditionConfiguration(configuration()))
    try load(into: model)
    return model
  }

  /// Opens a folder of a `ImageClassifier`.
  public func imageClassifier() throws(UserError) -> ImageClassifier {
    let model = ImageClassifier(try ImageClassifier.Configuration(configuration()))
    try load(into: model)
    return model
  }

  /// The first twelve hexadecimal digits of the weights' SHA-256, by which figures name the model they were drawn from.
  public func weightsHash() throws(UserError) -> String { String(try sha256(ofFile: weightsPath()).prefix(12)) }
}

extension FileOutput {
  /// Writes a JSON object, keys sorted.
  public static func write(json object: [String: Any], to path: String) throws(UserError) {
    guard
      let data = try? JSONSerialization.data(
        withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    else { preconditionFailure("no JSON: \(object)") }
    try write(Array(data) + Array("\n".utf8), to: path)
  }
}
