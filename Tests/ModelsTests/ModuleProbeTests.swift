import Foundation
import Layers
import Models
import Tensors
import TestSupport
import Testing

@Suite("One module on tensors from a file")
struct ModuleProbeTests {
  /// A folder in Tests/Goldens, the probe, and what the peer's results are called in the golden.
  struct Probed: Sendable, CustomTestStringConvertible {
    let probe: ModuleProbe
    let folder: String
    let results: [String: String]
    var testDescription: String { "\(probe.rawValue) of \(folder)" }
  }

  static let probed = [
    Probed(probe: .unet, folder: "unet/classes", results: ["sample": "trace.output"]),
    Probed(probe: .unet, folder: "unet-condition/odd_size", results: ["sample": "output"]),
    Probed(probe: .vaeEncoder, folder: "autoencoder/odd", results: ["mean": "mean", "logvar": "logvar"]),
    Probed(probe: .vaeDecoder, folder: "autoencoder/old_keys", results: ["sample": "decoded"]),
    Probed(
      probe: .textEncoder, folder: "text/legacy",
      results: ["last_hidden_state": "last_hidden_state", "pooler_output": "pooler_output"]),
  ]

  @Test("results and every submodule's output under the peer's module path", arguments: probed)
  func traced(probed: Probed) throws {
    let golden = try Goldens.file("\(probed.folder)/trace.safetensors")
    let folder = ModelFolder(Goldens.path(probed.folder))
    let written = try probed.probe.run(folder, on: golden, trace: true)
    let found = Dictionary(written.map { ($0.name, $0.tensor) }) { $1 }
    #expect(found.count == written.count, "a name twice")
    for (name, stored) in probed.results {
      expectClose(try #require(found[name], "\(name)"), try golden.tensor(stored), .norm(1e-4), name)
    }
    let part = ["encoder", "decoder"].first {
      probed.probe.rawValue.hasSuffix("-\($0)") && probed.probe != .textEncoder
    }
    let paths = golden.names.filter { $0.hasPrefix("trace.\(part ?? "")") && $0 != "trace.output" }
    #expect(!paths.isEmpty)
    for path in paths {
      let ours = try #require(found[String(path.dropFirst("trace.".count))], "\(path)")
      expectClose(ours, try golden.tensor(path), .norm(1e-4), path)
    }
    let plain = try probed.probe.run(folder, on: golden, trace: false)
    #expect(Set(plain.map(\.name)) == Set(probed.results.keys))
  }

  @Test("a text encoder's paths are given as transformers 4 and as transformers 5 name them")
  func bothNames() throws {
    let folder = ModelFolder(Goldens.path("text/whole"))
    let results = try ModuleProbe.textEncoder.run(
      folder, on: Goldens.file("text/whole/trace.safetensors"), trace: true)
    let names = Set(results.map(\.name))
    for name in ["encoder.layers.0.self_attn.probabilities", "final_layer_norm"] {
      #expect(names.contains(name) && names.contains("text_model." + name), "\(name)")
    }
  }

  @Test("a pipeline's folder gives its part, or says that it has none")
  func pipeline() throws {
    try withTemporaryFolder { path in
      try Data("{}".utf8).write(to: URL(fileURLWithPath: path + "/model_index.json"))
      try FileManager.default.copyItem(atPath: Goldens.path("autoencoder/odd"), toPath: path + "/vae")
      let golden = try Goldens.file("autoencoder/odd/trace.safetensors")
      let results = try ModuleProbe.vaeDecoder.run(ModelFolder(path), on: golden, trace: false)
      expectClose(results[0].tensor, try golden.tensor("decoded"), .norm(1e-4))
      let error = #expect(throws: UserError.self) { () throws in
        _ = try ModuleProbe.textEncoder.run(ModelFolder(path), on: golden, trace: false)
      }
      #expect(error?.sentence.contains("text_encoder") == true)
      #expect(try InspectedModel(ModelFolder(path).component("vae")).className == "AutoencoderKL")
    }
  }

  /// A module, tensors that do not fit it, and what the sentence must name.
  struct Misfit: Sendable, CustomTestStringConvertible {
    let probe: ModuleProbe
    let folder: String
    let name: String
    let shape: [Int]
    var fill: Float = 0
    let mentions: [String]
    var testDescription: String { "\(probe.rawValue): \(name) \(shape) of \(fill)" }
  }

