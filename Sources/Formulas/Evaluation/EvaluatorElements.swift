/// Elements of arrays and sequences, sums and products over an index.
extension Evaluator {
  mutating func element(
    _ whole: Expression, _ base: Expression, _ indices: [Expression]
  ) throws(FormulaError) -> Numbers {
    let key = whole.description
    if let found = find(key) { return try defined(found, []) }
    if let value = scope.inputs[key] { return value }
    var places: [Numbers] = []
    for index in indices { places.append(try value(index)) }
    guard case .name(let name) = base else {
      return try Self.element(try value(base), at: places, named: base.description, before: nil)
    }
    let found = locals[name] == nil ? find(name) : nil
    if let found, case let parameters = definition(found).parameters, !parameters.isEmpty {
      guard parameters.count == places.count else {
        throw FormulaError("\(name) has \(parameters.count) indices, not \(places.count)")
      }
      return try defined(found, places)
    }
    if locals[name] == nil, found == nil, let value = scope.inputs[name] {
      return try Self.element(value, at: places, named: name, before: scope.sequences[name]?.before)
    }
    return try Self.element(try self.name(name), at: places, named: name, before: nil)
  }

  /// The part of an array at an index; an index of several numbers picks several elements of a sequence.
  static func element(
    _ array: Numbers, at indices: [Numbers], named name: String, before: Double?
  ) throws(FormulaError) -> Numbers {
    guard !indices.isEmpty, indices.count <= array.rank else {
      throw FormulaError("\(name) has shape \(array.shape); \(indices.count) indices are too many")
    }
    if indices.count == 1, array.rank == 1 {
      var picked: [Double] = []
      for index in indices[0].elements {
        if index == -1, let before {
          picked.append(before)
        } else {
          picked.append(array.elements[try place(index, array.count, name, before)])
        }
      }
      return Numbers(shape: indices[0].shape, picked)
    }
    var (start, size) = (0, array.count)
    for (axis, index) in indices.enumerated() {
      guard let scalar = index.scalar else { throw FormulaError("an index of \(name) is an array") }
      size /= array.shape[axis]
      start += try place(scalar, array.shape[axis], name, nil) * size
    }
    return Numbers(shape: Array(array.shape[indices.count...]), Array(array.elements[start..<start + size]))
  }

  private static func place(_ index: Double, _ count: Int, _ name: String, _ before: Double?) throws(FormulaError)
    -> Int
  {
    guard index == index.rounded(), index >= 0, index < Double(count) else {
      let lowest = before == nil ? "0" : "−1"
      throw FormulaError("index \(Numeral.short(index)) of \(name), which has \(lowest)…\(count - 1)")
    }
    return Int(index)
  }

  // MARK: Sums and products over an index

  /// The whole number an expression gives.
  mutating func whole(_ expression: Expression) throws(FormulaError) -> Int {
    guard let number = try value(expression).scalar, number == number.rounded(), abs(number) < 1e9 else {
      throw FormulaError("\(expression) must be a whole number")
    }
    return Int(number)
  }

  mutating func series(
    _ kind: Expression.Series, _ body: Expression, _ index: String, _ from: Int, _ through: Int
  ) throws(FormulaError) -> Numbers {
    let outer = locals[index]
    defer { locals[index] = outer }
    var result = Numbers(kind == .sum ? 0 : 1)
    guard from <= through else { return result }
    for i in from...through {
      locals[index] = Numbers(Double(i))
      result = try Numbers.combine(result, try value(body)) { kind == .sum ? $0 + $1 : $0 * $1 }
    }
    return result
  }
}
