import Gradients
import Layers
import Tensors

/// The text encoder τ_θ of Stable Diffusion and of CLIP (Radford et al. 2021), in transformers' `CLIPTextModel` layout.
///
/// A transformer whose every token looks at itself and those before it. Its keys begin with `text_model.`, as in the
/// checkpoints in use; files without that beginning are read too.
public struct CLIPTextModel: Module {
  public let configuration: CLIPTextConfiguration
  public let textModel: CLIPTextTransformer

  public init(_ configuration: CLIPTextConfiguration) {
    self.configuration = configuration
    textModel = CLIPTextTransformer(configuration)
  }

  public var children: [(name: String, module: any Module)] { [("text_model", textModel)] }

  /// Encodes N sequences of equal length L ≤ `maxPositionEmbeddings`, ids in 0 ..< `vocabSize`.
  ///
  /// - Returns: the vectors of all tokens [N, L, D], and of each sequence the one at its end-of-text token [N, D].
  public func callAsFunction(
    _ inputIDs: [[Int]], _ recording: Recording? = nil
  ) -> (lastHiddenState: Variable, pooled: Variable) {
    let hidden = textModel(inputIDs, recording?["text_model"])
    let (batch, length, width) = (hidden.shape[0], hidden.shape[1], hidden.shape[2])
    let rows = inputIDs.enumerated().map { $0 * length + pooledPosition($1) }
    let pooled = Variable.embedding(hidden.reshaped([batch * length, width]), ids: rows, shape: [batch])
    return (hidden, pooled)
  }

  /// Where a sequence is summed up: at its first end-of-text token.
  ///
  /// Configurations that say `eos_token_id` 2 predate that rule: they mean the token with the highest id, as transformers
  /// reads them. A sequence without an end is summed up at its first token.
  func pooledPosition(_ ids: [Int]) -> Int {
    guard configuration.eosTokenID == 2 else { return ids.firstIndex(of: configuration.eosTokenID) ?? 0 }
    return ids.max().flatMap { ids.firstIndex(of: $0) } ?? 0
  }
}

/// Everything of a `CLIPTextModel` under its `text_model.` keys.
public struct CLIPTextTransformer: Module {
  public let embeddings: CLIPTextEmbeddings
  public let encoder: CLIPEncoder
  public let finalLayerNorm: LayerNorm

  init(_ configuration: CLIPTextConfiguration) {
    embeddings = CLIPTextEmbeddings(configuration)
    encoder = CLIPEncoder(configuration)
    finalLayerNorm = LayerNorm(configuration.hiddenSize, epsilon: configuration.layerNormEps)
  }

  public var children: [(name: String, module: any Module)] {
    [("embeddings", embeddings), ("encoder", encoder), ("final_layer_norm", finalLayerNorm)]
  }

  func callAsFunction(_ inputIDs: [[Int]], _ recording: Recording?) -> Variable {
    let embedded = embeddings(inputIDs, recording?["embeddings"])
    let y = finalLayerNorm(encoder(embedded, recording?["encoder"]), recording?["final_layer_norm"])
    recording?.record(y.value)
    return y
  }
}

/// A vector for every token plus one for its position.
public struct CLIPTextEmbeddings: Module {
  public let tokenEmbedding: Embedding
  public let positionEmbedding: Embedding

  init(_ configuration: CLIPTextConfiguration) {
    let width = configuration.hiddenSize
    tokenEmbedding = Embedding(configuration.vocabSize, width, standardDeviation: 0.02)
    positionEmbedding = Embedding(configuration.maxPositionEmbeddings, width, standardDeviation: 0.02)
  }

  public var children: [(name: String, module: any Module)] {
    [("token_embedding", tokenEmbedding), ("position_embedding", positionEmbedding)]
  }

  func callAsFunction(_ inputIDs: [[Int]], _ recording: Recording?) -> Variable {
    let length = inputIDs.first?.count ?? 0
    precondition(inputIDs.allSatisfy { $0.count == length }, "sequences of lengths \(inputIDs.map(\.count))")
    let tokens = tokenEmbedding(
      inputIDs.flatMap { $0 }, shape: [inputIDs.count, length], recording?["token_embedding"])
    let positions = positionEmbedding(Array(0..<length), shape: [1, length], recording?["position_embedding"])
    let y = tokens + positions
    recording?.record(y.value)
    return y
  }
}

/// The layers one after another.
public struct CLIPEncoder: Module {
  public let layers: [CLIPEncoderLayer]

  init(_ configuration: CLIPTextConfiguration) {
    layers = (0..<configuration.numHiddenLayers).map { _ in CLIPEncoderLayer(configuration) }
  }

  public var children: [(name: String, module: any Module)] {
    layers.enumerated().map { ("layers.\($0)", $1) }
  }

  func callAsFunction(_ x: Variable, _ recording: Recording?) -> Variable {
    let mask = Self.causalMask(x.shape[1])
    var h = x
    for (i, layer) in layers.enumerated() { h = layer(h, mask: mask, recording?["layers.\(i)"]) }
    recording?.record(h.value)
    return h
  }

  /// [1, 1, L, L]: −∞ where a token (row) would look at a later one (column), else 0.
  static func causalMask(_ length: Int) -> Tensor {
    Tensor(
      (0..<length * length).map { $0 % length > $0 / length ? -Float.infinity : 0 }, shape: [1, 1, length, length])
  }
}
