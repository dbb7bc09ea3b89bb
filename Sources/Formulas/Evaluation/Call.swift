import Foundation

/// A built-in function with its arguments' values.
struct Call {
  let function: String
  let values: [Numbers]
  let options: [String: Numbers]

  /// About how many operations it takes, beside its result's elements.
  var cost: Int {
    switch function {
    case "inverse", "sqrtm", "det": (values.first?.count ?? 0) * ((values.first?.shape.last ?? 0) + 1) * 40
    case "conv2d": (values.first?.count ?? 0) * (values.last?.count ?? 0)
    default: values.reduce(0) { $0 + $1.count }
    }
  }

  func result() throws(FormulaError) -> Numbers {
    if let body = Self.elementwise[function] {
      let x = try only()
      return x.map(body)
    }
    if let result = try reduction() { return result }
    if let result = try matrix() { return result }
    if let result = try arrangement() { return result }
    switch function {
    case "min", "max": return try fold { function == "min" ? Swift.min($0, $1) : Swift.max($0, $1) }
    case "clamp":
      try expect(3)
      let raised = try Numbers.combine(values[0], values[1], Swift.max)
      return try Numbers.combine(raised, values[2], Swift.min)
    case "if":
      try expect(3)
      let yes = try Numbers.combine(values[0], values[1]) { $0 != 0 ? $1 : 0 }
      let no = try Numbers.combine(values[0], values[2]) { $0 == 0 ? $1 : 0 }
      return try Numbers.combine(yes, no, +)
    default:
      throw FormulaError("the function \(function) cannot be computed")
    }
  }

  private static let elementwise: [String: @Sendable (Double) -> Double] = [
    "sqrt": { $0.squareRoot() }, "exp": { exp($0) }, "log": { log($0) }, "log10": { log10($0) },
    "log2": { log2($0) }, "sin": { sin($0) }, "cos": { cos($0) }, "tanh": { tanh($0) }, "erf": { erf($0) },
    "abs": { abs($0) }, "floor": { $0.rounded(.down) }, "ceil": { $0.rounded(.up) },
    "round": { $0.rounded(.toNearestOrEven) }, "sigmoid": { 1 / (1 + exp(-$0)) }, "relu": { Swift.max($0, 0) },
  ]

  // MARK: Arguments

  func expect(_ count: Int) throws(FormulaError) {
    guard values.count == count else {
      throw FormulaError(
        "\(function) takes \(count) arguments, not \(values.count): \(Builtin.patterns[function] ?? "")")
    }
  }

  func only() throws(FormulaError) -> Numbers {
    try expect(1)
    return values[0]
  }

  /// A whole number among the arguments or options.
  func whole(_ value: Numbers?, _ what: String) throws(FormulaError) -> Int? {
    guard let value else { return nil }
    guard let number = value.scalar, number == number.rounded(), abs(number) < 1e9 else {
      let shown = value.count > 4 ? "an array of shape \(value.shape)" : "\(value)"
      throw FormulaError("\(what) of \(function) must be a whole number below 10⁹, not \(shown)")
    }
    return Int(number)
  }

  func axis() throws(FormulaError) -> Int? { try whole(options["axis"], "axis") }

  /// Folds several arrays into one, or one array into a number (along an axis, if there is one).
  private func fold(_ body: @escaping (Double, Double) -> Double) throws(FormulaError) -> Numbers {
    guard let first = values.first else { throw FormulaError("\(function) of nothing") }
    if values.count == 1 {
      return try reduce(first) { list in list.dropFirst().reduce(list[0], body) }
    }
    var result = first
    for value in values.dropFirst() { result = try Numbers.combine(result, value, body) }
    return result
  }

  // MARK: Reductions

  /// One number for the whole array; with an axis, one along it, which stays with length 1.
  private func reduce(_ x: Numbers, _ body: ([Double]) -> Double) throws(FormulaError) -> Numbers {
    guard x.count > 0 else { throw FormulaError("\(function) of an empty array") }
    guard let axis = try axis() else { return Numbers(body(x.elements)) }
    return try x.alongAxis(axis) { [body($0)] }
  }

