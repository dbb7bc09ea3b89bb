/// A small array of doubles with a shape, row-major: all the catalogue computes with.
///
/// Slow and plain on purpose, and apart from the engine's tensors: what checks them must not share their code.
public struct Numbers: Hashable, Sendable {
  /// The most elements an array may have.
  public static let mostElements = 1_000_000

  public let shape: [Int]
  public internal(set) var elements: [Double]

  /// - Precondition: as many elements as the shape says.
  public init(shape: [Int], _ elements: [Double]) {
    precondition(shape.reduce(1, *) == elements.count, "\(elements.count) elements for shape \(shape)")
    self.shape = shape
    self.elements = elements
  }

  public init(_ value: Double) { self.init(shape: [], [value]) }

  public init(_ values: [Double]) { self.init(shape: [values.count], values) }

  public var count: Int { elements.count }
  public var rank: Int { shape.count }

  /// The only element, when there is one.
  public var scalar: Double? { elements.count == 1 ? elements[0] : nil }

  /// Where a flat position lies, axis by axis.
  public func index(of flat: Int) -> [Int] {
    var (rest, index) = (flat, [Int]())
    for extent in shape.reversed() {
      index.append(rest % extent)
      rest /= extent
    }
    return index.reversed()
  }

  func map(_ body: (Double) -> Double) -> Numbers { Numbers(shape: shape, elements.map(body)) }

  func reshaped(_ shape: [Int]) -> Numbers { Numbers(shape: shape, elements) }
}

// MARK: Broadcasting

extension Numbers {
  /// The shape two arrays have together: axes are aligned at the end, extents of 1 stretch.
  static func commonShape(_ a: [Int], _ b: [Int]) -> [Int]? {
    var shape: [Int] = []
    for i in 0..<max(a.count, b.count) {
      let (left, right) = (i < a.count ? a[a.count - 1 - i] : 1, i < b.count ? b[b.count - 1 - i] : 1)
      guard left == right || left == 1 || right == 1 else { return nil }
      shape.append(left == 1 ? right : left)
    }
    return shape.reversed()
  }

  /// This array stretched to a shape that `commonShape` has found.
  func broadcast(to target: [Int]) -> Numbers {
    if shape == target { return self }
    if let value = scalar { return Numbers(shape: target, Array(repeating: value, count: target.reduce(1, *))) }
    var steps = [Int](repeating: 0, count: target.count)
    var step = 1
    for i in 1...max(shape.count, 1) where i <= shape.count {
      let extent = shape[shape.count - i]
      steps[target.count - i] = extent == 1 ? 0 : step
      step *= extent
    }
    var result: [Double] = []
    result.reserveCapacity(target.reduce(1, *))
    var index = [Int](repeating: 0, count: target.count)
    for _ in 0..<target.reduce(1, *) {
      result.append(elements[zip(index, steps).reduce(0) { $0 + $1.0 * $1.1 }])
      for axis in target.indices.reversed() {
        index[axis] += 1
        if index[axis] < target[axis] { break }
        index[axis] = 0
      }
    }
    return Numbers(shape: target, result)
  }

  static func combine(_ a: Numbers, _ b: Numbers, _ body: (Double, Double) -> Double) throws(FormulaError) -> Numbers {
    guard let shape = commonShape(a.shape, b.shape) else {
      throw FormulaError("shapes \(a.shape) and \(b.shape) do not fit together")
    }
    let size = shape.reduce(1, *)
    guard size <= mostElements else {
      throw FormulaError("an array of shape \(shape) has more than \(mostElements) elements")
    }
    return Numbers(shape: shape, zip(a.broadcast(to: shape).elements, b.broadcast(to: shape).elements).map(body))
  }
}

// MARK: Axes

extension Numbers {
  /// The place of an axis, counted from the end when negative.
  func place(of axis: Int) throws(FormulaError) -> Int {
    let place = axis < 0 ? axis + rank : axis
    guard shape.indices.contains(place) else {
      throw FormulaError(
        "axis \(axis) of an array of shape \(shape); \(rank == 0 ? "it has none" : "−\(rank)…\(rank - 1)")")
    }
    return place
  }

  /// The vectors along an axis replaced by what `body` makes of them, all of one length.
  func alongAxis(_ axis: Int, _ body: ([Double]) -> [Double]) throws(FormulaError) -> Numbers {
    let place = try place(of: axis)
    let inner = shape[(place + 1)...].reduce(1, *)
    let (outer, length) = (shape[..<place].reduce(1, *), shape[place])
    var rows: [[Double]] = []
    for o in 0..<outer {
      for i in 0..<inner {
        rows.append(body((0..<length).map { elements[(o * length + $0) * inner + i] }))
      }
    }
    let new = rows.first?.count ?? 0
    var result = [Double](repeating: 0, count: outer * new * inner)
    for o in 0..<outer {
      for i in 0..<inner {
        for (k, value) in rows[o * inner + i].enumerated() { result[(o * new + k) * inner + i] = value }
      }
    }
    return Numbers(shape: shape[..<place] + [new] + shape[(place + 1)...], result)
  }

  /// The axes in another order.
  func permuted(_ order: [Int]) -> Numbers {
    precondition(order.sorted() == Array(shape.indices), "order \(order) for shape \(shape)")
    let target = order.map { shape[$0] }
    var strides = [Int](repeating: 1, count: rank)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    let blank = Numbers(shape: target, elements)
    let result = elements.indices.map { flat in
      let index = blank.index(of: flat)
      return elements[zip(index, order).reduce(0) { $0 + $1.0 * strides[$1.1] }]
    }
    return Numbers(shape: target, result)
  }
}

extension Numbers: CustomStringConvertible {
  /// Nested brackets, numbers with up to six significant digits.
  public var description: String { text(Numeral.short) }

  /// Nested brackets as JSON has them, every number exactly.
  public var json: String { text { "\($0)".hasSuffix(".0") ? String("\($0)".dropLast(2)) : "\($0)" } }

  private func text(_ numeral: (Double) -> String) -> String {
    func part(_ axis: Int, _ offset: Int, _ size: Int) -> String {
      if axis == rank { return numeral(elements[offset]) }
      let inner = shape[axis] == 0 ? 0 : size / shape[axis]
      return "[" + (0..<shape[axis]).map { part(axis + 1, offset + $0 * inner, inner) }.joined(separator: ", ") + "]"
    }
    return part(0, 0, count)
  }
}
