import Tensors

extension Variable {
  /// Rows of a table [V, D] for `ids` in 0 ..< V: shape `shape` + [D]; repeated rows add up in the gradient.
  public static func embedding(_ table: Variable, ids: [Int], shape: [Int]) -> Variable {
    let (rows, width) = (table.shape[0], table.shape[1])
    precondition(shape.reduce(1, *) == ids.count, "\(ids.count) ids in shape \(shape)")
    for id in ids { precondition(id >= 0 && id < rows, "id \(id) outside 0 ..< \(rows)") }
    let result = Tensor(unsafeUninitialized: shape + [width]) { out in
      table.value.withUnsafeBufferPointer { x in
        guard let x = x.baseAddress, let o = out.baseAddress else { return }
        for (i, id) in ids.enumerated() { (o + i * width).update(from: x + id * width, count: width) }
      }
    }
    return Variable(result, from: [table]) { gradient in
      var sum = Tensor.zeros([rows, width])
      sum.withUnsafeMutableBufferPointer { s in
        gradient.withUnsafeBufferPointer { g in
          for (i, id) in ids.enumerated() {
            for j in 0..<width { s[id * width + j] += g[i * width + j] }
          }
        }
      }
      return [sum]
    }
  }
}
