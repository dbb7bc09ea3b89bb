import Tensors

// Elementwise arithmetic with broadcasting; a gradient is summed over the dimensions its operand was repeated along.

extension Variable {
  /// ∂(a + b) = ∂a + ∂b
  public static func + (a: Variable, b: Variable) -> Variable {
    let (shapeA, shapeB) = (a.shape, b.shape)
    return Variable(a.value + b.value, from: [a, b]) { [$0.summed(to: shapeA), $0.summed(to: shapeB)] }
  }

  /// ∂(a − b) = ∂a − ∂b
  public static func - (a: Variable, b: Variable) -> Variable {
    let (shapeA, shapeB) = (a.shape, b.shape)
    return Variable(a.value - b.value, from: [a, b]) { [$0.summed(to: shapeA), -$0.summed(to: shapeB)] }
  }

  /// ∂(a b) = b ∂a + a ∂b
  public static func * (a: Variable, b: Variable) -> Variable {
    let (x, y) = (a.value, b.value)
    let (needsA, needsB) = (a.requiresGradient, b.requiresGradient)
    return Variable(x * y, from: [a, b]) { gradient in
      [
        needsA ? (gradient * y).summed(to: x.shape) : nil,
        needsB ? (gradient * x).summed(to: y.shape) : nil,
      ]
    }
  }

  /// ∂(a / b) = ∂a / b − a ∂b / b²
  public static func / (a: Variable, b: Variable) -> Variable {
    let (x, y) = (a.value, b.value)
    return Variable(x / y, from: [a, b]) { gradient in
      [(gradient / y).summed(to: x.shape), -(gradient * x / (y * y)).summed(to: y.shape)]
    }
  }

  public static func + (a: Variable, b: Float) -> Variable { a.affine(scale: 1, shift: b) }
  public static func - (a: Variable, b: Float) -> Variable { a.affine(scale: 1, shift: -b) }
  public static func - (a: Float, b: Variable) -> Variable { b.affine(scale: -1, shift: a) }
  public static func * (a: Variable, b: Float) -> Variable { a.affine(scale: b, shift: 0) }
  public static func * (a: Float, b: Variable) -> Variable { b * a }
  public static prefix func - (a: Variable) -> Variable { a * -1 }

  /// scale · x + shift
  public func affine(scale: Float, shift: Float) -> Variable {
    Variable(value.affine(scale: scale, shift: shift), from: [self]) { [$0 * scale] }
  }
}
