/// Attention, and how text is compared with pictures.
enum AttentionFormulas {
  static let formulas: [Formula] = [scaledDotProduct]

  static let scaledDotProduct = Formula(
    "attention.scaled_dot_product", "Attention",
    "Attention(Q, K, V) = softmax(Q @ transpose(K)/sqrt(d))@V",
    summary: """
      Every query looks at all keys, weighs them by how well they fit, and takes the same mixture of the values. In \
      cross-attention the queries come from the image, keys and values from the prompt: each place of the image picks \
      the words that concern it.
      """,
    symbols: [
      .init("Attention(Q, K, V)", "one mixture of values a query", "[B, Lq, D]", .result),
      .init("Q", "queries: features of the image times a learned matrix", "[B, Lq, d]"),
      .init("K", "keys: features of the condition times a learned matrix", "[B, Lk, d]"),
      .init("V", "values: features of the condition times another one", "[B, Lk, D]"),
      .init("d", "length of a query", "integer"),
    ],
    sources: [.attention("(1)"), .ldm("section 3.3")],
    notes: [
      "Softmax runs over the keys: the weights of each query add up to 1.",
      "Q, K and V are features multiplied by learned matrices, not the matrices themselves.",
      "Without √d the products grow with d and softmax picks a single key; its gradient vanishes.",
    ],
    mistakes: [
      .init("√d missing", "softmax(Q @ transpose(K))@V", "Divide by √d before softmax."),
      .init("d without root", "softmax(Q @ transpose(K)/d)@V", "Divide by √d, not by d."),
      .init(
        "softmax over the queries", "softmax(Q @ transpose(K)/sqrt(d), axis=-2)@V",
        "Softmax runs over the keys, the last axis: each row adds up to 1."),
      .init(
        "scaled after softmax", "softmax(Q @ transpose(K))/sqrt(d)@V",
        "Scale the products, not the weights; yours no longer add up to 1."),
      .init(
        "no softmax", "Q @ transpose(K)/sqrt(d)@V", "The products go through softmax before they weigh the values."),
    ])
}
