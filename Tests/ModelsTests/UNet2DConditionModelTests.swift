import Foundation
import Gradients
import Layers
import Models
import Tensors
import TestSupport
import Testing

/// One folder of Goldens/unet-condition.
private struct ConditionGolden {
  static let names = [
    "convolutional", "linear", "odd_size", "odd_unpadded", "uneven", "middle_only", "no_middle",
  ]

  let path: String
  let model: UNet2DConditionModel
  let trace: SafetensorsFile

  init(_ name: String) throws {
    path = Goldens.path("unet-condition/\(name)")
    model = try ModelFolder(path).unet2DCondition()
    trace = try Goldens.file("unet-condition/\(name)/trace.safetensors")
  }

  func run(_ sample: Variable? = nil, _ states: Variable? = nil, _ recorder: Recorder? = nil) throws -> Variable {
    model(
      try sample ?? Variable(trace.tensor("sample")), timesteps: try trace.integers("timestep").map(Float.init),
      encoderHiddenStates: try states ?? Variable(trace.tensor("encoder_hidden_states")),
      classLabels: trace["class_labels"] == nil ? nil : try trace.integers("class_labels"), recorder?.recording())
  }
}

@Suite("UNet2DConditionModel against diffusers")
struct UNet2DConditionModelTests {
  @Test("submodule by submodule to 1e-4, naming the first that differs", arguments: ConditionGolden.names)
  func submodules(name: String) throws {
    let golden = try ConditionGolden(name)
    let recorder = Recorder()
    let output = try golden.run(nil, nil, recorder).value
    try expectSameTrace(recorder, golden.trace)
    expectClose(output, try golden.trace.tensor("output"), .norm(1e-4), "output")
    expectClose(try golden.run().value, output, .scaled(1e-5), "unrecorded")
  }

  @Test("every golden folder is tested")
  func everyFolder() throws {
    let contents = try FileManager.default.contentsOfDirectory(atPath: Goldens.path("unet-condition"))
    let folders = contents.filter {
      FileManager.default.fileExists(atPath: Goldens.path("unet-condition/\($0)/config.json"))
    }
    #expect(Set(folders) == Set(ConditionGolden.names))
  }

  @Test("the module tree has diffusers' names", arguments: ConditionGolden.names)
  func moduleTree(name: String) throws {
    let golden = try ConditionGolden(name)
    let modules = golden.model.namedModules().map(\.name)
    #expect(Set(modules).count == modules.count)
    let theirs = golden.trace.names.filter { $0.hasPrefix("trace.") }.map { String($0.dropFirst("trace.".count)) }
    #expect(Set(modules) == Set(theirs))
    let stored = try SafetensorsFile(contentsOf: try ModelFolder(golden.path).weightsPath())
    #expect(golden.model.parameterCount == stored.entries.reduce(0) { $0 + $1.shape.reduce(1, *) })
  }

