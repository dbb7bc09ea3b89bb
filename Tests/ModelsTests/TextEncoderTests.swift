import Foundation
import Gradients
import Layers
import Models
import Tensors
import TestSupport
import Testing

/// One folder of Goldens/text: a model as transformers saved it, and what transformers computed with it.
private struct TextGolden {
  static let names = ["quick_gelu", "legacy", "gelu_new", "whole"]

  let path: String
  let model: CLIPTextModel
  let trace: SafetensorsFile
  let ids: [[Int]]

  init(_ name: String) throws {
    path = Goldens.path("text/\(name)")
    model = try ModelFolder(path).clipTextModel()
    trace = try Goldens.file("text/\(name)/trace.safetensors")
    ids = try trace.rows("input_ids")
  }
}

@Suite("CLIPTextModel against transformers")
struct TextEncoderTests {
  @Test("submodule by submodule to 1e-4, naming the first that differs", arguments: TextGolden.names)
  func submodules(name: String) throws {
    let golden = try TextGolden(name)
    let recorder = Recorder()
    let result = golden.model(golden.ids, recorder.recording())
    try expectSameTrace(recorder, golden.trace, prefix: "text_model.")
    expectClose(result.lastHiddenState.value, try golden.trace.tensor("last_hidden_state"), .norm(1e-5), "hidden")
    expectClose(result.pooled.value, try golden.trace.tensor("pooler_output"), .norm(1e-5), "pooled")
  }

  @Test("the gradient of every parameter", arguments: TextGolden.names)
  func gradients(name: String) throws {
    let golden = try TextGolden(name)
    golden.model.requireGradients()
    let result = golden.model(golden.ids)
    let hidden = result.lastHiddenState * Variable(try golden.trace.tensor("seed.hidden"))
    let pooled = result.pooled * Variable(try golden.trace.tensor("seed.pooled"))
    (hidden.sum() + pooled.sum()).backward()
    try expectSameGradients(golden.model, golden.trace, prefix: "text_model.")
  }

