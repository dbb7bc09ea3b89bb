import Gradients
import Tensors
import TestSupport
import Testing

/// One case of Goldens/operations: an operation and how to apply it to the golden's inputs.
struct OperationCase: Sendable, CustomTestStringConvertible {
  let family: String
  let name: String
  /// The inputs gradients flow to; the goldens hold further ones (indices, masks).
  let inputs: [String]
  /// Central differences leave alone the elements where this holds: around a kink they measure nothing.
  var isKink: @Sendable (_ input: String, _ element: Float) -> Bool = { _, _ in false }
  /// Steps of central differences are in proportion to the elements instead of equal.
  var relativeSteps = false
  let operation: @Sendable (OperationInputs) throws -> Variable

  var testDescription: String { "\(family)/\(name)" }
}

/// The tensors of a case by their short names: as variables, or as they are stored.
struct OperationInputs {
  let name: String
  let file: SafetensorsFile
  var variables: [String: Variable]

  init(_ operation: OperationCase) throws {
    name = operation.name
    file = try Goldens.file("operations/\(operation.family).safetensors")
    variables = [:]
    for input in operation.inputs { variables[input] = .leaf(try file.tensor("\(name).\(input)")) }
  }

  subscript(input: String) -> Variable {
    guard let variable = variables[input] else { preconditionFailure("\(name) has no input \(input)") }
    return variable
  }

  /// "input", the name of the only operand of most operations.
  var input: Variable { self["input"] }

  func tensor(_ key: String) throws -> Tensor { try file.tensor("\(name).\(key)") }
  func integers(_ key: String) throws -> [Int] { try file.integers("\(name).\(key)") }
}

/// Cases that differ in nothing but their name.
func cases(
  _ family: String, _ names: [String], inputs: [String] = ["input"],
  _ operation: @escaping @Sendable (OperationInputs) throws -> Variable
) -> [OperationCase] {
  names.map { OperationCase(family: family, name: $0, inputs: inputs, operation: operation) }
}

let operationCases =
  arithmeticCases + productCases + convolutionCases + resamplingCases + normalizationCases + activationCases
  + softmaxCases + attentionCases + rearrangingCases