  @Test("the gradients of every parameter, the sample and the text equal PyTorch's in float64")
  func gradients() throws {
    let golden = try ConditionGolden("convolutional")
    let theirs = try Goldens.file("unet-condition/gradients.safetensors")
    golden.model.requireGradients()
    let sample = Variable.leaf(try golden.trace.tensor("sample"))
    let states = Variable.leaf(try golden.trace.tensor("encoder_hidden_states"))
    try golden.run(sample, states).backward(seed: try theirs.tensor("upstream"))
    try expectSameGradients(golden.model, theirs)
    for (name, input) in [("sample", sample), ("encoder_hidden_states", states)] {
      expectClose(try #require(input.gradient), try theirs.tensor("input.\(name)"), .norm(1e-4), name)
    }
  }

  @Test("a gradient reaches every parameter", arguments: ConditionGolden.names)
  func everyParameter(name: String) throws {
    let golden = try ConditionGolden(name)
    golden.model.requireGradients()
    let maps = Recorder { $0.hasSuffix(".probabilities") }
    let output = try golden.run(nil, nil, maps)
    // Of a single key the probability is 1, whatever the query: what leads to it gets a gradient of 0.
    let certain = maps.entries.filter { $0.tensor.shape[3] == 1 }.map { $0.key.dropLast(".probabilities".count) }
    let indifferent = certain.flatMap { path in
      ["\(path).to_q.", "\(path).to_k."] + (path.hasSuffix("attn2") ? [path.dropLast("attn2".count) + "norm2."] : [])
    }
    (output * output).mean().backward()
    for (name, parameter) in golden.model.namedParameters() {
      let gradient = try #require(parameter.gradient, "\(name) got no gradient")
      #expect(gradient.squaredNorm > 0 || indifferent.contains { name.hasPrefix($0) }, "\(name) has a zero gradient")
      #expect(gradient.squaredNorm.isFinite, "\(name)")
    }
  }

  @Test("a batch equals its singles to 1e-5")
  func singles() throws {
    let golden = try ConditionGolden("uneven")
    let batch = try golden.run().value
    for i in 0..<2 {
      let single = golden.model(
        Variable(try golden.trace.tensor("sample").sliced(i..<(i + 1))),
        timesteps: [Float(try golden.trace.integers("timestep")[i])],
        encoderHiddenStates: Variable(try golden.trace.tensor("encoder_hidden_states").sliced(i..<(i + 1))),
        classLabels: [try golden.trace.integers("class_labels")[i]])
      expectClose(single.value, batch.sliced(i..<(i + 1)), .scaled(1e-5), "sample \(i)")
    }
  }

  @Test("the configuration survives writing and reading", arguments: ConditionGolden.names)
  func configurationRoundTrip(name: String) throws {
    let configuration = try ConditionGolden(name).model.configuration
    let data = try JSONSerialization.data(withJSONObject: configuration.jsonObject)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(try UNet2DConditionConfiguration(ConfigurationObject(object, path: "config.json")) == configuration)
  }
}

@Suite("Attention maps of a U-Net")
struct AttentionMapTests {
  private let path = "down_blocks.0.attentions.0.transformer_blocks.0.attn2"

  /// softmax(Q Kᵀ/√d) from the recorded projections.
  private func expected(_ recorder: Recorder, heads: Int) throws -> Tensor {
    let q = try #require(recorder["\(path).to_q"])
    let k = try #require(recorder["\(path).to_k"])
    let width = q.shape[2] / heads
    func split(_ x: Tensor) -> Tensor { x.reshaped([1, x.shape[1], heads, width]).permuted([0, 2, 1, 3]) }
    return (split(q).matmul(split(k), transposeB: true) * (1 / Float(width).squareRoot())).softmax()
  }

  @Test("are softmax(Q Kᵀ/√d) of the recorded projections, [N, heads, H·W, L]")
  func recorded() throws {
    let golden = try ConditionGolden("convolutional")
    let recorder = Recorder()
    _ = try golden.run(nil, nil, recorder)
    let maps = try #require(recorder["\(path).probabilities"])
    #expect(maps.shape == [1, 2, 24, 5])
    expectClose(maps, try expected(recorder, heads: 2), .absolute(1e-5))
    expectClose(maps.sum(along: 3), .ones([1, 2, 24]), .absolute(1e-5), "sums of rows")
  }

  @Test("alone are recorded when the filter asks for nothing else")
  func filtered() throws {
    let golden = try ConditionGolden("linear")
    let recorder = Recorder { $0.hasSuffix("attn2.probabilities") }
    let output = try golden.run(nil, nil, recorder).value
    // Two layers on the way down and three on the way up at two levels, one in the middle.
    #expect(recorder.entries.count == 11)
    #expect(firstDifferentBits(output, try golden.run().value) == nil)
  }

