import Tensors

// Number sequences in the order of operations of PyTorch and NumPy: the last bit decides whether a table equals theirs.

/// `count` values from `start` to `end`, rounded as torch.linspace does: each half is counted from its own end, the
/// product and the sum are rounded together.
func torchLinspace(_ start: Float, _ end: Float, _ count: Int) -> [Float] {
  guard count > 1 else { return [start] }
  let step = (end - start) / Float(count - 1)
  return (0..<count).map { i in
    i < count / 2 ? start.addingProduct(step, Float(i)) : end.addingProduct(-step, Float(count - i - 1))
  }
}

/// `count` values from `start` to `end`, as numpy.linspace.
func numpyLinspace(_ start: Double, _ end: Double, _ count: Int) -> [Double] {
  guard count > 1 else { return [start] }
  let step = (end - start) / Double(count - 1)
  return (0..<count).map { $0 == count - 1 ? end : Double($0) * step + start }
}

/// The table's value at `x`, straight between two entries, constant beyond the ends; as numpy.interp.
func interpolate(_ table: [Float], at x: Double) -> Double {
  precondition(!table.isEmpty, "an empty table")
  let last = table.count - 1
  if x >= Double(last) { return Double(table[last]) }
  if x <= 0 { return Double(table[0]) }
  let i = Int(x)
  let (low, high) = (Double(table[i]), Double(table[i + 1]))
  return (high - low) * (x - Double(i)) + low
}

/// a x + b y; equal shapes. Each product is rounded before the sum, as PyTorch does: where the terms almost cancel (the
/// first step from a large σ) a fused operation would differ by more than the last bit of the result.
func combine(_ a: Float, _ x: Tensor, _ b: Float, _ y: Tensor) -> Tensor {
  (a == 1 ? x : x * a) + y * b
}
