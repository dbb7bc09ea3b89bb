import Gradients
import Layers
import Tensors
import TestSupport
import Testing

@Suite("Losses against PyTorch in float64")
struct LossTests {
  private let path = "operations/losses.safetensors"

  private func check(_ name: String, inputs: [String], _ loss: ([Variable]) -> Variable) throws {
    let file = try Goldens.file(path)
    let leaves = try inputs.map { Variable.leaf(try file.tensor("\(name).\($0)")) }
    let result = loss(leaves)
    expectClose(result.value, try file.tensor("\(name).output"), .norm(1e-5), name)
    result.backward(seed: try file.tensor("\(name).grad.output"))
    for (input, leaf) in zip(inputs, leaves) {
      let gradient = try #require(leaf.gradient)
      expectClose(gradient, try file.tensor("\(name).grad.\(input)"), .norm(1e-5), "\(name), gradient of \(input)")
    }
  }

  @Test(arguments: ["mse_loss_images", "mse_loss_vectors"])
  func meanSquaredError(name: String) throws {
    try check(name, inputs: ["input", "target"]) { Loss.meanSquaredError($0[0], $0[1]) }
  }

  @Test func l1() throws { try check("l1_loss_images", inputs: ["input", "target"]) { Loss.l1($0[0], $0[1]) } }

  @Test(arguments: ["cross_entropy_batch", "cross_entropy_confident"])
  func crossEntropy(name: String) throws {
    let labels = try Goldens.file(path).integers("\(name).target")
    try check(name, inputs: ["input"]) { Loss.crossEntropy($0[0], labels: labels) }
  }

  @Test func smoothedCrossEntropy() throws {
    let labels = try Goldens.file(path).integers("cross_entropy_smoothed.target")
    try check("cross_entropy_smoothed", inputs: ["input"]) {
      Loss.crossEntropy($0[0], labels: labels, labelSmoothing: 0.2)
    }
  }

  @Test func weightedMeanSquaredError() throws {
    let weights = try Goldens.file(path).tensor("mse_loss_weighted.weights")
    try check("mse_loss_weighted", inputs: ["input", "target"]) {
      Loss.meanSquaredError($0[0], $0[1], sampleWeights: weights)
    }
  }
}
