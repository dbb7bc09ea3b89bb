import Datasets
import Gradients
import Layers
import Models
import Tensors

/// `emoji-vae`: the autoencoder of latent diffusion (Rombach et al. 2022, section 3.1 and appendix G).
///
/// L = reconstruction + perceptual + KL, and in the last part of the run an adversarial term that a patch discriminator,
/// trained along, provides; its weight is adapted so that it pulls as hard at the decoder's last layer as the
/// reconstruction (Esser et al. 2021, equation 7).
///
/// From the second round on the decoder learns alone, as the decoders that were published later for Stable Diffusion did: latents
/// stay what they are, so that what was trained on them needs no change. From the third on the perceptual distance also looks at
/// a part of the pictures enlarged, and most scenes are pairs: their emoji are small, and what tells one from another is smaller.
/// The fourth and the fifth are without the adversarial term, which makes details likely rather than right.
public final class EmojiVAE: Recipe {
  /// What tells the autoencoders of lesson 06 and the shipped one apart.
  public struct Variant: Sendable, Equatable {
    public enum Distance: String, Sendable {
      case l1 = "L1"
      case l2 = "L2"
    }

    public var name: String
    public var blockOutChannels: [Int]
    public var totalSteps: Int
    /// In the order of the run; the first begins at step 0.
    public var rounds = [Round()]
    public var distance = Distance.l1
    /// Weight of the perceptual distance; 0 leaves it out.
    public var perceptualWeight: Float = 0.1
    /// Weight of the divergence from N(0, 1), added over a latent's elements, averaged over the pictures.
    public var divergenceWeight: Float = 1e-6
    /// τ: the decoder alone is shown latents with noise, of a standard deviation of |n| times theirs, n ~ N(0, τ²) for each
    /// picture. A diffusion model's latents are never quite those of a picture (noise-augmented decoding:
    /// Zheng et al. 2025, arXiv:2510.11690).
    public var latentNoise: Float = 0.3
    /// Share of a round before the discriminator joins; nil for none.
    public var adversarialStart: Double?
    /// The adversarial term's share of the adapted weight.
    public var adversarialWeight: Float = 0.5

    /// The shipped autoencoder.
    public static let standard = Variant(
      name: "emoji-vae", blockOutChannels: [24, 48, 96], totalSteps: 27_700,
      rounds: [
        Round(), Round(start: 10_000), Round(start: 14_500, peak: 5e-4, pairs: 0.7, isDetailed: true),
        Round(start: 20_500, peak: 2e-4, pairs: 0.7, isDetailed: true, isAdversarial: false),
        Round(start: 21_700, peak: 5e-4, pairs: 0.7, isDetailed: true, isAdversarial: false),
      ], adversarialStart: 0.7)
    /// Three for comparison, alike but for the loss.
    public static let compared = [
      Variant(name: "emoji-vae-l2", blockOutChannels: small, totalSteps: 3_000, distance: .l2, perceptualWeight: 0),
      Variant(name: "emoji-vae-perceptual", blockOutChannels: small, totalSteps: 3_000),
      Variant(name: "emoji-vae-adversarial", blockOutChannels: small, totalSteps: 3_000, adversarialStart: 0.5),
    ]
    private static let small = [16, 32, 48]
  }

  /// A part of the run with a learning rate and a discriminator begun anew. From the second on the decoder learns alone.
  public struct Round: Sendable, Equatable {
    /// Its first step.
    public var start: Int
    /// Its highest learning rate; nil for that of the first round.
    public var peak: Float?
    /// The share of scenes with two emoji.
    public var pairs: Double
    /// Whether the perceptual distance also looks at a part of the pictures enlarged.
    public var isDetailed: Bool
    /// Whether the discriminator has a part.
    public var isAdversarial: Bool

    public init(
      start: Int = 0, peak: Float? = nil, pairs: Double = 0.5, isDetailed: Bool = false, isAdversarial: Bool = true
    ) {
      self.start = start
      self.peak = peak
      self.pairs = pairs
      self.isDetailed = isDetailed
      self.isAdversarial = isAdversarial
    }
  }

  /// Autoencoder and discriminator, trained by one optimiser: neither's loss reaches the other's parameters.
  struct Trained: Module {
    let autoencoder: AutoencoderKL
    let discriminator: PatchDiscriminator?

