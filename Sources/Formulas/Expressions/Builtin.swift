/// The functions an expression may call.
///
/// Names and how they are called are here, what they compute is in `Evaluator`.
enum Builtin {
  /// Each function with the pattern its help shows.
  static let patterns: [String: String] = [
    "sqrt": "sqrt(x)", "exp": "exp(x)", "log": "log(x), the natural logarithm", "log10": "log10(x)",
    "log2": "log2(x)", "sin": "sin(x)", "cos": "cos(x)", "tanh": "tanh(x)", "erf": "erf(x)", "abs": "abs(x)",
    "sigmoid": "sigmoid(x)", "relu": "relu(x)", "floor": "floor(x)", "ceil": "ceil(x)",
    "round": "round(x), halves to even",
    "min": "min(a, b, …), or min(x) over everything", "max": "max(a, b, …), or max(x) over everything",
    "clamp": "clamp(x, low, high)", "if": "if(condition, then, else)",
    "sum": "sum(x), sum(x, axis=1) or sum(a[i], i=0..n)", "prod": "prod(x), prod(x, axis=1) or prod(a[i], i=0..n)",
    "mean": "mean(x) or mean(x, axis=1)", "var": "var(x) or var(x, axis=1), divided by n",
    "norm": "norm(x), the Euclidean length", "softmax": "softmax(x), over the last axis, or softmax(x, axis=1)",
    "cumsum": "cumsum(x), along the last axis", "cumprod": "cumprod(x), along the last axis",
    "transpose": "transpose(x), of the last two axes", "matmul": "matmul(a, b)", "inverse": "inverse(A)",
    "sqrtm": "sqrtm(A), the root of a positive matrix", "trace": "trace(A)", "det": "det(A)", "eye": "eye(n)",
    "diag": "diag(A)", "reshape": "reshape(x, a, b, …)", "permute": "permute(x, 0, 2, 1)",
    "concat": "concat(a, b, …, axis=0)", "stack": "stack(a, b, …), along a new first axis", "list": "[a, b, …]",
    "size": "size(x), or size(x, axis=1)", "range": "range(a, b): a, a+1, … before b",
    "linspace": "linspace(a, b, n)", "argmax": "argmax(x, axis=1)", "conv2d": "conv2d(x, W, stride=1, padding=0)",
  ]

  static let synonyms = [
    "ln": "log", "log_2": "log2", "log_10": "log10", "log10_": "log10", "clip": "clamp", "where": "if", "avg": "mean",
    "average": "mean", "product": "prod", "inv": "inverse", "cat": "concat", "minimum": "min", "maximum": "max",
    "variance": "var", "arange": "range", "tr": "trace", "absolute": "abs",
  ]

  /// The labelled options a function takes.
  static func options(of function: String) -> Set<String> {
    switch function {
    case "conv2d": ["stride", "padding"]
    case let name where patterns[name]?.contains("axis=") == true: ["axis"]
    case "norm", "min", "max", "cumsum", "cumprod": ["axis"]
    default: []
    }
  }

  static func isFunction(_ name: String) -> Bool { patterns[name] != nil || synonyms[name] != nil }

  /// “; did you mean softmax?” when a known function's name is near.
  static func suggestion(_ name: String) -> String {
    let near = patterns.keys.sorted().first { distance($0, name) <= max(1, $0.count / 4) }
    return near.map { "; did you mean \($0)?" } ?? ""
  }

  /// The number of inserted, dropped and changed characters between two words.
  static func distance(_ a: String, _ b: String) -> Int {
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, right) in b.enumerated() {
        let change = diagonal + (left == right ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}
