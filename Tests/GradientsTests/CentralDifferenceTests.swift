import Gradients
import Tensors
import TestSupport
import Testing

@Suite("Gradients against central differences")
struct CentralDifferenceTests {
  /// (f(x + h d) − f(x − h d)) / 2h = ⟨∇f, d⟩ for f = ⟨operation, u⟩, one input after the other, in three random directions.
  ///
  /// The difference of two points in Float32 is not quite 2h d; the one that was really taken is what the gradient is
  /// multiplied with. The bound is relative to the root of the sum of squares of the product's terms, since their sum may
  /// vanish by chance.
  @Test("directional derivatives to 1e-3", arguments: operationCases)
  func matches(_ operation: OperationCase) throws {
    let inputs = try OperationInputs(operation)
    let output = try operation.operation(inputs)
    let upstream = try inputs.tensor("grad.output")
    output.backward(seed: upstream)
    var random = RandomSource(seed: 11)
    for name in operation.inputs {
      let gradient = try #require(inputs[name].gradient, "no gradient for \(name)").scalars
      for direction in 0..<3 {
        let (high, low) = steps(from: inputs[name].value, operation, name, &random)
        let up = try value(of: operation, inputs, name, high, upstream)
        let down = try value(of: operation, inputs, name, low, upstream)
        let terms = zip(gradient, zip(high.scalars, low.scalars)).map { Double($0) * (Double($1.0) - Double($1.1)) }
        let expected = terms.reduce(0, +)
        let scale = max(abs(expected), terms.reduce(0) { $0 + $1 * $1 }.squareRoot())
        #expect(
          abs(up - down - expected) <= 1e-3 * scale,
          "\(name), direction \(direction): \(up - down), the gradient says \(expected), scale \(scale)")
      }
    }
  }

  /// The points on both sides of `x`, h = 0.01 along a normal direction that is 0 at kinks.
  private func steps(
    from x: Tensor, _ operation: OperationCase, _ name: String, _ random: inout RandomSource
  ) -> (high: Tensor, low: Tensor) {
    let normal = random.normal(x.shape).scalars
    let step = zip(x.scalars, normal).map { element, direction -> Float in
      if operation.isKink(name, element) { return 0 }
      return 0.01 * direction * (operation.relativeSteps ? element : 1)
    }
    let offset = Tensor(step, shape: x.shape)
    return (x + offset, x - offset)
  }

  private func value(
    of operation: OperationCase, _ inputs: OperationInputs, _ name: String, _ input: Tensor, _ upstream: Tensor
  ) throws -> Double {
    var moved = inputs
    moved.variables = inputs.variables.mapValues(\.detached)
    moved.variables[name] = Variable(input)
    let output = try operation.operation(moved).value
    return zip(output.scalars, upstream.scalars).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
}