  @Test("of one run can be held in another")
  func replaced() throws {
    let golden = try ConditionGolden("convolutional")
    let first = Recorder { $0.hasSuffix("attn2.probabilities") }
    let output = try golden.run(nil, nil, first).value
    let other = Variable(try golden.trace.tensor("encoder_hidden_states") * -1)
    let held = Recorder(replacing: { key, _ in key.hasSuffix("attn2.probabilities") ? first[key] : nil })
    _ = try golden.run(nil, other, held)
    for entry in first.entries { #expect(held[entry.key] == entry.tensor, "\(entry.key)") }
    // With the same text, holding its own maps changes nothing.
    let same = Recorder(where: { _ in false }, replacing: { key, _ in first[key] })
    expectClose(try golden.run(nil, nil, same).value, output, .scaled(1e-5))
    #expect(same.entries.isEmpty)
    // Attention to the first token alone lets its value through at every position.
    let focused = Recorder(replacing: { key, map in
      guard key == "\(path).probabilities" else { return nil }
      return Tensor.concatenated([.ones([1, 2, 24, 1]), .zeros([1, 2, 24, map.shape[3] - 1])], along: 3)
    })
    _ = try golden.run(nil, nil, focused)
    let result = try #require(focused["\(path).to_out.0"])
    for i in 1..<24 {
      expectClose(result.sliced(i..<(i + 1), along: 1), result.sliced(0..<1, along: 1), .scaled(1e-5), "position \(i)")
    }
  }
}

private let refusals = [
  Refusal("_class_name", "\"UNet2DModel\"", "UNet2DModel", "UNet2DConditionModel"),
  Refusal("act_fn", "\"mish\"", "mish", "silu"),
  Refusal("resnet_time_scale_shift", "\"scale_shift\"", "scale_shift", "default"),
  Refusal("time_embedding_type", "\"fourier\"", "fourier", "positional"),
  Refusal("attention_type", "\"gated\"", "gated", "default"),
  Refusal("num_attention_heads", "4", "4", "null"),
  Refusal("encoder_hid_dim", "768", "768"),
  Refusal("encoder_hid_dim_type", "\"text_proj\"", "text_proj"),
  Refusal("class_embed_type", "\"projection\"", "projection"),
  Refusal("addition_embed_type", "\"text_time\"", "text_time"),
  Refusal("time_cond_proj_dim", "256", "256"),
  Refusal("reverse_transformer_layers_per_block", "[[1, 1], [1, 1]]", "null"),
  Refusal("cross_attention_norm", "\"layer_norm\"", "layer_norm"),
  Refusal("only_cross_attention", "true", "false"),
  Refusal("only_cross_attention", "[false, true]", "false"),
  Refusal("dual_cross_attention", "true", "false"),
  Refusal("class_embeddings_concat", "true", "false"),
  Refusal("mid_block_type", "\"UNetMidBlock2DSimpleCrossAttn\"", "UNetMidBlock2DSimpleCrossAttn", "UNetMidBlock2D"),
  Refusal("down_block_types", "[\"SimpleCrossAttnDownBlock2D\", \"DownBlock2D\"]", "SimpleCrossAttnDownBlock2D"),
  Refusal("up_block_types", "[\"UpBlock2D\"]", "1 up_block_types", "2 block_out_channels"),
  Refusal("block_out_channels", "[4, 7]", "7", "norm_num_groups 2"),
  Refusal("attention_head_dim", "16", "16", "heads", "block_out_channels 4"),
  Refusal("attention_head_dim", "[1, 2, 2]", "3 entries", "2 levels"),
  Refusal("layers_per_block", "[1, 0]", "0", "1…"),
  Refusal("transformer_layers_per_block", "[[1], [1]]", "integer"),
  Refusal("cross_attention_dim", "[6, 8]", "6, 8"),
  Refusal("conv_in_kernel", "2", "2", "odd"),
  Refusal("sample_size", "[6, 4]", "6, 4", "equal"),
  Refusal("norm_num_groups", "null", "null"),
  Refusal("use_linear_projection", "1", "true or false"),
]

@Suite("Configurations a conditional U-Net refuses")
struct UNet2DConditionConfigurationTests {
  @Test("the sentence names the file, the key and the value", arguments: refusals)
  func refuses(refusal: Refusal) throws {
    let object = try configuration("unet-condition/convolutional", changing: refusal.key, to: refusal.json)
    let error = #expect(throws: UserError.self) { () throws in _ = try UNet2DConditionConfiguration(object) }
    let sentence = error?.sentence ?? ""
    for word in ["folder/config.json", refusal.key] + refusal.mentions {
      #expect(sentence.contains(word), "'\(sentence)' does not name \(word)")
    }
    #expect(error?.code == .config)
  }

  @Test("absent keys have diffusers' defaults")
  func defaults() throws {
    let whole = try UNet2DConditionConfiguration(
      try configuration("unet-condition/convolutional", changing: "dropout", to: nil))
    for key in [
      "act_fn", "center_input_sample", "downsample_padding", "flip_sin_to_cos", "freq_shift", "norm_eps",
      "mid_block_type", "transformer_layers_per_block", "use_linear_projection", "conv_in_kernel",
    ] {
      #expect(
        try UNet2DConditionConfiguration(try configuration("unet-condition/convolutional", changing: key, to: nil))
          == whole, "\(key)")
    }
    #expect(
      try UNet2DConditionConfiguration(
        try configuration("unet-condition/convolutional", changing: "mid_block_type", to: "null")) != whole)
  }
}
