import Diffusion
import Foundation
import TestSupport
import Tensors

/// The files in Tests/Goldens/diffusion, made by make_goldens.py there.
enum GoldenFiles {
  /// The list under "cases"; a missing or unreadable file stops the test.
  static func cases(_ file: String) throws -> [[String: Any]] {
    let data = try Data(contentsOf: URL(filePath: Goldens.path("diffusion/\(file)")))
    let content = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    guard let cases = content?["cases"] as? [[String: Any]], !cases.isEmpty else { throw Malformed(file: file) }
    return cases
  }

  struct Malformed: Error {
    var file: String
  }
}

/// One loop of samplers.json.
struct SamplerCase: Sendable, CustomStringConvertible {
  let name: String
  let seed: UInt64
  let steps: Int
  let strength: Double?
  let settings: SamplerSettings
  var description: String { name }

  static let all: [SamplerCase] = {
    do {
      return try GoldenFiles.cases("samplers.json").map(SamplerCase.init)
    } catch {
      preconditionFailure("samplers.json: \(error)")
    }
  }()

  init(_ json: [String: Any]) throws {
    guard let name = json["name"] as? String, let seed = json["seed"] as? Int, let steps = json["steps"] as? Int,
      let config = json["config"]
    else { throw GoldenFiles.Malformed(file: "samplers.json") }
    var settings = try SamplerSettings(schedulerConfig: JSONSerialization.data(withJSONObject: config))
    settings.eta = json["eta"] as? Double ?? 0
    settings.useClippedModelOutput = json["use_clipped_model_output"] as? Bool ?? false
    self.name = name
    self.seed = UInt64(seed)
    self.steps = steps
    self.strength = json["strength"] as? Double
    self.settings = settings
  }
}

/// tanh(W x + sin(t/50) b) + 0.2 x, the model of the goldens, in Double.
struct StandInModel: Denoiser {
  let weight: Tensor
  let bias: Tensor

  func predict(_ sample: Tensor, timestep: Float) -> Tensor {
    let (w, b) = (weight.scalars.map { Double($0) }, bias.scalars.map { Double($0) })
    let wave = sin(Double(timestep) / 50)
    let x = sample.scalars.map { Double($0) }
    let result = x.indices.map { i in
      let (row, start) = (i % b.count, i / b.count * b.count)
      let product = b.indices.reduce(0) { $0 + w[row * b.count + $1] * x[start + $1] }
      return Float(tanh(product + wave * b[row]) + 0.2 * x[i])
    }
    return Tensor(result, shape: sample.shape)
  }
}