    var children: [(name: String, module: any Module)] {
      [("autoencoder", autoencoder as any Module)] + (discriminator.map { [("discriminator", $0 as any Module)] } ?? [])
    }
  }

  public var name: String { variant.name }
  public let settings: TrainingSettings
  public let variant: Variant
  private let trained: Trained
  private let eye: CLIPImageTower
  /// The scenes of each round.
  private let scenes: [CaptionedEmoji]

  /// - Parameter eye: the trained image tower, whose features the perceptual loss compares.
  public init(_ variant: Variant, eye: CLIPImageTower) throws(UserError) {
    self.variant = variant
    self.eye = eye
    var settings = TrainingSettings(
      totalSteps: variant.totalSteps, batchSize: 16, learningRate: 1e-3, warmupSteps: 200, weightDecay: 0.001,
      emaDecay: 0.999)
    settings.restarts = variant.rounds.dropFirst().map { .init($0.start, peak: $0.peak) }
    self.settings = settings
    var configuration = AutoencoderConfiguration()
    configuration.sampleSize = 64
    configuration.blockOutChannels = variant.blockOutChannels
    configuration.layersPerBlock = 1
    configuration.normNumGroups = 8
    configuration.latentChannels = 4
    trained = Trained(
      autoencoder: AutoencoderKL(configuration),
      discriminator: variant.adversarialStart.map { _ in PatchDiscriminator(PatchDiscriminator.Configuration()) })
    scenes = try variant.rounds.map { round throws(UserError) in
      try CaptionedEmoji(mix: SceneMix(pairs: round.pairs))
    }
    eye.requireGradients(false)
  }

  public var module: any Module { trained }

  /// The autoencoder with the scale its latents turned out to have; the discriminator has done its work.
  public var parts: [ModelPart] {
    var configuration = trained.autoencoder.configuration
    configuration.scalingFactor = AutoencoderConfiguration.scalingFactor(of: latents())
    return [ModelPart(trained.autoencoder, configuration.jsonObject)]
  }

  public var dataDescription: String {
    "An autoencoder in diffusers' `AutoencoderKL` layout, 64×64×3 ↔ 4×16×16, trained on captioned emoji that are composed "
      + "anew for every step. Loss: \(variant.distance.rawValue)"
      + (variant.perceptualWeight > 0 ? " + \(variant.perceptualWeight) × perceptual (features of `emoji-clip`)" : "")
      + " + \(variant.divergenceWeight) × KL"
      + (variant.adversarialStart.map {
        ", and in the last \(Int((100 * (1 - $0)).rounded())) % of \(variant.rounds.count == 1 ? "the steps" : "a round") "
          + "\(variant.adversarialWeight) × adversarial with the adaptive weight of Esser et al. 2021"
      } ?? "")
      + zip(variant.rounds, variant.rounds.dropFirst()).map(roundDescription).joined()
      + ". `scaling_factor` is 1/std of the latents of 512 scenes."
  }

  /// ". From step 20500 on …": what changes with a round; nothing where only the learning rate starts anew.
  private func roundDescription(_ before: Round, _ round: Round) -> String {
    var changes: [String] = []
    if before.start == 0 {
      changes.append(
        "the encoder stays as it is and the decoder learns on alone, with a discriminator begun anew, from latents "
          + "with noise: of |n| times their standard deviation, n ~ N(0, \(variant.latentNoise)²) for each picture "
          + "(Zheng et al. 2025)")
    }
    if round.pairs != before.pairs { changes.append("\(Int((round.pairs * 100).rounded())) % of the scenes are pairs") }
    if round.isDetailed, !before.isDetailed {
      changes.append(
        "the perceptual distance of a quarter of the picture, at a random place and enlarged twice, is added")
    }
    if before.isAdversarial, !round.isAdversarial { changes.append("the adversarial term is left out") }
    return changes.isEmpty ? "" : ". From step \(round.start) on \(changes.joined(separator: ", and "))"
  }

