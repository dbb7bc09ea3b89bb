import Foundation
import Gradients
import Tensors

/// One module of a model, run on tensors from a file: what `diffuse probe` does.
///
/// Inputs and results are named as the arguments and results of the forward method of diffusers or transformers.
public enum ModuleProbe: String, CaseIterable, Sendable {
  case unet
  case vaeEncoder = "vae-encoder"
  case vaeDecoder = "vae-decoder"
  case textEncoder = "text-encoder"

  /// The folder of the module inside a pipeline's.
  public var component: String {
    switch self {
    case .unet: "unet"
    case .vaeEncoder, .vaeDecoder: "vae"
    case .textEncoder: "text_encoder"
    }
  }

  /// Runs the module of a folder, its own or a pipeline's.
  ///
  /// - Parameter trace: whether every submodule's output follows the results, under its module path.
  /// - Throws: a sentence on the model, or on the tensor that does not fit it.
  public func run(
    _ folder: ModelFolder, on file: SafetensorsFile, trace: Bool
  ) throws(UserError) -> [(name: String, tensor: Tensor)] {
    let folder = try folder.component(component)
    let recorder = Recorder()
    let recording = trace ? recorder.recording() : nil
    let results =
      switch self {
      case .unet: try Self.unet(folder, file, recording)
      case .vaeEncoder: try Self.vaeEncoder(folder, file, recording)
      case .vaeDecoder: try Self.vaeDecoder(folder, file, recording)
      case .textEncoder: try Self.textEncoder(folder, file, recording)
      }
    return results + traced(recorder)
  }

  private static func unet(
    _ folder: ModelFolder, _ file: SafetensorsFile, _ recording: Recording?
  ) throws(UserError) -> [(name: String, tensor: Tensor)] {
    if try folder.configuration().string("_class_name") == "UNet2DConditionModel" {
      let model = try folder.unet2DCondition()
      let arguments = try UNet2DArguments(file, for: model.configuration)
      let result = model(
        Variable(arguments.sample), timesteps: arguments.timesteps,
        encoderHiddenStates: arguments.encoderHiddenStates.map { Variable($0) }, classLabels: arguments.classLabels,
        recording)
      return [("sample", result.value)]
    }
    let model = try folder.unet2D()
    let arguments = try UNet2DArguments(file, for: model.configuration)
    let result = model(
      Variable(arguments.sample), timesteps: arguments.timesteps, classLabels: arguments.classLabels, recording)
    return [("sample", result.value)]
  }

  private static func vaeEncoder(
    _ folder: ModelFolder, _ file: SafetensorsFile, _ recording: Recording?
  ) throws(UserError) -> [(name: String, tensor: Tensor)] {
    let model = try folder.autoencoder()
    let c = model.configuration
    let latents = model.encode(
      Variable(try file.images("sample", channels: c.inChannels, least: c.sizeFactor)), recording)
    return [("mean", latents.mean.value), ("logvar", latents.logvar.value)]
  }

  private static func vaeDecoder(
    _ folder: ModelFolder, _ file: SafetensorsFile, _ recording: Recording?
  ) throws(UserError) -> [(name: String, tensor: Tensor)] {
    let model = try folder.autoencoder()
    let latents = try file.images("latent_sample", channels: model.configuration.latentChannels, least: 1)
    return [("sample", model.decode(Variable(latents), recording).value)]
  }

  private static func textEncoder(
    _ folder: ModelFolder, _ file: SafetensorsFile, _ recording: Recording?
  ) throws(UserError) -> [(name: String, tensor: Tensor)] {
    let model = try folder.clipTextModel()
    let result = model(try file.inputIDs(for: model.configuration), recording)
    return [("last_hidden_state", result.lastHiddenState.value), ("pooler_output", result.pooled.value)]
  }

  /// What was recorded below the module itself.
  ///
  /// transformers 4 begins a text encoder's module paths with `text_model.`, transformers 5 does not: both are given.
  private func traced(_ recorder: Recorder) -> [(name: String, tensor: Tensor)] {
    let entries = recorder.entries.filter { !$0.key.isEmpty }.map { (name: $0.key, tensor: $0.tensor) }
    guard self == .textEncoder else { return entries }
    let prefix = "text_model."
    return entries
      + entries.filter { $0.name.hasPrefix(prefix) }.map { (String($0.name.dropFirst(prefix.count)), $0.tensor) }
  }
}

extension ModelFolder {
  /// The folder of a part of a pipeline, which has a `model_index.json`; any other folder is the part itself.
  public func component(_ name: String) throws(UserError) -> ModelFolder {
    guard isPipeline else { return self }
    let part = ModelFolder("\(path)/\(name)")
    guard FileManager.default.fileExists(atPath: part.path) else {
      throw UserError("the pipeline \(path) has no part '\(name)'", code: .noInput)
    }
    return part
  }

  /// Whether this is the folder of a whole diffusers pipeline.
  public var isPipeline: Bool { FileManager.default.fileExists(atPath: path + "/model_index.json") }
}

extension SafetensorsFile {
  /// The images `name` [N, channels, H, W] with H and W at least `least`.
  func images(_ name: String, channels: Int, least: Int) throws(UserError) -> Tensor {
    let tensor = try tensor(name)
    let shape = tensor.shape
    guard shape.count == 4, shape[0] > 0, shape[1] == channels, shape[2] >= least, shape[3] >= least else {
      throw UserError(
        "\(path): \(name) has the shape \(shape); the model takes [N, \(channels), H, W] with H and W from \(least)",
        code: .data)
    }
    return tensor
  }

  /// `input_ids` [N, L] of a text encoder.
  func inputIDs(for configuration: CLIPTextConfiguration) throws(UserError) -> [[Int]] {
    let ids = try integers("input_ids")
    let (shape, longest) = (self["input_ids"]?.shape ?? [], configuration.maxPositionEmbeddings)
    guard (1...2).contains(shape.count), let length = shape.last, (1...longest).contains(length), !ids.isEmpty else {
      throw UserError(
        "\(path): input_ids has the shape \(shape); the model takes [N, L] with L from 1 to \(longest)", code: .data)
    }
    if let wrong = ids.first(where: { !(0..<configuration.vocabSize).contains($0) }) {
      throw UserError(
        "\(path): input_ids has \(wrong); ids go from 0 to \(configuration.vocabSize - 1)", code: .data)
    }
    return stride(from: 0, to: ids.count, by: length).map { Array(ids[$0..<($0 + length)]) }
  }
}