  private func reduction() throws(FormulaError) -> Numbers? {
    let body: ([Double]) -> Double
    switch function {
    case "sum": body = { $0.reduce(0, +) }
    case "prod": body = { $0.reduce(1, *) }
    case "mean": body = Self.mean
    case "var":
      body = { list in
        let mean = Self.mean(list)
        return Self.mean(list.map { ($0 - mean) * ($0 - mean) })
      }
    case "norm": body = { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    case "argmax": body = { list in Double(list.indices.max { list[$0] < list[$1] } ?? 0) }
    case "size":
      guard let axis = try axis() else { return Numbers(Double(try only().count)) }
      return Numbers(Double(try only().shape[try only().place(of: axis)]))
    case "softmax", "cumsum", "cumprod": return try only().alongAxis(try axis() ?? -1, running(function))
    default: return nil
    }
    return try reduce(try only(), body)
  }

  private static func mean(_ list: [Double]) -> Double { list.reduce(0, +) / Double(list.count) }

  private func running(_ function: String) -> ([Double]) -> [Double] {
    if function == "softmax" {
      return { list in
        let largest = list.max() ?? 0
        let shares = list.map { exp($0 - largest) }
        let total = shares.reduce(0, +)
        return shares.map { $0 / total }
      }
    }
    return { list in
      var total = function == "cumsum" ? 0.0 : 1.0
      return list.map { value in
        total = function == "cumsum" ? total + value : total * value
        return total
      }
    }
  }
}

// MARK: Arrangement

extension Call {
  fileprivate func arrangement() throws(FormulaError) -> Numbers? {
    switch function {
    case "transpose":
      let x = try only()
      guard x.rank >= 2 else { throw FormulaError("only a matrix can be transposed, not shape \(x.shape)") }
      return x.permuted(Array(0..<(x.rank - 2)) + [x.rank - 1, x.rank - 2])
    case "reshape": return try reshape()
    case "permute": return try permute()
    case "concat": return try concat(axis: try axis() ?? 0, values)
    case "stack", "list": return try stack()
    case "range":
      try expect(2)
      guard let from = values[0].scalar, let to = values[1].scalar, to - from <= Double(Numbers.mostElements) else {
        throw FormulaError("range(a, b) takes two numbers at most \(Numbers.mostElements) apart")
      }
      return Numbers(Array(stride(from: from, to: to, by: 1)))
    case "linspace": return try linspace()
    case "eye":
      guard let n = try whole(try only(), "the size"), (1...1000).contains(n) else {
        throw FormulaError("eye(n) takes a whole number 1…1000")
      }
      return Numbers(shape: [n, n], (0..<n * n).map { $0 / n == $0 % n ? 1 : 0 })
    default: return nil
    }
  }

  private func reshape() throws(FormulaError) -> Numbers {
    guard let x = values.first, values.count > 1 else {
      throw FormulaError("reshape takes an array and its new extents")
    }
    var shape: [Int] = []
    for value in values.dropFirst().flatMap(\.elements) { shape.append(try whole(Numbers(value), "an extent") ?? 0) }
    let known = shape.filter { $0 != -1 }.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    if let open = shape.firstIndex(of: -1), known > 0, x.count % known == 0 { shape[open] = x.count / known }
    guard shape.allSatisfy({ $0 >= 0 && $0 <= Numbers.mostElements }), shape.count <= 8,
      shape.reduce(1.0, { $0 * Double($1) }) == Double(x.count)
    else { throw FormulaError("an array of shape \(x.shape) cannot take the shape \(shape)") }
    return x.reshaped(shape)
  }

  private func permute() throws(FormulaError) -> Numbers {
    guard let x = values.first else { throw FormulaError("permute takes an array and the order of its axes") }
    var order: [Int] = []
    for value in values.dropFirst() { order.append(try whole(value, "an axis") ?? 0) }
    guard order.sorted() == Array(x.shape.indices) else {
      throw FormulaError("permute of shape \(x.shape) takes the axes 0…\(x.rank - 1) in some order, not \(order)")
    }
    return x.permuted(order)
  }

  private func concat(axis: Int, _ parts: [Numbers]) throws(FormulaError) -> Numbers {
    guard let first = parts.first else { throw FormulaError("concat of nothing") }
    let place = try first.place(of: axis)
    for part in parts {
      var (a, b) = (part.shape, first.shape)
      guard a.count == b.count else { throw FormulaError("concat of shapes \(first.shape) and \(part.shape)") }
      (a[place], b[place]) = (0, 0)
      guard a == b else { throw FormulaError("concat of shapes \(first.shape) and \(part.shape) along axis \(axis)") }
    }
    let outer = first.shape[..<place].reduce(1, *)
    var (elements, extent) = ([Double](), 0)
    for part in parts { extent += part.shape[place] }
    for o in 0..<outer {
      for part in parts {
        let block = part.count / outer
        elements += part.elements[o * block..<(o + 1) * block]
      }
    }
    return Numbers(shape: first.shape[..<place] + [extent] + first.shape[(place + 1)...], elements)
  }

  private func stack() throws(FormulaError) -> Numbers {
    var shape: [Int] = []
    for value in values {
      guard let common = Numbers.commonShape(shape, value.shape) else {
        throw FormulaError("shapes \(shape) and \(value.shape) cannot be stacked")
      }
      shape = common
    }
    guard Double(values.count) * shape.reduce(1.0, { $0 * Double($1) }) <= Double(Numbers.mostElements) else {
      throw FormulaError("more than \(Numbers.mostElements) elements in \(function)")
    }
    return Numbers(shape: [values.count] + shape, values.flatMap { $0.broadcast(to: shape).elements })
  }

  private func linspace() throws(FormulaError) -> Numbers {
    try expect(3)
    guard let from = values[0].scalar, let to = values[1].scalar, let count = try whole(values[2], "the number"),
      (1...Numbers.mostElements).contains(count)
    else { throw FormulaError("linspace(a, b, n) takes two numbers and how many, 1…\(Numbers.mostElements)") }
    return Numbers((0..<count).map { count == 1 ? from : from + (to - from) * Double($0) / Double(count - 1) })
  }
}
