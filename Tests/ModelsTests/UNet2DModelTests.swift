import Foundation
import Gradients
import Layers
import Models
import Tensors
import TestSupport
import Testing

@Suite("UNet2DModel against diffusers")
struct UNet2DModelTests {
  /// Modules report in the order they finish, so the first that differs is where the error is made.
  @Test("submodule by submodule to 1e-4, naming the first that differs", arguments: UNetGolden.names)
  func submodules(name: String) throws {
    let golden = try UNetGolden(name)
    let recorder = Recorder()
    let output = try golden.run(recorder)
    let ours = recorder.entries.filter { golden.tracedPaths.contains($0.key) }
    #expect(golden.tracedPaths.subtracting(ours.map(\.key)).sorted() == [], "modules that did not report")
    for (path, tensor) in ours {
      if let difference = difference(tensor, try golden.trace.tensor("trace.\(path)"), .norm(1e-4)) {
        Issue.record("the first that differs is \(path): \(difference)")
        return
      }
    }
    expectClose(output, try golden.trace.tensor("trace.output"), .norm(1e-4), "output")
  }

  @Test("recording changes nothing but rounding", arguments: UNetGolden.names)
  func unrecorded(name: String) throws {
    let golden = try UNetGolden(name)
    expectClose(try golden.run(), try golden.run(Recorder()), .scaled(1e-5))
  }

  @Test("every golden folder is tested")
  func everyFolder() throws {
    let contents = try FileManager.default.contentsOfDirectory(atPath: Goldens.path("unet"))
    let folders = contents.filter {
      FileManager.default.fileExists(atPath: Goldens.path("unet/\($0)/config.json"))
    }
    #expect(Set(folders) == Set(UNetGolden.names))
  }

  @Test("the module tree has diffusers' names", arguments: UNetGolden.names)
  func moduleTree(name: String) throws {
    let golden = try UNetGolden(name)
    let modules = golden.model.namedModules().map(\.name)
    #expect(Set(modules).count == modules.count)
    #expect(Set(modules) == golden.tracedPaths)
    let stored = try SafetensorsFile(contentsOf: try ModelFolder(golden.path).weightsPath())
    #expect(golden.model.parameterCount == stored.entries.reduce(0) { $0 + $1.shape.reduce(1, *) })
  }

  @Test("a batch equals its singles to 1e-5", arguments: ["classes", "centred", "no_mid_attention", "small"])
  func singles(name: String) throws {
    let golden = try UNetGolden(name)
    let (input, timesteps, labels) = (try golden.input(), try golden.timesteps(), try golden.labels())
    let batch = try golden.run()
    for i in 0..<input.shape[0] {
      let single = golden.model(
        Variable(input.sliced(i..<(i + 1))), timesteps: [timesteps[i]], classLabels: labels.map { [$0[i]] })
      expectClose(single.value, batch.sliced(i..<(i + 1)), .scaled(1e-5), "sample \(i)")
    }
  }

  @Test("one timestep serves the whole batch")
  func sharedTimestep() throws {
    let golden = try UNetGolden("centred")
    let input = Variable(try golden.input())
    let shared = golden.model(input, timesteps: [77]).value
    #expect(firstDifferentBits(shared, golden.model(input, timesteps: [77, 77]).value) == nil)
    #expect(difference(shared, golden.model(input, timesteps: [77, 78]).value, .norm(1e-4)) != nil)
  }

  @Test("the configuration survives writing and reading", arguments: UNetGolden.names)
  func configurationRoundTrip(name: String) throws {
    let configuration = try UNetGolden(name).model.configuration
    let data = try JSONSerialization.data(withJSONObject: configuration.jsonObject)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(try UNet2DConfiguration(ConfigurationObject(object, path: "config.json")) == configuration)
  }
}

private let refusals = [
  Refusal("_class_name", "\"UNet2DConditionModel\"", "UNet2DConditionModel", "UNet2DModel"),
  Refusal("time_embedding_type", "\"fourier\"", "fourier", "positional"),
  Refusal("mid_block_type", "\"UNetMidBlock2DCrossAttn\"", "UNetMidBlock2DCrossAttn", "UNetMidBlock2D"),
  Refusal("mid_block_type", "null", "null"),
  Refusal("downsample_type", "\"resnet\"", "resnet", "conv"),
  Refusal("upsample_type", "\"resnet\"", "resnet", "conv"),
  Refusal("act_fn", "\"gelu\"", "gelu", "silu"),
  Refusal("resnet_time_scale_shift", "\"scale_shift\"", "scale_shift", "default"),
  Refusal("attn_norm_num_groups", "4", "4"),
  Refusal("class_embed_type", "\"timestep\"", "timestep"),
  Refusal("down_block_types", "[\"DownBlock2D\", \"SkipDownBlock2D\"]", "SkipDownBlock2D", "AttnDownBlock2D"),
  Refusal("up_block_types", "[\"AttnUpBlock2D\", \"KUpBlock2D\"]", "KUpBlock2D", "AttnUpBlock2D"),
  Refusal("down_block_types", "[\"DownBlock2D\"]", "1 down_block_types", "2 block_out_channels"),
  Refusal("down_block_types", nil, "missing"),
  Refusal("block_out_channels", "[]", "0 block_out_channels"),
  Refusal("block_out_channels", "[8, 0]", "0", "1…"),
  Refusal("block_out_channels", "[8, 9]", "9", "norm_num_groups 4"),
  Refusal("block_out_channels", "[8, 1e30]", "integer"),
  Refusal("layers_per_block", "0", "0", "1…"),
  Refusal("layers_per_block", "1.5", "1.5", "integer"),
  Refusal("layers_per_block", "null", "null"),
  Refusal("norm_num_groups", "\"4\"", "4", "integer"),
  Refusal("norm_num_groups", "0", "0", "1…"),
  Refusal("attention_head_dim", "64", "64", "block_out_channels"),
  Refusal("in_channels", "-3", "-3", "1…"),
  Refusal("num_class_embeds", "true", "integer"),
  Refusal("flip_sin_to_cos", "1", "1", "true or false"),
  Refusal("norm_eps", "\"small\"", "small", "number"),
  Refusal("norm_eps", "0", "0"),
  Refusal("mid_block_scale_factor", "0", "0"),
  Refusal("downsample_padding", "2", "2", "0…1"),
]

@Suite("Configurations a U-Net refuses")
struct UNet2DConfigurationTests {
  @Test("the sentence names the file, the key and the value", arguments: refusals)
  func refuses(refusal: Refusal) throws {
    let object = try configuration("unet/plain", changing: refusal.key, to: refusal.json)
    let error = #expect(throws: UserError.self) { () throws in _ = try UNet2DConfiguration(object) }
    let sentence = error?.sentence ?? ""
    for word in ["folder/config.json", refusal.key] + refusal.mentions {
      #expect(sentence.contains(word), "'\(sentence)' does not name \(word)")
    }
    #expect(error?.code == .config)
  }

  @Test("absent keys have diffusers' defaults")
  func defaults() throws {
    let whole = try UNet2DConfiguration(try configuration("unet/plain"))
    for key in ["act_fn", "center_input_sample", "downsample_padding", "freq_shift", "norm_eps", "add_attention"] {
      #expect(try UNet2DConfiguration(try configuration("unet/plain", changing: key, to: nil)) == whole, "\(key)")
    }
    #expect(try UNet2DConfiguration(try configuration("unet/plain", changing: "norm_num_groups", to: "8")) != whole)
  }
}