  public func loss(step: Int, _ random: inout RandomSource) throws(UserError) -> Variable {
    let index = variant.rounds.lastIndex { $0.start <= step } ?? 0
    let round = variant.rounds[index]
    let isDecoderAlone = index > 0
    if isDecoderAlone, step == round.start {
      var start = settings.measuringRandom
      trained.discriminator?.initialize(&start)
    }
    let pictures = Variable(scenes[index].batch(settings.batchSize, .train, &random).images)
    let latents = trained.autoencoder.encode(pictures)
    let drawn = latents.sample(&random)
    let decoded = trained.autoencoder.decode(
      isDecoderAlone ? Variable(Self.disturbed(drawn.value, by: variant.latentNoise, &random)) : drawn)
    var divergence = latents.divergence * variant.divergenceWeight
    if isDecoderAlone { divergence = divergence.detached }
    let window = round.isDetailed ? Window(side: scenes[index].side, &random) : nil
    let steps = settings.round(step: step)
    guard let discriminator = trained.discriminator, let start = variant.adversarialStart,
      round.isAdversarial, step >= steps.lowerBound + Int(start * Double(steps.count))
    else { return reconstructionLoss(decoded, pictures, window) + divergence }
    let balanced = BalancedLoss(
      picture: decoded, lastLayer: trained.autoencoder.decoder.convOut.weight, strength: variant.adversarialWeight,
      reconstruction: { self.reconstructionLoss($0, pictures, window) },
      adversarial: { Loss.hingeGenerator(fake: discriminator($0)) })
    let judgement = Loss.hingeDiscriminator(real: discriminator(pictures), fake: discriminator(decoded.detached))
    return balanced.total + divergence + judgement
  }

  /// Latents [N, C, h, w] with noise of |n| times their standard deviation, n ~ N(0, share²) for each sample.
  private static func disturbed(_ latents: Tensor, by share: Float, _ random: inout RandomSource) -> Tensor {
    let levels = random.normal([latents.shape[0], 1, 1, 1]) * (share * latents.standardDeviation())
    return latents + random.normal(latents.shape) * levels
  }

  /// A square of half the pictures' side.
  private struct Window {
    let rows: Range<Int>
    let columns: Range<Int>

    /// At a random place.
    init(side: Int, _ random: inout RandomSource) {
      let starts = random.integers(below: side / 2 + 1, count: 2)
      rows = starts[0]..<starts[0] + side / 2
      columns = starts[1]..<starts[1] + side / 2
    }

    /// What is seen through it, enlarged twice: as large as the pictures.
    func enlarged(_ pictures: Variable) -> Variable {
      pictures.sliced(rows, along: 2).sliced(columns, along: 3).upsampledNearest2x()
    }
  }

  /// - Parameter window: what the perceptual distance looks at besides the whole.
  private func reconstructionLoss(_ decoded: Variable, _ pictures: Variable, _ window: Window?) -> Variable {
    let distance = variant.distance == .l1 ? Loss.l1(decoded, pictures) : Loss.meanSquaredError(decoded, pictures)
    guard variant.perceptualWeight > 0 else { return distance }
    var perceptual = eye.perceptualLoss(decoded, pictures)
    if let window { perceptual = perceptual + eye.perceptualLoss(window.enlarged(decoded), window.enlarged(pictures)) }
    return distance + perceptual * variant.perceptualWeight
  }

  /// The latents of 512 scenes.
  private func latents() -> Tensor {
    var random = settings.measuringRandom
    let latents = (0..<16).map { _ in
      trained.autoencoder.encode(Variable(scenes[0].batch(32, .train, &random).images)).sample(&random).value
    }
    return Tensor.concatenated(latents)
  }

  /// How alike held-out scenes and their reconstructions are.
  public func finalMetrics() throws(UserError) -> [(name: String, value: Double)] {
    var metrics: [(String, Double)] = []
    for (part, kind) in [
      (CaptionedEmoji.Part.heldOutPairs, "held-out pairs"), (.heldOutBackgrounds, "held-out backgrounds"),
    ] {
      var random = settings.measuringRandom
      var (ratios, similarities) = ([Double](), [Double]())
      for _ in 0..<16 {
        let pictures = scenes[0].batch(32, part, &random).images
        let decoded = trained.autoencoder.decode(trained.autoencoder.encode(Variable(pictures)).mean).value
          .clamped(to: -1...1)
        ratios += ImageMetrics.peakSignalToNoiseRatios(decoded, pictures)
        similarities += ImageMetrics.structuralSimilarities(decoded, pictures)
      }
      metrics.append(("PSNR in dB, 512 \(kind)", ratios.reduce(0, +) / Double(ratios.count)))
      metrics.append(("SSIM, 512 \(kind)", similarities.reduce(0, +) / Double(similarities.count)))
    }
    return metrics
  }
}
