import Gradients
import Tensors

// What the text and image towers, the autoencoder and its discriminator are trained with.

extension Loss {
  /// The symmetric contrastive loss (InfoNCE) of N pictures and their N texts, in Radford et al. 2021, figure 3.
  ///
  /// −(1/2N) Σᵢ (log softmax over texts + log softmax over pictures) of S[i, i], for logits S [N, N] with pictures as rows.
  public static func contrastive(_ logits: Variable) -> Variable {
    precondition(logits.shape.count == 2 && logits.shape[0] == logits.shape[1], "contrastive loss of \(logits.shape)")
    let labels = Array(0..<logits.shape[0])
    return (crossEntropy(logits, labels: labels) + crossEntropy(logits.permuted([1, 0]), labels: labels)) * 0.5
  }

  /// How differently one layer of a network sees two pictures (Zhang et al. 2018, eq. 1, channels weighted alike).
  ///
  /// The features [N, C, H, W] of each place are brought to length 1; squared distances are averaged over places.
  public static func perceptual(_ features: Variable, _ others: Variable, epsilon: Float = 1e-10) -> Variable {
    let difference =
      features.unitLength(along: 1, epsilon: epsilon) - others.unitLength(along: 1, epsilon: epsilon)
    return (difference * difference).mean() * Float(features.shape[1])
  }

  /// The divergence of N(mean, exp(logvar)) from N(0, 1), added over each sample's elements, averaged over the batch
  /// (Kingma & Welling 2014, appendix B).
  ///
  /// (1/2N) Σ (μ² + exp l − 1 − l)
  public static func gaussianDivergence(mean: Variable, logvar: Variable) -> Variable {
    let terms = mean * mean + logvar.exp() - logvar - 1
    return terms.sum() * (0.5 / Float(mean.shape[0]))
  }

  /// The discriminator's hinge loss (Lim & Ye 2017): ½ (mean max(1 − D(x), 0) + mean max(1 + D(x̃), 0)).
  public static func hingeDiscriminator(real: Variable, fake: Variable) -> Variable {
    ((1 - real).relu().mean() + (fake + 1).relu().mean()) * 0.5
  }

  /// What the decoder is told by the discriminator: −mean D(x̃).
  public static func hingeGenerator(fake: Variable) -> Variable { -fake.mean() }

  /// The weight that makes the adversarial loss pull as hard at the decoder's last layer as the reconstruction loss
  /// (Esser et al. 2021, eq. 7): ‖∇rec‖ / (‖∇adv‖ + ε), at most 10⁴, from the gradients there.
  public static func adaptiveWeight(
    reconstruction: Tensor, adversarial: Tensor, epsilon: Double = 1e-4
  ) -> Float {
    let quotient = reconstruction.squaredNorm.squareRoot() / (adversarial.squaredNorm.squareRoot() + epsilon)
    return Float(min(max(quotient, 0), 1e4))
  }
}
