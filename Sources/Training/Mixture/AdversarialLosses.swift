import Gradients
import Layers
import Tensors

extension Loss {
  /// log(1 + eˣ), without overflow: max(x, 0) + log(1 + e^−|x|).
  static func softplus(_ x: Variable) -> Variable { x.relu() + ((x.abs() * -1).exp() + 1).log() }

  /// What the discriminator makes small: −mean log σ(D(x)) − mean log(1 − σ(D(x̃))) (Goodfellow et al. 2014, eq. 1).
  ///
  /// D is the logit, any shape; an undecided discriminator, D = 0, has 2 log 2.
  public static func logisticDiscriminator(real: Variable, fake: Variable) -> Variable {
    softplus(real * -1).mean() + softplus(fake).mean()
  }

  /// What the generator makes small: −mean log σ(D(x̃)), the non-saturating form (Goodfellow et al. 2014, section 3).
  public static func logisticGenerator(fake: Variable) -> Variable { softplus(fake * -1).mean() }
}