  static let misfits = [
    Misfit(
      probe: .unet, folder: "unet-condition/linear", name: "sample", shape: [1, 3, 4, 4],
      mentions: ["[1, 3, 4, 4]", "2"]),
    Misfit(probe: .unet, folder: "unet/heads", name: "sample", shape: [1, 3, 4, 5], mentions: ["[1, 3, 4, 5]", "2"]),
    Misfit(
      probe: .vaeEncoder, folder: "autoencoder/odd", name: "sample", shape: [1, 2, 8, 8],
      mentions: ["[1, 2, 8, 8]", "3"]),
    Misfit(
      probe: .vaeEncoder, folder: "autoencoder/odd", name: "sample", shape: [1, 3, 8, 1],
      mentions: ["[1, 3, 8, 1]", "2"]),
    Misfit(probe: .vaeEncoder, folder: "autoencoder/odd", name: "sample", shape: [3, 8, 8], mentions: ["[3, 8, 8]"]),
    Misfit(probe: .vaeEncoder, folder: "autoencoder/odd", name: "latent_sample", shape: [1], mentions: ["'sample'"]),
    Misfit(
      probe: .vaeDecoder, folder: "autoencoder/odd", name: "latent_sample", shape: [0, 1, 4, 4],
      mentions: ["[0, 1, 4, 4]"]),
    Misfit(
      probe: .textEncoder, folder: "text/legacy", name: "input_ids", shape: [1, 6], mentions: ["[1, 6]", "1 to 5"]),
    Misfit(
      probe: .textEncoder, folder: "text/legacy", name: "input_ids", shape: [1, 2], fill: 23,
      mentions: ["23", "0 to 22"]),
    Misfit(
      probe: .textEncoder, folder: "text/legacy", name: "input_ids", shape: [1, 2], fill: -1,
      mentions: ["-1", "0 to 22"]),
    Misfit(probe: .textEncoder, folder: "text/legacy", name: "input_ids", shape: [0, 2], mentions: ["[0, 2]"]),
  ]

  @Test("tensors that do not fit are named with what the model takes", arguments: misfits)
  func refused(misfit: Misfit) throws {
    try withTemporaryFolder { path in
      let file = path + "/in.safetensors"
      let content: SafetensorsFile.Content =
        misfit.name == "input_ids"
        ? .int64([Int](repeating: Int(misfit.fill), count: misfit.shape.reduce(1, *)), shape: misfit.shape)
        : .float32(Tensor(repeating: misfit.fill, shape: misfit.shape))
      try SafetensorsFile.write([(misfit.name, content)], to: file)
      let error = #expect(throws: UserError.self) { () throws in
        _ = try misfit.probe.run(
          ModelFolder(Goldens.path(misfit.folder)), on: SafetensorsFile(contentsOf: file), trace: false)
      }
      for word in [file] + misfit.mentions {
        #expect(error?.sentence.contains(word) == true, "'\(error?.sentence ?? "")' does not name \(word)")
      }
      #expect(error?.code == .data)
    }
  }
}

@Suite("Looking into model folders")
struct InspectedModelTests {
  @Test(
    "every class: parameters as stored, multiply-adds counted",
    arguments: [
      ("unet/heads", 4 * 4), ("unet-condition/linear", 4 * 4), ("autoencoder/two_layers", 32 * 32),
      ("text/quick_gelu", nil), ("clip", 8 * 8),
      ("discriminator", 64 * 64),
    ] as [(String, Int?)])
  func classes(name: String, pixels: Int?) throws {
    let folder = ModelFolder(Goldens.path(name))
    let inspected = try InspectedModel(folder)
    let stored = try SafetensorsFile(contentsOf: folder.weightsPath()).entries.reduce(0) { $0 + $1.shape.reduce(1, *) }
    #expect(inspected.inspection.parameters == stored)
    #expect(inspected.inspection.multiplyAdds > 0)
    #expect(inspected.side.map { $0 * $0 } == pixels)
    let silent = inspected.inspection.rows.filter { $0.outputShape == nil }.map(\.path)
    #expect(silent.allSatisfy { $0 == "time_proj" }, "modules that report no shape: \(silent)")
  }

  @Test("an autoencoder's multiply-adds, counted by hand")
  func byHand() throws {
    var c = AutoencoderConfiguration()
    c.blockOutChannels = [4]
    c.normNumGroups = 2
    c.latentChannels = 1
    c.midBlockAddAttention = false
    c.useQuantConv = false
    let model = AutoencoderKL(c)
    try withTemporaryFolder { path in
      try JSONSerialization.data(withJSONObject: c.jsonObject).write(to: URL(fileURLWithPath: path + "/config.json"))
      try SafetensorsFile.write(
        model.namedParameters().map { ($0.name, $0.parameter.value) }, to: path + "/model.safetensors", as: .float32)
      // Encoder 3→4, 3 blocks of two 4→4, 4→2; post_quant_conv 1→1; decoder 1→4, 4 blocks of two 4→4, 4→3; 3×3 kernels.
      let products = 8 * 8 * (9 * (12 + 6 * 16 + 8 + 4 + 8 * 16 + 12) + 1)
      #expect(try InspectedModel(ModelFolder(path), side: 8).inspection.multiplyAdds == products)
    }
  }

  @Test("a size the model does not take", arguments: [("autoencoder/two_layers", 6), ("text/legacy", 8), ("clip", 16)])
  func sizes(name: String, side: Int) {
    let error = #expect(throws: UserError.self) { () throws in
      _ = try InspectedModel(ModelFolder(Goldens.path(name)), side: side)
    }
    #expect(error?.sentence.contains("--size is \(side)") == true)
  }

  @Test("an unknown class is named")
  func unknown() throws {
    try withTemporaryFolder { path in
      try Data("{\"_class_name\": \"VQModel\"}".utf8).write(to: URL(fileURLWithPath: path + "/config.json"))
      let error = #expect(throws: UserError.self) { () throws in _ = try InspectedModel(ModelFolder(path)) }
      #expect(error?.sentence.contains("VQModel") == true && error?.sentence.contains("AutoencoderKL") == true)
    }
  }
}
