import Foundation
import Layers
import Models
import Tensors

/// What an interrupted run needs beside the weights.
struct TrainingState {
  var step: Int
  var seconds: Double
  var moments: [String: (first: Tensor, second: Tensor)]
  var averages: [String: Tensor]
  var roundStart: [String: Tensor]
}

/// The folder a training run writes: the model, its card and log, and while it runs a checkpoint.
public struct TrainingFolder: Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  public var logPath: String { path + "/training.csv" }
  var checkpointPath: String { path + "/checkpoint.safetensors" }

  /// Makes the folder.
  func prepare() throws(UserError) {
    try FileOutput.makeFolder(path)
  }

  // MARK: Model

  /// Writes companions, and of every part `config.json` and the weights in half precision.
  func writeModel(_ recipe: any Recipe) throws(UserError) {
    try recipe.writeCompanions(to: path)
    for part in recipe.parts {
      try ModelFolder(part.path(in: path)).write(part.module, part.configuration, weightsName: part.weightsName)
    }
  }

  /// Reads the weights of every part.
  func readModel(_ recipe: any Recipe) throws(UserError) {
    for part in recipe.parts { try ModelFolder(part.path(in: path)).load(into: part.module) }
  }

  // MARK: Checkpoint

  func writeCheckpoint(
    _ state: TrainingState, parameters: [(name: String, parameter: Parameter)], settings: TrainingSettings
  ) throws(UserError) {
    var tensors: [(String, Tensor)] = []
    for (name, parameter) in parameters {
      tensors.append(("weights.\(name)", parameter.value))
      if let moments = state.moments[name] {
        tensors += [("first.\(name)", moments.first), ("second.\(name)", moments.second)]
      }
      if let average = state.averages[name] { tensors.append(("average.\(name)", average)) }
      if let start = state.roundStart[name] { tensors.append(("start.\(name)", start)) }
    }
    try SafetensorsFile.write(
      tensors, to: checkpointPath, as: .float32,
      metadata: ["step": "\(state.step)", "seconds": "\(state.seconds)", "settings": "\(settings)"])
  }

  func readCheckpoint(
    parameters: [(name: String, parameter: Parameter)], settings: TrainingSettings
  ) throws(UserError) -> TrainingState {
    guard hasCheckpoint else {
      throw UserError("there is no checkpoint to resume from in \(path)", code: .noInput)
    }
    let file = try SafetensorsFile(contentsOf: checkpointPath)
    guard let step = file.metadata["step"].flatMap(Int.init),
      let seconds = file.metadata["seconds"].flatMap(Double.init)
    else { throw UserError("\(checkpointPath) is no checkpoint of a training run", code: .data) }
    guard file.metadata["settings"] == "\(settings)" else {
      throw UserError("\(checkpointPath) was made with other training settings than these", code: .config)
    }
    var state = TrainingState(step: step, seconds: seconds, moments: [:], averages: [:], roundStart: [:])
    for (name, parameter) in parameters {
      guard file["weights.\(name)"]?.shape == parameter.shape else {
        throw UserError("\(checkpointPath) belongs to another network: '\(name)' differs", code: .config)
      }
      parameter.value = try file.tensor("weights.\(name)")
      state.moments[name] = (try file.tensor("first.\(name)"), try file.tensor("second.\(name)"))
      if file["start.\(name)"] != nil { state.roundStart[name] = try file.tensor("start.\(name)") }
      if settings.emaDecay != nil { state.averages[name] = try file.tensor("average.\(name)") }
    }
    return state
  }

  /// Whether an interrupted run left a checkpoint.
  public var hasCheckpoint: Bool { FileManager.default.fileExists(atPath: checkpointPath) }

  func removeCheckpoint() { try? FileManager.default.removeItem(atPath: checkpointPath) }
}
