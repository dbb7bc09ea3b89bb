import Foundation
import Tensors
import TestSupport
import Testing

@Suite("diffuse probe and inspect of every module")
struct ModuleCommandTests {
  @Test("a text encoder of transformers, traced")
  func probe() throws {
    let folder = try TemporaryFolder()
    let output = folder.path + "/out.safetensors"
    let golden = Goldens.path("text/quick_gelu")
    let outcome = try Diffuse.run([
      "probe", "text-encoder", "--model", golden, "--input", golden + "/trace.safetensors", "--output", output,
      "--trace",
    ])
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(outcome.output.isEmpty && outcome.error.isEmpty)
    let (ours, theirs) = (
      try SafetensorsFile(contentsOf: output), try SafetensorsFile(contentsOf: golden + "/trace.safetensors")
    )
    for name in ["last_hidden_state", "pooler_output"] {
      expectClose(try ours.tensor(name), try theirs.tensor(name), .norm(1e-4), name)
    }
    let path = "encoder.layers.1.mlp.fc2"
    expectClose(try ours.tensor(path), try theirs.tensor("trace." + path), .norm(1e-4), path)
  }

  @Test("an unknown module, a model of another class, tensors that are missing")
  func wrong() throws {
    let folder = try TemporaryFolder()
    let (text, image) = (Goldens.path("text/legacy"), Goldens.path("autoencoder/odd"))
    func probe(_ module: String, _ model: String, _ input: String) throws -> Diffuse.Outcome {
      try Diffuse.run([
        "probe", module, "--model", model, "--input", input + "/trace.safetensors", "--output",
        folder.path + "/out.safetensors",
      ])
    }
    try probe("vae-encode", image, image).expectSentence(["vae-encode", "vae-encoder"], code: 64)
    try probe("vae-encoder", text, image).expectSentence(["config.json", "block_out_channels"], code: 78)
    try probe("text-encoder", text, image).expectSentence(["trace.safetensors", "input_ids"], code: 65)
    #expect(try names(inFolder: folder.path).isEmpty)
  }

  @Test("inspect prints an autoencoder's tree, and JSON")
  func inspect() throws {
    let golden = Goldens.path("autoencoder/one_layer")
    let text = try Diffuse.run(["inspect", golden, "--size", "16"])
    #expect(text.code == 0, "\(text.error)")
    for words in ["parameters", "16×16, encoded and decoded", "encoder", "decoder", "quant_conv"] {
      #expect(text.output.contains(words), "\(text.output)")
    }
    let json = try Diffuse.run(["inspect", golden, "--json"])
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(object?["class"] as? String == "AutoencoderKL")
    #expect((object?["modules"] as? [[String: Any]])?.contains { $0["path"] as? String == "encoder.conv_in" } == true)
  }

  @Test("the judge of garments can be inspected too")
  func classifier() throws {
    let outcome = try Diffuse.run(["inspect", "fashion-classifier"])
    #expect(outcome.code == 0 && outcome.output.contains("classifier"), "\(outcome.error)")
  }
}
