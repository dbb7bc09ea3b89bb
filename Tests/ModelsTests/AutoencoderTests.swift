import Foundation
import Gradients
import Layers
import Models
import Tensors
import TestSupport
import Testing

/// One folder of Goldens/autoencoder: a model as diffusers saved it, and what diffusers computed with it.
private struct AutoencoderGolden {
  static let names = ["one_layer", "two_layers", "odd", "old_keys"]

  let path: String
  let model: AutoencoderKL
  let trace: SafetensorsFile

  init(_ name: String) throws {
    path = Goldens.path("autoencoder/\(name)")
    model = try ModelFolder(path).autoencoder()
    trace = try Goldens.file("autoencoder/\(name)/trace.safetensors")
  }

  func variable(_ name: String) throws -> Variable { Variable(try trace.tensor(name)) }
}

@Suite("AutoencoderKL against diffusers")
struct AutoencoderTests {
  @Test("submodule by submodule to 1e-4, naming the first that differs", arguments: AutoencoderGolden.names)
  func submodules(name: String) throws {
    let golden = try AutoencoderGolden(name)
    let recorder = Recorder()
    let latents = golden.model.encode(try golden.variable("sample"), recorder.recording())
    let decoded = golden.model.decode(try golden.variable("latent_sample"), recorder.recording())
    try expectSameTrace(recorder, golden.trace)
    expectClose(latents.mean.value, try golden.trace.tensor("mean"), .norm(1e-5), "mean")
    expectClose(latents.logvar.value, try golden.trace.tensor("logvar"), .norm(1e-5), "logvar")
    expectClose(decoded.value, try golden.trace.tensor("decoded"), .norm(1e-5), "decoded")
  }

  @Test("a draw, its divergence, and the gradient of every parameter")
  func gradients() throws {
    let golden = try AutoencoderGolden("one_layer")
    golden.model.requireGradients()
    let latents = golden.model.encode(try golden.variable("sample"))
    let drawn = latents.sample(noise: try golden.trace.tensor("noise"))
    expectClose(drawn.value, try golden.trace.tensor("drawn"), .norm(1e-5), "draw")
    expectClose(latents.divergence.value, try golden.trace.tensor("divergence"), .norm(1e-5), "divergence")
    let decoded = golden.model.decode(drawn) * (try golden.variable("seed.decoded"))
    (decoded.sum() + latents.divergence).backward()
    try expectSameGradients(golden.model, golden.trace)
  }

  @Test("gradients reach every parameter", arguments: AutoencoderGolden.names)
  func reached(name: String) throws {
    let golden = try AutoencoderGolden(name)
    golden.model.requireGradients()
    var random = RandomSource(seed: 5)
    let decoded = golden.model.decode(golden.model.encode(try golden.variable("sample")).sample(&random))
    (decoded * decoded).mean().backward()
    for (name, parameter) in golden.model.namedParameters() {
      #expect((parameter.gradient?.squaredNorm ?? 0) > 0, "\(name)")
    }
  }

  @Test("draws use the source as torch.randn does, and log-variances stop at −30 and 20")
  func draws() throws {
    let golden = try AutoencoderGolden("two_layers")
    let latents = golden.model.encode(try golden.variable("sample"))
    #expect(latents.logvar.value.min == -30 && latents.logvar.value.max == 20)
    var random = RandomSource(seed: 12)
    var same = RandomSource(seed: 12)
    let drawn = latents.sample(&random).value
    let noise = same.normal(latents.mean.shape)
    #expect(firstDifferentBits(drawn, latents.sample(noise: noise).value) == nil)
    #expect(random == same)
  }

  @Test("a batch equals its singles to 1e-5", arguments: ["one_layer", "old_keys"])
  func singles(name: String) throws {
    let golden = try AutoencoderGolden(name)
    let pictures = try golden.trace.tensor("sample")
    let batch = golden.model.encode(Variable(pictures)).mean.value
    for i in 0..<2 {
      let single = golden.model.encode(Variable(pictures.sliced(i..<(i + 1)))).mean.value
      expectClose(single, batch.sliced(i..<(i + 1)), .scaled(1e-5), "picture \(i)")
    }
  }

  @Test("every golden folder is tested")
  func everyFolder() throws {
    let folders = try names(inFolder: Goldens.path("autoencoder")).filter {
      FileManager.default.fileExists(atPath: Goldens.path("autoencoder/\($0)/config.json"))
    }
    #expect(Set(folders) == Set(AutoencoderGolden.names))
  }

  @Test("the configuration survives writing and reading", arguments: AutoencoderGolden.names)
  func configurationRoundTrip(name: String) throws {
    let configuration = try AutoencoderGolden(name).model.configuration
    let data = try JSONSerialization.data(withJSONObject: configuration.jsonObject)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(try AutoencoderConfiguration(ConfigurationObject(object, path: "config.json")) == configuration)
  }
}

private let refusals = [
  Refusal("_class_name", "\"VQModel\"", "VQModel", "AutoencoderKL"),
  Refusal("act_fn", "\"relu\"", "relu", "silu"),
  Refusal("down_block_types", "[\"DownEncoderBlock2D\", \"AttnDownEncoderBlock2D\"]", "AttnDownEncoderBlock2D"),
  Refusal("up_block_types", "[\"UpDecoderBlock2D\"]", "1 up_block_types", "2 block_out_channels"),
  Refusal("shift_factor", "0.1", "0.1", "null"),
  Refusal("latents_mean", "[0.5]", "null"),
  Refusal("latents_std", "[0.5]", "null"),
  Refusal("norm_num_groups", "3", "3"),
  Refusal("block_out_channels", "[]", "0 block_out_channels"),
  Refusal("latent_channels", "0", "0", "1…"),
  Refusal("scaling_factor", "0", "0"),
  Refusal("use_quant_conv", "1", "true or false"),
  Refusal("layers_per_block", "\"two\"", "two", "integer"),
]

@Suite("Configurations an autoencoder refuses")
struct AutoencoderConfigurationTests {
  @Test("the sentence names the file, the key and the value", arguments: refusals)
  func refuses(refusal: Refusal) throws {
    let object = try configuration("autoencoder/one_layer", changing: refusal.key, to: refusal.json)
    let error = #expect(throws: UserError.self) { () throws in _ = try AutoencoderConfiguration(object) }
    for word in ["folder/config.json", refusal.key] + refusal.mentions {
      #expect(error?.sentence.contains(word) == true, "'\(error?.sentence ?? "")' does not name \(word)")
    }
    #expect(error?.code == .config)
  }

  @Test("absent keys have diffusers' defaults", arguments: ["act_fn", "mid_block_add_attention", "force_upcast"])
  func defaults(key: String) throws {
    let whole = try AutoencoderConfiguration(try configuration("autoencoder/one_layer", changing: "unknown", to: "1"))
    #expect(try AutoencoderConfiguration(try configuration("autoencoder/one_layer", changing: key, to: nil)) == whole)
    #expect(
      try AutoencoderConfiguration(try configuration("autoencoder/one_layer", changing: "scaling_factor", to: nil))
        .scalingFactor == 0.18215)
  }
}
