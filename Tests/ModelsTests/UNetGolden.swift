import Gradients
import Models
import Tensors
import TestSupport
import Testing

/// One folder of Goldens/unet: a model as diffusers saved it, and what diffusers computed with it.
struct UNetGolden {
  static let names = [
    "plain", "classes", "heads", "one_head", "sine_first", "centred", "no_mid_attention", "one_level", "small",
  ]

  let path: String
  let model: UNet2DModel
  let trace: SafetensorsFile

  init(_ name: String) throws {
    path = Goldens.path("unet/\(name)")
    model = try ModelFolder(path).unet2D()
    trace = try Goldens.file("unet/\(name)/trace.safetensors")
  }

  func input() throws -> Tensor { try trace.tensor("sample") }
  func timesteps() throws -> [Float] { try trace.integers("timestep").map(Float.init) }
  func labels() throws -> [Int]? { trace["class_labels"] == nil ? nil : try trace.integers("class_labels") }

  /// The paths of the modules diffusers has, in no particular order.
  var tracedPaths: Set<String> {
    Set(trace.names.filter { $0.hasPrefix("trace.") }.map { String($0.dropFirst("trace.".count)) }).subtracting([
      "output"
    ])
  }

  func run(_ recorder: Recorder? = nil) throws -> Tensor {
    model(
      Variable(try input()), timesteps: try timesteps(), classLabels: try labels(), recorder?.recording()
    ).value
  }
}
