/// Attention.
enum AttentionFormulas {
  static let formulas: [Formula] = [weights, scaledDotProduct, causal]

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
    ],
    cases: [
      .hand(
        "equal products: the mean of the values",
        "Q = [[[0, 0, 0, 0]]]; K = [[[1, 2, 3, 4], [5, 6, 7, 8]]]; V = [[[1, 10], [3, 20]]]; d = 4", "[[[2, 15]]]"),
      .hand(
        "products 0 and 2 log 3, over √4: weights 1/4 and 3/4",
        "Q = [[[2.1972245773362196, 0, 0, 0]]]; K = [[[0, 1, 1, 1], [1, 0, 0, 0]]]; V = [[[0, 4], [4, 8]]]; d = 4",
        "[[[3, 7]]]"),
    ])

  static let weights = Formula(
    "attention.weights", "Attention weights", "A = softmax(Q @ transpose(K)/sqrt(d))",
    summary: """
      The map itself: how much of each key's value a query takes. In cross-attention a column, laid out as a picture, \
      shows where a word of the prompt acts; every row adds up to 1.
      """,
    symbols: [
      .init("A", "attention map", "[B, Lq, Lk], rows add up to 1", .result), .init("Q", "queries", "[B, Lq, d]"),
      .init("K", "keys", "[B, Lk, d]"), .init("d", "length of a query", "integer"),
    ],
    sources: [.attention("(1)"), .ldm("section 3.3")],
    mistakes: [
      .init(
        "columns add up to 1", "softmax(Q @ transpose(K)/sqrt(d), axis=-2)",
        "Softmax runs over the keys: each row adds up to 1."),
      .init("√d missing", "softmax(Q @ transpose(K))", "Divide by √d before softmax."),
      .init("d without root", "softmax(Q @ transpose(K)/d)", "Divide by √d, not by d."),
      .init("multiplied by √d", "softmax(Q @ transpose(K)*sqrt(d))", "Divide by √d: products grow with d."),
      .init("before softmax", "Q @ transpose(K)/sqrt(d)", "Those are the scores; softmax makes weights of them."),
    ],
    cases: [
      .hand("one key takes all", "Q = [[[1, 2], [3, 4], [0, 0]]]; K = [[[5, 6]]]; d = 2", "[[[1], [1], [1]]]"),
      .hand(
        "scores 0 and log 3: 1/4 and 3/4", "Q = [[[2*log(3), 0, 0, 0]]]; K = [[[0, 1, 1, 1], [1, 0, 0, 0]]]; d = 4",
        "[[[0.25, 0.75]]]"),
    ])

  static let causal = Formula(
    "attention.causal", "Attention that does not look ahead",
    "A = softmax(if(j <= i, S[i, j], -1e30))",
    computed: "n = size(S, axis=-1); softmax(if(range(0, n) <= reshape(range(0, n), n, 1), S, -1e30))",
    summary: """
      In a text transformer a token sees itself and what stands before it. The scores of later tokens are set to minus \
      infinity, so that softmax gives them 0. CLIP's text encoder works so, which is why the last token sums up the text.
      """,
    symbols: [
      .init("A", "attention map, 0 above the diagonal", "[B, L, L]", .result),
      .init("S", "scores, Q Kᵀ/√d", "[B, L, L]"), .init("i", "place of the query", "integer", .explained),
      .init("j", "place of the key", "integer", .explained),
    ],
    sources: [.attention("section 3.2.3"), .clip("section 2.4")],
    mistakes: [
      .init(
        "looks ahead only", "n = size(S, axis=-1); softmax(if(range(0, n) >= reshape(range(0, n), n, 1), S, -1e30))",
        "A token sees what stands before it: j ≤ i."),
      .init(
        "does not see itself",
        """
        n = size(S, axis=-1); k = range(0, n); softmax(if(k < reshape(k, n, 1), S, if(k == reshape(k, n, 1), -1e29, -1e30)))
        """, "A token sees itself too: j ≤ i, not j < i."),
      .init("not masked", "softmax(S)", "Scores of later tokens must be masked."),
      .init(
        "masked with 0", "n = size(S, axis=-1); softmax(if(range(0, n) <= reshape(range(0, n), n, 1), S, 0))",
        "A score of 0 still gets weight, e⁰ = 1: minus infinity does not."),
      .init(
        "masked after softmax", "n = size(S, axis=-1); if(range(0, n) <= reshape(range(0, n), n, 1), softmax(S), 0)",
        "Then rows do not add up to 1: mask the scores."),
    ],
    cases: [
      .hand(
        "equal scores: 1, then halves, then thirds", "S = [[[7, 7, 7], [7, 7, 7], [7, 7, 7]]]",
        "[[[1, 0, 0], [1/2, 1/2, 0], [1/3, 1/3, 1/3]]]"),
      .hand("odds 3 : 1", "S = [[[0, 9], [log(3), 0]]]", "[[[1, 0], [0.75, 0.25]]]"),
    ])
}
