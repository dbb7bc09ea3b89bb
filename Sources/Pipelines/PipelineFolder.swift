import Diffusion
import Foundation
import Layers
import Models
import Tensors

/// The folder of a diffusers pipeline: `model_index.json` and a folder for each part it names.
public struct PipelineFolder: Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  /// The parts of a `StableDiffusionPipeline`: name, library and the classes that can be read here.
  private static let parts: [(name: String, library: String, classes: [String])] = [
    ("tokenizer", "transformers", ["CLIPTokenizer", "CLIPTokenizerFast"]),
    ("text_encoder", "transformers", ["CLIPTextModel"]),
    ("vae", "diffusers", ["AutoencoderKL"]),
    ("unet", "diffusers", ["UNet2DConditionModel"]),
  ]

  /// Pipelines with the same parts, which only use them differently.
  private static let classes = [
    "StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline", "StableDiffusionInpaintPipeline",
  ]

  /// Checks that the folder holds a pipeline that can be run, part by part.
  ///
  /// A safety checker and its feature extractor are passed over.
  /// - Throws: a sentence that names the part that is missing or of a class that is not implemented.
  public func check() throws(UserError) {
    guard ModelFolder(path).isPipeline else {
      throw UserError("\(path) is not a pipeline's folder: it has no model_index.json", code: .noInput)
    }
    let index = try ConfigurationObject(contentsOf: path + "/model_index.json")
    guard try index.string("_class_name") != nil else { throw index.error("_class_name is missing") }
    try index.require("_class_name", oneOf: Self.classes)
    for part in Self.parts {
      guard let names = try index.texts(part.name), names.count == 2 else {
        throw index.error("\(part.name) is missing; it must be [\"\(part.library)\", \"\(part.classes[0])\"]")
      }
      guard part.classes.contains(names[1]) else {
        throw index.error("\(part.name) is a \(names[1]), which is not supported; supported: \(part.classes[0])")
      }
      try checkFolder(part.name)
    }
    try checkFolder("scheduler")
  }

  private func checkFolder(_ part: String) throws(UserError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: "\(path)/\(part)", isDirectory: &isFolder), isFolder.boolValue else {
      throw UserError("\(path) has no folder \(part), which a pipeline needs", code: .noInput)
    }
  }

  public func part(_ name: String) -> ModelFolder { ModelFolder("\(path)/\(name)") }

  /// The path of the scheduler's configuration.
  public var schedulerPath: String { path + "/scheduler/scheduler_config.json" }

  /// The content of the scheduler's configuration.
  public func schedulerConfig() throws(UserError) -> Data {
    guard let json = FileManager.default.contents(atPath: schedulerPath) else {
      throw UserError("\(schedulerPath) is missing or cannot be read", code: .noInput)
    }
    return json
  }

  /// `model_index.json` of a `StableDiffusionPipeline` without a safety checker.
  public static func index(scheduler: SamplerKind) -> [String: Any] {
    var index: [String: Any] = [
      "_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.42.1",
      "requires_safety_checker": false, "scheduler": ["diffusers", scheduler.className],
    ]
    for part in parts { index[part.name] = [part.library, part.classes[0]] }
    for part in ["feature_extractor", "image_encoder", "safety_checker"] { index[part] = [NSNull(), NSNull()] }
    return index
  }
}
