import Gradients
import Layers
import Tensors

/// Reconstruction and adversarial loss of a decoded picture, weighed so that both pull equally hard at its last layer
/// (Esser et al. 2021, eq. 6–7).
public struct BalancedLoss {
  /// L_rec + s λ L_adv; `backward()` goes on into the decoder.
  public let total: Variable
  /// L_rec
  public let reconstruction: Float
  /// L_adv
  public let adversarial: Float
  /// λ, without the strength s.
  public let weight: Float

  /// Each loss is differentiated once, down to the picture; the last layer's gradients and those of the whole decoder follow
  /// from there. So `total` stands for both losses but holds nothing of their tapes, and no parameter of the networks that
  /// judge the picture gets a gradient.
  ///
  /// - Parameters:
  ///   - picture: the decoder's output, still on its tape.
  ///   - lastLayer: the weight of the decoder's last convolution, which must ask for gradients.
  ///   - strength: the share s of the adversarial loss.
  ///   - reconstruction: the scalar loss of a picture.
  ///   - adversarial: the discriminator's, `Loss.hingeGenerator`.
  public init(
    picture: Variable, lastLayer: Parameter, strength: Float, reconstruction: (Variable) -> Variable,
    adversarial: (Variable) -> Variable
  ) {
    func differentiate(_ loss: (Variable) -> Variable) -> (value: Float, picture: Tensor, lastLayer: Tensor) {
      let leaf = Variable.leaf(picture.value)
      let result = loss(leaf)
      let gradient = result.gradient(of: leaf) ?? .zeros(picture.shape)
      let last = picture.gradient(of: lastLayer.variable, seed: gradient)
      precondition(last != nil, "the picture does not depend on the last layer \(lastLayer.shape)")
      return (result.value.scalar, gradient, last ?? .zeros(lastLayer.shape))
    }
    let (near, far) = (differentiate(reconstruction), differentiate(adversarial))
    weight = Loss.adaptiveWeight(reconstruction: near.lastLayer, adversarial: far.lastLayer)
    self.reconstruction = near.value
    self.adversarial = far.value
    var gradient = near.picture
    gradient.add(far.picture, scale: strength * weight)
    total = Variable(Tensor(near.value + strength * weight * far.value), from: [picture]) { [gradient] outer in
      [gradient * outer.scalar]
    }
  }
}
