import Formulas
import Gradients
import Layers
import Models
import Tensors
import Training

/// The autoencoder, its losses, and the contrastive model.
enum LatentBindings {
  static let all: [Binding] = autoencoder + linear + losses + contrastive

  private static let autoencoder = [
    Binding("vae.reparameterize", "LatentDistribution.sample") { given in
      LatentDistribution(mean: given.variable("mu"), logvar: given.variable("l")).sample(noise: given.tensor("eps"))
        .value
    },
    Binding("vae.kl", "LatentDistribution.divergence") { given in
      let (mean, logvar) = (given.tensor("mu"), given.tensor("l"))
      // The engine averages over the batch: one picture at a time.
      return Tensor.stacked(
        (0..<mean.shape[0]).map { n in
          LatentDistribution(
            mean: Variable(mean.sliced(n..<(n + 1))), logvar: Variable(logvar.sliced(n..<(n + 1)))
          ).divergence.value
        })
    },
    Binding("vae.scaling_factor", "AutoencoderConfiguration.scalingFactor(of:)") { given in
      Tensor(AutoencoderConfiguration.scalingFactor(of: given.tensor("z")))
    },
    Binding("vae.unscale", "AutoencoderConfiguration.unscaled") { given in
      var configuration = AutoencoderConfiguration()
      configuration.scalingFactor = given.float("f")
      return configuration.unscaled(given.tensor("z"))
    },
  ]

  private static let linear = [
    Binding("latent.pca", "PrincipalComponents") { given in
      let components = PrincipalComponents(mean: given.tensor("mu"), directions: given.tensor("W"))
      return components.decode(components.encode(given.tensor("x"), count: components.directions.shape[0]))
    },
    Binding("latent.grey", "Luma.grey") { given in
      let picture = given.tensor("x")
      return Luma.grey(picture.reshaped([1] + picture.shape)).reshaped(Array(picture.shape.dropFirst()))
    },
  ]

  private static let losses = [
    Binding("vae.perceptual", "Loss.perceptual") { given in
      Loss.perceptual(given.variable("y"), given.variable("y_tilde"), epsilon: given.float("delta")).value
    },
    Binding("vae.discriminator", "Loss.hingeDiscriminator") { given in
      Loss.hingeDiscriminator(real: given.variable("D_real"), fake: given.variable("D_fake")).value
    },
    Binding("vae.adversarial", "Loss.hingeGenerator") { Loss.hingeGenerator(fake: $0.variable("D_fake")).value },
    Binding("vae.adaptive_weight", "Loss.adaptiveWeight") { given in
      Tensor(
        Loss.adaptiveWeight(
          reconstruction: given.tensor("g_rec"), adversarial: given.tensor("g_adv"), epsilon: given.number("delta")))
    },
  ]

  private static let contrastive = [
    Binding("text.cosine_similarity", "EmojiCLIP.similarities") { given in
      EmojiCLIP.similarities(given.variable("a").unitLength(along: 1), given.variable("b").unitLength(along: 1)).value
    },
    Binding("text.contrastive", "Loss.contrastive") { given in
      Loss.contrastive(given.variable("S") * (1 / given.float("tau"))).value
    },
  ]
}