  @Test("a token looks only at itself and those before it")
  func causal() throws {
    let golden = try TextGolden("quick_gelu")
    let recorder = Recorder { $0.hasSuffix("probabilities") }
    let whole = golden.model([[27, 3, 0, 14]], recorder.recording()).lastHiddenState.value
    let changed = golden.model([[27, 3, 0, 15]]).lastHiddenState.value
    #expect(firstDifferentBits(whole.sliced(0..<3, along: 1), changed.sliced(0..<3, along: 1)) == nil)
    #expect(difference(whole, changed, .norm(1e-3)) != nil)
    #expect(recorder.entries.map(\.tensor.shape) == [[1, 2, 4, 4], [1, 2, 4, 4]])
    for (key, probabilities) in recorder.entries {
      expectClose(probabilities.sum(along: 3), .ones([1, 2, 4]), .absolute(1e-5), key)
      for row in 0..<4 {
        for column in (row + 1)..<max(row + 1, 4) { #expect(probabilities[0, 1, row, column] < 1e-30, "\(key)") }
      }
    }
  }

  @Test("the sum of a text is taken at its first end, by the old rule at its highest id")
  func pooled() throws {
    let model = try TextGolden("quick_gelu").model
    func position(_ ids: [Int], _ model: CLIPTextModel) -> Int? {
      let (hidden, pooled) = model([ids])
      return ids.indices.first {
        firstDifferentBits(hidden.value.sliced($0..<($0 + 1), along: 1).reshaped(pooled.shape), pooled.value) == nil
      }
    }
    #expect(position([27, 3, 28, 0, 28], model) == 2)
    #expect(position([27, 3, 26, 1], model) == 0)
    #expect(position([21, 2, 4, 22, 1], try TextGolden("legacy").model) == 3)
  }

  @Test("written keys begin with text_model., and a written folder is read back", arguments: TextGolden.names)
  func roundTrip(name: String) throws {
    let golden = try TextGolden(name)
    let parameters = golden.model.namedParameters()
    #expect(parameters.allSatisfy { $0.name.hasPrefix("text_model.") })
    try withTemporaryFolder { folder in
      try JSONSerialization.data(withJSONObject: golden.model.configuration.jsonObject)
        .write(to: URL(fileURLWithPath: folder + "/config.json"))
      try SafetensorsFile.write(
        parameters.map { ($0.name, $0.parameter.value) }, to: folder + "/model.safetensors", as: .float32)
      let read = try ModelFolder(folder).clipTextModel()
      #expect(read.configuration == golden.model.configuration)
      let (ours, theirs) = (read(golden.ids).pooled.value, golden.model(golden.ids).pooled.value)
      #expect(firstDifferentBits(ours, theirs) == nil)
    }
  }

  @Test("every golden folder is tested")
  func everyFolder() throws {
    let folders = try names(inFolder: Goldens.path("text")).filter {
      FileManager.default.fileExists(atPath: Goldens.path("text/\($0)/config.json"))
    }
    #expect(Set(folders) == Set(TextGolden.names))
  }

  @Test("it learns to tell two texts apart")
  func learns() throws {
    var configuration = CLIPTextConfiguration()
    configuration.vocabSize = 20
    configuration.hiddenSize = 16
    configuration.intermediateSize = 32
    configuration.numHiddenLayers = 2
    configuration.numAttentionHeads = 2
    configuration.maxPositionEmbeddings = 6
    configuration.eosTokenID = 19
    let model = CLIPTextModel(configuration)
    var random = RandomSource(seed: 1)
    model.initialize(&random)
    model.requireGradients()
    let optimizer = AdamW(model.namedParameters(), learningRate: 1e-2)
    var losses: [Float] = []
    for _ in 0..<12 {
      optimizer.clearGradients()
      let pooled = model([[3, 4, 5, 19], [5, 4, 3, 19]]).pooled
      let loss = Loss.crossEntropy(pooled, labels: [0, 1])
      loss.backward()
      losses.append(loss.value.scalar)
      optimizer.update()
    }
    #expect(losses[11] < 0.2 * losses[0], "\(losses)")
  }
}

private let refusals = [
  Refusal("model_type", "\"bert\"", "bert", "clip_text_model"),
  Refusal("hidden_act", "\"tanh\"", "tanh", "quick_gelu"),
  Refusal("num_attention_heads", "3", "3", "hidden_size 16"),
  Refusal("num_attention_heads", "0", "0", "1…"),
  Refusal("vocab_size", "null", "null"),
  Refusal("hidden_size", "1.5", "1.5", "integer"),
  Refusal("num_hidden_layers", "0", "0", "1…"),
  Refusal("layer_norm_eps", "-1", "-1"),
  Refusal("eos_token_id", "\"end\"", "end", "integer"),
  Refusal("text_config", "[]", "object"),
]

@Suite("Text encoders that are refused")
struct TextEncoderRefusalTests {
  private func folder(_ folder: String, changing key: String, to value: Any?) throws -> ModelFolder {
    let data = try #require(FileManager.default.contents(atPath: Goldens.path("text/quick_gelu/config.json")))
    var values = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    values[key] = value
    try JSONSerialization.data(withJSONObject: values).write(to: URL(fileURLWithPath: folder + "/config.json"))
    return ModelFolder(folder)
  }

  @Test("the sentence names the file, the key and the value", arguments: refusals)
  func refuses(refusal: Refusal) throws {
    try withTemporaryFolder { path in
      let value = try refusal.json.map {
        try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
      }
      let folder = try folder(path, changing: refusal.key, to: value)
      let error = #expect(throws: UserError.self) { () throws in _ = try folder.clipTextModel() }
      for word in [path + "/config.json", refusal.key] + refusal.mentions {
        #expect(error?.sentence.contains(word) == true, "'\(error?.sentence ?? "")' does not name \(word)")
      }
      #expect(error?.code == .config)
    }
  }

  @Test(
    "weights that do not fit", arguments: [("vocab_size", 30, "token_embedding"), ("num_hidden_layers", 1, "layers.1")])
  func weights(key: String, value: Int, mention: String) throws {
    try withTemporaryFolder { path in
      let folder = try folder(path, changing: key, to: value)
      try FileManager.default.copyItem(
        atPath: Goldens.path("text/quick_gelu/model.safetensors"), toPath: path + "/model.safetensors")
      let error = #expect(throws: UserError.self) { () throws in _ = try folder.clipTextModel() }
      #expect(error?.sentence.contains(mention) == true, "\(error?.sentence ?? "")")
    }
  }

  @Test("one parameter under two names")
  func twice() throws {
    try withTemporaryFolder { path in
      let folder = try folder(path, changing: "vocab_size", to: 29)
      var tensors = try Goldens.tensors("text/quick_gelu/model.safetensors")
      tensors["text_model.final_layer_norm.bias"] = .zeros([16])
      try SafetensorsFile.write(
        tensors.map { ($0.key, $0.value) }, to: path + "/model.safetensors", as: .float32)
      let error = #expect(throws: UserError.self) { () throws in _ = try folder.clipTextModel() }
      #expect(error?.sentence.contains("final_layer_norm.bias") == true)
    }
  }
}
