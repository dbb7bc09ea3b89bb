import Tensors

extension Variable {
  /// softmax(Q Kᵀ · scale + mask) V for [B, H, L, Dh] queries and [B, H, S, Dh] keys and values (Vaswani et al. 2017, eq. 1).
  ///
  /// `scale` is 1/√Dh unless given; `mask` is added to the scores. Returns [B, H, L, Dh]; `probabilities` receives [B, H, L, S].
  public static func scaledDotProductAttention(
    query: Variable, key: Variable, value: Variable, mask: Tensor? = nil, scale: Float? = nil,
    probabilities: ((Tensor) -> Void)? = nil
  ) -> Variable {
    let (q, k, v) = (query.value, key.value, value.value)
    let (output, p) = Tensor.scaledDotProductAttention(query: q, key: k, value: v, mask: mask, scale: scale)
    probabilities?(p)
    return Variable(output, from: [query, key, value]) { gradient in
      // Computed again rather than kept: [B, H, L, S] is the largest tensor of a U-Net's training step by far.
      let p = Tensor.scaledDotProductAttention(query: q, key: k, value: v, mask: mask, scale: scale).probabilities
      let gradients = Tensor.scaledDotProductAttentionGradients(
        query: q, key: k, value: v, probabilities: p, outputGradient: gradient, scale: scale)
      return [gradients.query, gradients.key, gradients.value]
    }
  }
}
