import Foundation
import Layers
import Tensors

/// The `config.json` of a transformers `CLIPTextModel`, as far as it is implemented; anything else is refused by name.
public struct CLIPTextConfiguration: Sendable, Equatable {
  public var vocabSize = 49408
  /// The width D of every token's vector.
  public var hiddenSize = 512
  public var intermediateSize = 2048
  public var numHiddenLayers = 12
  public var numAttentionHeads = 8
  /// The longest sequence L.
  public var maxPositionEmbeddings = 77
  public var hiddenAct = Activation.quickGELU
  public var layerNormEps: Float = 1e-5
  public var bosTokenID: Int? = 49406
  public var eosTokenID = 49407
  public var padTokenID: Int? = 1

  public init() {}

  /// Channels of one attention head.
  public var headDim: Int { hiddenSize / numAttentionHeads }
}

extension CLIPTextConfiguration {
  /// Reads a configuration; that of a whole CLIP model holds the text tower's under `text_config`.
  /// - Throws: a sentence that names the key, its value and what is supported.
  public init(_ whole: ConfigurationObject) throws(UserError) {
    let object = try whole.object("text_config") ?? whole
    try whole.require("model_type", oneOf: ["clip_text_model", "clip"])
    try object.require("model_type", oneOf: ["clip_text_model"])
    try object.require("hidden_act", oneOf: ["quick_gelu", "gelu", "gelu_new", "gelu_pytorch_tanh"])
    vocabSize = try object.integer("vocab_size", in: 1...10_000_000) ?? vocabSize
    hiddenSize = try object.integer("hidden_size", in: 1...65536) ?? hiddenSize
    intermediateSize = try object.integer("intermediate_size", in: 1...1_000_000) ?? intermediateSize
    numHiddenLayers = try object.integer("num_hidden_layers", in: 1...256) ?? numHiddenLayers
    numAttentionHeads = try object.integer("num_attention_heads", in: 1...4096) ?? numAttentionHeads
    maxPositionEmbeddings =
      try object.integer("max_position_embeddings", in: 1...1_000_000) ?? maxPositionEmbeddings
    hiddenAct = try object.string("hidden_act").flatMap { Activation(configured: $0) } ?? hiddenAct
    layerNormEps = Float(try object.positiveNumber("layer_norm_eps") ?? 1e-5)
    bosTokenID = object.isNull("bos_token_id") ? nil : try Self.token("bos_token_id", object) ?? bosTokenID
    eosTokenID = try Self.token("eos_token_id", object) ?? eosTokenID
    padTokenID = object.isNull("pad_token_id") ? nil : try Self.token("pad_token_id", object) ?? padTokenID
    guard hiddenSize % numAttentionHeads == 0 else {
      throw object.error("num_attention_heads \(numAttentionHeads) does not divide hidden_size \(hiddenSize)")
    }
  }

  /// Not checked against the vocabulary: configurations with small ones often keep the ids of the large one.
  private static func token(_ key: String, _ object: ConfigurationObject) throws(UserError) -> Int? {
    try object.integer(key, in: 0...10_000_000)
  }

  /// The configuration as transformers writes it.
  ///
  /// Dropout and how parameters are drawn are left to the peer's defaults: it insists on 1.0, and JSON written here says 1.
  /// The weights are stored in half precision, but computed with in single, which `dtype` asks the peer to do as well.
  public var jsonObject: [String: Any] {
    [
      "architectures": ["CLIPTextModel"], "bos_token_id": bosTokenID ?? NSNull(),
      "dtype": "float32", "eos_token_id": eosTokenID, "hidden_act": hiddenAct.rawValue, "hidden_size": hiddenSize,
      "intermediate_size": intermediateSize,
      "layer_norm_eps": shortest(layerNormEps), "max_position_embeddings": maxPositionEmbeddings,
      "model_type": "clip_text_model", "num_attention_heads": numAttentionHeads,
      "num_hidden_layers": numHiddenLayers, "pad_token_id": padTokenID ?? NSNull(), "projection_dim": hiddenSize,
      "transformers_version": "5.23.0", "vocab_size": vocabSize,
    ]
  }
}
