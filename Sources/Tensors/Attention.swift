import CKernels

/// The extents of one attention call.
private struct AttentionShape {
  let batch, heads, length, keys, width: Int
  let head: ck_attention

  init(query: Tensor, key: Tensor, value: Tensor, scale: Float?) {
    precondition(
      query.rank == 4 && key.rank == 4 && key.shape == value.shape && query.shape[0] == key.shape[0]
        && query.shape[1] == key.shape[1] && query.shape[3] == key.shape[3],
      "attention of queries \(query.shape), keys \(key.shape), values \(value.shape)")
    (batch, heads, length, width) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3])
    keys = key.shape[2]
    precondition(keys > 0 && width > 0, "attention over no keys or features: \(key.shape)")
    head = ck_attention(
      length: length, keys: keys, width: width, scale: scale ?? 1 / Float(width).squareRoot())
  }

  var queryShape: [Int] { [batch, heads, length, width] }
  var keyShape: [Int] { [batch, heads, keys, width] }
  var scoreShape: [Int] { [batch, heads, length, keys] }

  /// Heads that one task computes: about half a million multiply-adds.
  func grain(products: Int) -> Int { max(1, 500_000 / max(1, products * length * keys * width)) }
}

extension Tensor {
  /// Scaled dot-product attention: P = softmax(Q Kᵀ · scale + mask), output P V (Vaswani et al. 2017, eq. 1).
  ///
  /// - Parameters:
  ///   - query: [B, H, L, Dh]
  ///   - key: [B, H, S, Dh]
  ///   - value: [B, H, S, Dh]
  ///   - mask: added to the scores; [B or 1, H or 1, L, S]
  ///   - scale: 1/√Dh when nil
  /// - Returns: the output [B, H, L, Dh] and the probabilities P [B, H, L, S], whose rows sum to 1.
  public static func scaledDotProductAttention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor? = nil, scale: Float? = nil
  ) -> (output: Tensor, probabilities: Tensor) {
    let shape = AttentionShape(query: query, key: key, value: value, scale: scale)
    if let mask {
      precondition(
        mask.rank == 4 && Array(mask.shape[2...]) == [shape.length, shape.keys]
          && [1, shape.batch].contains(mask.shape[0]) && [1, shape.heads].contains(mask.shape[1]),
        "mask \(mask.shape) for scores \(shape.scoreShape)")
    }
    // Rows of one head are shared among threads when there are few heads.
    let rows = shape.batch * shape.heads >= 16 ? shape.length : Swift.min(shape.length, 64)
    let blocks = rows == 0 ? 0 : (shape.length + rows - 1) / rows
    var probabilities = Tensor(unsafeUninitialized: shape.scoreShape) { _ in }
    let output = Tensor(unsafeUninitialized: shape.queryShape) { out in
      probabilities.withUnsafeMutableBufferPointer { p in
        Tensor.withPointers(query, key, value) { q, k, v in
          guard let p = p.baseAddress, let out = out.baseAddress else { return }
          let grain = blocks > 1 ? 1 : shape.grain(products: 2)
          Parallel.forRanges(shape.batch * shape.heads * blocks, grain: grain) { range in
            let scratch = Storage(count: (shape.width + rows) * shape.keys)
            for block in range {
              let (head, first) = (block / blocks, block % blocks * rows)
              var part = shape.head
              part.length = Swift.min(rows, shape.length - first)
              let row = head * shape.length + first
              let keys = head * shape.keys * shape.width
              Tensor.withMask(mask, shape.heads, head) { m in
                ck_attention_forward(
                  &part, q + row * shape.width, k + keys, v + keys, m.map { $0 + first * shape.keys },
                  p + row * shape.keys, out + row * shape.width, scratch.pointer)
              }
            }
          }
        }
      }
    }
    return (output, probabilities)
  }

  /// The gradients of a loss with respect to Q, K and V, from the probabilities and the output's gradient G.
  ///
  /// ∂V = Pᵀ G; ∂S = P ∘ (G Vᵀ − Σ P ∘ G Vᵀ) · scale with the sum over each row; ∂Q = ∂S K; ∂K = ∂Sᵀ Q. The mask has no
  /// gradient.
  package static func scaledDotProductAttentionGradients(
    query: Tensor, key: Tensor, value: Tensor, probabilities: Tensor, outputGradient: Tensor, scale: Float? = nil
  ) -> (query: Tensor, key: Tensor, value: Tensor) {
    let shape = AttentionShape(query: query, key: key, value: value, scale: scale)
    precondition(
      probabilities.shape == shape.scoreShape && outputGradient.shape == shape.queryShape,
      "probabilities \(probabilities.shape), gradient \(outputGradient.shape) of attention \(shape.scoreShape)")
    var keyGradient = Tensor(unsafeUninitialized: shape.keyShape) { _ in }
    var valueGradient = Tensor(unsafeUninitialized: shape.keyShape) { _ in }
    let queryGradient = Tensor(unsafeUninitialized: shape.queryShape) { dq in
      Tensor.withPointers(query, key, value) { q, k, v in
        Tensor.withPointers(probabilities, outputGradient, query) { p, g, _ in
          keyGradient.withUnsafeMutableBufferPointer { dk in
            valueGradient.withUnsafeMutableBufferPointer { dv in
              guard let dq = dq.baseAddress, let dk = dk.baseAddress, let dv = dv.baseAddress else { return }
              Parallel.forRanges(shape.batch * shape.heads, grain: shape.grain(products: 5)) { range in
                let scratch = Storage(count: (shape.width + 2 * shape.length) * shape.keys)
                for head in range {
                  var part = shape.head
                  let (row, keys) = (head * shape.length * shape.width, head * shape.keys * shape.width)
                  ck_attention_gradient(
                    &part, q + row, k + keys, v + keys, p + head * shape.length * shape.keys, g + row, dq + row,
                    dk + keys, dv + keys, scratch.pointer)
                }
              }
            }
          }
        }
      }
    }
    return (queryGradient, keyGradient, valueGradient)
  }

  private static func withPointers(
    _ a: Tensor, _ b: Tensor, _ c: Tensor,
    _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>) -> Void
  ) {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        c.withUnsafeBufferPointer { c in
          guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
          body(a, b, c)
        }
      }
    }
  }

  /// The mask's [L, S] for a head counted over the batch.
  private static func withMask(_ mask: Tensor?, _ heads: Int, _ head: Int, _ body: (UnsafePointer<Float>?) -> Void) {
    guard let mask else { return body(nil) }
    let batch = mask.shape[0] == 1 ? 0 : head / heads
    let part = batch * mask.shape[1] + (mask.shape[1] == 1 ? 0 : head % heads)
    mask.withUnsafeBufferPointer { m in body(m.baseAddress.map { $0 + part * mask.shape[2] * mask.shape[3] }) }
  }
}
