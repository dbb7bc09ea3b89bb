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
    let scale = scale ?? 1 / Float(q.shape[3]).squareRoot()
    var scores = q.matmul(k, transposeB: true) * scale
    if let mask { scores = scores + mask }
    let p = scores.softmax()
    probabilities?(p)
    return Variable(p.matmul(v), from: [query, key, value]) { gradient in
      let scoreGradient = softmaxGradient(p, gradient.matmul(v, transposeB: true)) * scale
      return [
        scoreGradient.matmul(k), scoreGradient.matmul(q, transposeA: true), p.matmul(gradient, transposeA: true),
      ]
    }
  }
}
