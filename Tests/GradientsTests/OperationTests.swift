import Gradients
import Tensors
import TestSupport
import Testing

@Suite("Operations against PyTorch in float64")
struct OperationTests {
  @Test("forward and gradients to ‖a−b‖/‖b‖ ≤ 1e-5", arguments: operationCases)
  func matches(_ operation: OperationCase) throws {
    let inputs = try OperationInputs(operation)
    let output = try operation.operation(inputs)
    expectClose(output.value, try inputs.tensor("output"), .norm(1e-5), "output")
    output.backward(seed: try inputs.tensor("grad.output"))
    for name in operation.inputs {
      let gradient = try #require(inputs[name].gradient, "no gradient for \(name)")
      expectClose(gradient, try inputs.tensor("grad.\(name)"), .norm(1e-5), "gradient of \(name)")
    }
  }

  @Test("constants cost no tape and give the same values", arguments: operationCases)
  func recordsNothing(_ operation: OperationCase) throws {
    var inputs = try OperationInputs(operation)
    let taped = try operation.operation(inputs)
    inputs.variables = inputs.variables.mapValues(\.detached)
    let constant = try operation.operation(inputs)
    #expect(taped.requiresGradient && !constant.requiresGradient)
    #expect(firstDifferentBits(taped.value, constant.value) == nil)
  }

  /// A golden that nothing reads would pass whatever it held.
  @Test("every case of a file is tested", arguments: Set(operationCases.map(\.family)).sorted())
  func everyGoldenIsRead(family: String) throws {
    let names = try Goldens.file("operations/\(family).safetensors").names
    let stored = Set(names.filter { $0.hasSuffix(".grad.output") }.map { String($0.dropLast(".grad.output".count)) })
    #expect(stored == Set(operationCases.filter { $0.family == family }.map(\.name)))
  }
}

@Suite("The tape")
struct TapeTests {
  @Test func aValueUsedTwiceGetsBothGradients() {
    let x = Variable.leaf(Tensor([2, -3, 5]))
    (x * x + x).sum().backward()
    #expect(x.gradient == Tensor([5, -5, 11]))
  }

  @Test func gradientsAddUpOverBackwardPassesUntilCleared() {
    let x = Variable.leaf(Tensor([2, -3]))
    (x * 3).sum().backward()
    (x * 4).sum().backward()
    #expect(x.gradient == Tensor([7, 7]))
    x.clearGradient()
    #expect(x.gradient == nil)
  }

  @Test func aDiamondIsPassedOncePerNode() {
    let x = Variable.leaf(Tensor(1))
    var y = x
    for _ in 0..<40 { y = y + y }
    y.backward()
    #expect(x.gradient?.scalar == 1_099_511_627_776)
  }

  @Test func aDeepTapeDoesNotOverflowTheStack() {
    let x = Variable.leaf(Tensor(0))
    var y = x
    for _ in 0..<100_000 { y = y + 1 }
    y.backward()
    #expect(x.gradient?.scalar == 1)
  }

  @Test func detachingStopsTheGradient() {
    let x = Variable.leaf(Tensor([2, 3]))
    (x.detached * x).sum().backward()
    #expect(x.gradient == Tensor([2, 3]))
  }
}
