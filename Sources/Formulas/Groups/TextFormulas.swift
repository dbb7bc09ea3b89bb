/// How text and pictures meet.
enum TextFormulas {
  static let formulas: [Formula] = [temperature, similarity, contrastive]

  static let temperature = Formula(
    "text.softmax_temperature", "Softmax with temperature", "p = softmax(s/tau)",
    summary: """
      Scores become shares that add up to 1. A low temperature picks the best score almost alone, a high one levels all. \
      CLIP learns its temperature, about 0.01.
      """,
    symbols: [
      .init("p", "shares", "[N, K], rows add up to 1", .result), .init("s", "scores", "[N, K]"),
      .init("tau", "temperature", "number, positive"),
    ],
    sources: [.clip("figure 3")],
    paperForm: "CLIP multiplies by exp(t) instead, the inverse temperature.",
    mistakes: [
      .init("multiplied", "softmax(s*tau)", "Divide by the temperature: a high one levels."),
      .init("over the rows", "softmax(s/tau, axis=0)", "Shares of one row add up to 1: softmax along the last axis."),
      .init("temperature after softmax", "softmax(s)/tau", "Divide the scores, before softmax."),
      .init("not exponentiated", "s/sum(s, axis=-1)", "Scores are exponentiated before they are divided by their sum."),
      .init("temperature missing", "softmax(s)", "Divide the scores by the temperature."),
    ],
    cases: [
      .hand("2 log 3 at temperature 2: odds 3 : 1", "s = [[2*log(3), 0]]; tau = 2", "[[0.75, 0.25]]"),
      .hand(
        "equal scores", "s = [[5, 5, 5, 5], [0, 0, 0, 0]]; tau = 0.1",
        "[[0.25, 0.25, 0.25, 0.25], [0.25, 0.25, 0.25, 0.25]]"),
    ])

  static let similarity = Formula(
    "text.cosine_similarity", "Similarity of texts and pictures",
    "S = u @ transpose(v)", where: ["u = a/sqrt(sum(a^2, axis=-1))", "v = b/sqrt(sum(b^2, axis=-1))"],
    summary: """
      Bring every embedding to length 1 and multiply: the cosine of the angle between. 1 is the same direction, 0 has \
      nothing to do with it. A picture and its caption are trained to lie in the same direction.
      """,
    symbols: [
      .init("S", "cosine of every pair", "[N, M], −1…1", .result), .init("a", "embeddings of pictures", "[N, D]"),
      .init("b", "embeddings of texts", "[M, D]"), .init("u", "a at length 1", "[N, D]", .explained),
      .init("v", "b at length 1", "[M, D]", .explained),
    ],
    sources: [.clip("figure 3")],
    mistakes: [
      .init("not normalised", "a @ transpose(b)", "Divide by the lengths: else long vectors win."),
      .init(
        "normalised over the batch", "(a/sqrt(sum(a^2, axis=0))) @ transpose(b/sqrt(sum(b^2, axis=0)))",
        "The length is that of one embedding: sum over its D numbers."),
      .init(
        "squared lengths", "(a/sum(a^2, axis=-1)) @ transpose(b/sum(b^2, axis=-1))",
        "Divide by the length, the root of the sum of squares."),
      .init("one length", "u @ transpose(b)", "Both sides are brought to length 1."),
      .init(
        "sum of absolute values", "(a/sum(abs(a), axis=-1)) @ transpose(b/sum(abs(b), axis=-1))",
        "The length is Euclidean."),
    ],
    cases: [
      .hand(
        "(3, 4) with itself, with (4, −3) and with (1, 0)", "a = [[3, 4]]; b = [[6, 8], [4, -3], [1, 0]]",
        "[[1, 0, 0.6]]"),
      .hand("opposite", "a = [[1, 0, 0], [0, 2, 0]]; b = [[-5, 0, 0]]", "[[-1], [0]]"),
    ])

  static let contrastive = Formula(
    "text.contrastive", "Contrastive loss",
    "L = -(mean(log(diag(softmax(S/tau)))) + mean(log(diag(softmax(S/tau, axis=0)))))/2",
    summary: """
      In a batch of pictures with their captions every picture should find its caption among all, and every caption its \
      picture: cross-entropy along the rows and along the columns, averaged.
      """,
    symbols: [
      .init("L", "loss", "number", .result),
      .init("S", "similarities, pictures × texts, pairs on the diagonal", "[N, N]"),
      .init("tau", "temperature", "number, 0.07 at first"),
    ],
    sources: [.clip("figure 3")],
    notes: ["A model that guesses has log N: 4.16 for a batch of 64."],
    mistakes: [
      .init(
        "pictures alone", "-mean(log(diag(softmax(S/tau))))", "Captions must find their pictures too: the other axis."),
      .init(
        "captions alone", "-mean(log(diag(softmax(S/tau, axis=0))))",
        "Pictures must find their captions too: the other axis."),
      .init(
        "added instead of averaged", "-mean(log(diag(softmax(S/tau)))) - mean(log(diag(softmax(S/tau, axis=0))))",
        "Half of the sum of both."),
      .init(
        "multiplied by the temperature",
        "-(mean(log(diag(softmax(S*tau)))) + mean(log(diag(softmax(S*tau, axis=0)))))/2", "Divide by the temperature."),
      .init(
        "softmax over everything", "p = exp(S/tau)/sum(exp(S/tau)); -mean(log(diag(p)))",
        "Each row, and each column, adds up to 1 by itself."),
      .init(
        "sum for mean", "-(sum(log(diag(softmax(S/tau)))) + sum(log(diag(softmax(S/tau, axis=0)))))/2",
        "Average over the batch."),
    ],
    cases: [
      .hand("all alike: log 3", "S = [[1, 1, 1], [1, 1, 1], [1, 1, 1]]; tau = 0.5", "log(3)"),
      .hand(
        "odds 3 : 1 and 1 : 1, both ways", "S = [[log(3), 0], [log(3), log(3)]]; tau = 1",
        "(log(4/3) + log(2) + log(2) + log(4/3))/4"),
    ])
}
