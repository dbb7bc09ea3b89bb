import Diffusion
import Drawing
import Pipelines
import Tensors

/// A run of the pipeline with its cross-attention maps, and Q, K and V of a few of its steps.
struct AttendedRun {
  let model: PipelineModel
  let request: TextToImageRequest
  let tokens: PromptTokens
  let maps: AttentionMaps
  /// τ_θ(y) of the prompt, [1, S, D].
  let states: Tensor
  /// [3, H, W] in 0…1.
  let picture: Tensor
  /// t of every call of the network.
  let timesteps: [Float]
  /// Calls shown in figures, evenly spread from the first to the last.
  let shownCalls: [Int]
  /// x̂₀ of these calls as pictures, [3, H, W] in 0…1.
  let guesses: [Tensor]
  private let recorder: Recorder

  /// Q [1, places, heads · d], K and V [1, S, heads · d] of one layer at one step.
  struct Projections {
    let query, key, value: Tensor
  }

  var isGuided: Bool { request.guidanceScale > 1 }

  init(
    _ model: PipelineModel, _ request: TextToImageRequest, _ context: StageContext, shown: Int = 6
  ) throws(UserError) {
    let (height, width) = try model.pipeline.size(request)
    let calls = try model.pipeline.plan(request).calls
    let shownCalls = Array(0..<calls.count).evenlyChosen(shown)
    let factor = model.pipeline.sizeFactor
    let maps = AttentionMaps(height: height / factor, width: width / factor) {
      shownCalls.contains($0) || $0 == calls.count / 2
    }
    let places = [0, calls.count / 2, calls.count - 1].map(TextConditionalDenoiser.place)
    let recorder = maps.recorder { key in
      [".attn2.to_q", ".attn2.to_k", ".attn2.to_v"].contains { key.hasSuffix($0) }
        && places.contains { key.hasPrefix($0 + ".") }
    }
    var guesses: [Tensor] = []
    let result = try model.generate(request, recorder: recorder) { event in
      let call = event.call - calls.lowerBound
      context.report(call + 1, of: calls.count, "denoising steps")
      if shownCalls.contains(call) {
        guesses.append(model.pipeline.decode(latents: event.predictedOriginal)[index: 0])
      }
    }
    guard !maps.layers.isEmpty else {
      throw UserError("the U-Net of \(model.name) has no cross-attention", code: .config)
    }
    (self.model, self.request, self.maps, self.recorder) = (model, request, maps, recorder)
    (self.shownCalls, self.guesses, timesteps) = (shownCalls, guesses, result.timesteps)
    tokens = PromptTokens(request.prompts[0], model.pipeline.tokenizer)
    states = model.pipeline.encode(prompts: [request.prompts[0]]).states
    picture = result.pictures[index: 0]
  }

  // MARK: Projections

  /// Q, K and V of the picture shown; the first, the middle and the last step are there.
  func projections(ofLayer layer: Int, atStep step: Int) -> Projections {
    func tensor(_ name: String) -> Tensor {
      let key = "\(TextConditionalDenoiser.place(ofCall: step)).\(maps.layers[layer].path).\(name)"
      guard let tensor = recorder[key] else { preconditionFailure("nothing was recorded under \(key)") }
      return tensor.sliced(tensor.shape[0] - 1..<tensor.shape[0])
    }
    return Projections(query: tensor("to_q"), key: tensor("to_k"), value: tensor("to_v"))
  }

  /// The middle step, of which a row is worked out.
  var middleStep: Int { timesteps.count / 2 }

  /// Scores Q Kᵀ/√d of one layer at the middle step, [heads, places, S].
  func scores(ofLayer layer: Int) -> Tensor {
    let (p, heads) = (projections(ofLayer: layer, atStep: middleStep), maps.layers[layer].heads)
    func split(_ x: Tensor) -> Tensor {
      x.reshaped([x.shape[1], heads, x.shape[2] / heads]).permuted([1, 0, 2])
    }
    let query = split(p.query)
    return query.matmul(split(p.key), transposeB: true) / Float(query.shape[2]).squareRoot()
  }

  /// The largest difference between softmax(QKᵀ/√d), computed again from Q and K, and the map the network used.
  var recomputedError: Float {
    guard let used = maps.heads(ofLayer: 0, atStep: middleStep) else { return .nan }
    let scores = scores(ofLayer: 0)
    let softmax = scores.softmax().permuted([0, 2, 1])
    return (softmax - used.reshaped(softmax.shape)).map(abs).max
  }

  /// How much a projection changes between the first and the last step, over all layers.
  func largestChange(_ part: KeyPath<Projections, Tensor>) -> Float {
    maps.layers.indices.map { layer in
      let first = projections(ofLayer: layer, atStep: 0)[keyPath: part]
      let last = projections(ofLayer: layer, atStep: timesteps.count - 1)[keyPath: part]
      return (last - first).map(abs).max
    }.max() ?? 0
  }

  // MARK: Shares

  /// The share of all attention that goes to tokens, averaged over places, layers, heads and steps.
  func share(of places: [Int]) -> Double {
    places.isEmpty ? 0 : Double(maps.mean.summedMaps(of: places).mean)
  }

  /// The mean correlation of the words' maps at a step with those of the last step; NaN without words.
  func correlation(ofStep step: Int) -> Double {
    let words = tokens.places(of: .word)
    let (mean, last) = (maps.mean(atStep: step), maps.mean(atStep: timesteps.count - 1))
    return words.map { Double(mean[index: $0].correlation(with: last[index: $0])) }.mean
  }

  /// Shares of the two objects' maps in their halves; nil for a prompt that names no relation.
  var halfShares: RelationPrompt.Shares? {
    RelationPrompt(request.prompts[0]).flatMap { $0.shares(in: maps.mean, tokens, model.pipeline.tokenizer) }
  }
}

extension Tensor {
  /// Pearson's correlation of two tensors of one shape; 0 where one is the same everywhere.
  func correlation(with other: Tensor) -> Float {
    let (a, b) = (self - mean, other - other.mean)
    let norm = Float((a.squaredNorm * b.squaredNorm).squareRoot())
    return norm > 0 ? (a * b).sum / norm : 0
  }
}
