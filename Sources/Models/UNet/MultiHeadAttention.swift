import Gradients
import Layers
import Tensors

/// Attention of several heads over tokens (diffusers' `Attention`; Vaswani et al. 2017, section 3.2.2).
///
/// Q, K and V are projections of features by learned matrices: Q of the tokens, K and V of the tokens themselves
/// (self-attention) or of a condition (cross-attention); result W concat(softmax(Qₕ Kₕᵀ/√d) Vₕ) + b.
public struct MultiHeadAttention: Module {
  public let toQ: Linear
  public let toK: Linear
  public let toV: Linear
  public let toOut: Linear
  public let heads: Int
  public let headDim: Int

  /// For tokens of `width` features and a condition of `conditionWidth`; `bias` is that of Q, K and V.
  public init(_ width: Int, conditionWidth: Int? = nil, heads: Int, headDim: Int, bias: Bool = false) {
    self.heads = heads
    self.headDim = headDim
    toQ = Linear(width, heads * headDim, bias: bias)
    toK = Linear(conditionWidth ?? width, heads * headDim, bias: bias)
    toV = Linear(conditionWidth ?? width, heads * headDim, bias: bias)
    toOut = Linear(heads * headDim, width)
  }

  public var children: [(name: String, module: any Module)] {
    [("to_q", toQ), ("to_k", toK), ("to_v", toV), ("to_out.0", toOut)]
  }

  /// [N, L, width] and, for cross-attention, [N, S, conditionWidth] → [N, L, width].
  ///
  /// Records Q, K and V as "to_q", "to_k", "to_v" [N, L or S, heads · headDim], head after head, and the attention as
  /// "probabilities" [N, heads, L, S], which a recorder may also replace.
  public func callAsFunction(
    _ tokens: Variable, condition: Variable? = nil, _ recording: Recording? = nil
  ) -> Variable {
    let y = attended(tokens, condition: condition, recording)
    recording?.record(y.value)
    return y
  }

  /// The same without recording the result, which a module around this one may change.
  func attended(_ tokens: Variable, condition: Variable?, _ recording: Recording?) -> Variable {
    let (batch, length) = (tokens.shape[0], tokens.shape[1])
    let source = condition ?? tokens
    func split(_ projection: Linear, _ x: Variable, _ name: String) -> Variable {
      projection(x, recording?[name]).reshaped([batch, x.shape[1], heads, headDim]).permuted([0, 2, 1, 3])
    }
    let (q, k, v) = (split(toQ, tokens, "to_q"), split(toK, source, "to_k"), split(toV, source, "to_v"))
    let merged = mixed(q, k, v, recording).permuted([0, 2, 1, 3]).reshaped([batch, length, heads * headDim])
    return toOut(merged, recording?["to_out.0"])
  }

  /// softmax(Q Kᵀ/√d) V, or P V for probabilities that were put in their place.
  private func mixed(_ q: Variable, _ k: Variable, _ v: Variable, _ recording: Recording?) -> Variable {
    guard let recording, recording.keeps("probabilities") || recording.replaces else {
      return .scaledDotProductAttention(query: q, key: k, value: v)
    }
    var replaced: Tensor?
    let attended = Variable.scaledDotProductAttention(query: q, key: k, value: v) { probabilities in
      replaced = recording.replacement(for: probabilities, as: "probabilities")
      recording.record(replaced ?? probabilities, as: "probabilities")
    }
    return replaced.map { Variable($0).matmul(v) } ?? attended
  }
}
