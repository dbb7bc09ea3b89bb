import Gradients
import Tensors

/// Losses, each the mean over all elements unless it says otherwise.
public enum Loss {
  /// (1/n) Σ (a − b)²
  public static func meanSquaredError(_ a: Variable, _ b: Variable) -> Variable {
    let difference = a - b
    return (difference * difference).mean()
  }

  /// The squared error of each sample, averaged over its elements, times its weight, averaged over the batch.
  public static func meanSquaredError(_ a: Variable, _ b: Variable, sampleWeights: Tensor) -> Variable {
    let weights = sampleWeights.reshaped([a.shape[0]] + [Int](repeating: 1, count: a.shape.count - 1))
    let difference = a - b
    return (difference * difference * Variable(weights)).mean()
  }

  /// (1/n) Σ |a − b|
  public static func l1(_ a: Variable, _ b: Variable) -> Variable { (a - b).abs().mean() }

  /// −(1/N) Σₙ log softmax(logits)[n, labelₙ] for logits [N, K], as PyTorch's cross_entropy.
  ///
  /// With smoothing s the target is 1 − s on the label plus s/K on every class.
  public static func crossEntropy(_ logits: Variable, labels: [Int], labelSmoothing: Float = 0) -> Variable {
    let (rows, classes) = (logits.shape[0], logits.shape[1])
    precondition(labels.count == rows, "\(labels.count) labels for \(rows) rows")
    var target = Tensor(repeating: labelSmoothing / Float(classes), shape: [rows, classes])
    for (row, label) in labels.enumerated() { target[row, label] += 1 - labelSmoothing }
    return (logits.logSoftmax() * Variable(target)).sum() * (-1 / Float(rows))
  }
}
