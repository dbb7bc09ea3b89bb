import Datasets
import Gradients
import Models
import Pipelines
import TestSupport
import Tensors
import Testing
import Training

/// Whole runs of a few steps: what they write opens again.
@Suite("Recipes of the emoji models")
struct EmojiRecipeTests {
  private func home() throws -> Home { try Home.find() }

  @Test func anAutoencoderIsTrainedWithItsDiscriminator() throws {
    try withTemporaryFolder { folder in
      var variant = try #require(EmojiVAE.Variant.compared.last)
      variant.totalSteps = 4
      let recipe = try EmojiVAE(variant, eye: CLIPImageTower(CLIPImageTower.Configuration()))
      #expect(try Trainer(recipe, folder: TrainingFolder(folder)).run() == .finished)
      let autoencoder = try ModelFolder(folder).autoencoder()
      #expect(autoencoder.configuration.blockOutChannels == variant.blockOutChannels)
      #expect(autoencoder.configuration.scalingFactor > 0 && autoencoder.configuration.scalingFactor.isFinite)
      #expect(autoencoder.encode(Variable(.zeros([1, 3, 64, 64]))).mean.shape == [1, 4, 16, 16])
    }
  }

  /// From its second round on only the decoder learns: what was trained on the latents needs no change.
  @Test func theDecoderLearnsOnAlone() throws {
    try withTemporaryFolder { folder in
      func parameters(totalSteps: Int) throws -> [String: [Float]] {
        var variant = try #require(EmojiVAE.Variant.compared.last)
        (variant.totalSteps, variant.rounds) = (totalSteps, [.init(), .init(start: 2)])
        let recipe = try EmojiVAE(variant, eye: CLIPImageTower(CLIPImageTower.Configuration()))
        #expect(recipe.dataDescription.contains("From step 2 on the encoder stays as it is"))
        let run = TrainingFolder("\(folder)/\(totalSteps)")
        // Cut there, the run goes on to the same latents.
        let start: Trainer.Start = totalSteps == 2 ? .fromNothing : .atRound(after: TrainingFolder(folder + "/2"))
        #expect(try Trainer(recipe, folder: run, start: start).run() == .finished)
        let autoencoder = try ModelFolder(run.path).autoencoder()
        return Dictionary(
          uniqueKeysWithValues: autoencoder.namedParameters().map { ($0.name, $0.parameter.value.scalars) })
      }
      let (before, after) = (try parameters(totalSteps: 2), try parameters(totalSteps: 6))
      let changed = before.filter { after[$0.key] != $0.value }.keys
      #expect(changed.contains("decoder.conv_out.weight") && changed.contains("post_quant_conv.weight"))
      #expect(changed.allSatisfy { $0.hasPrefix("decoder.") || $0.hasPrefix("post_quant_conv.") }, "\(changed)")
    }
  }

  /// Only the decoder alone is shown latents with noise, and with a noise of 0 the same as before.
  @Test func theDecoderAloneIsShownNoise() throws {
    func loss(step: Int, noise: Float) throws -> Float {
      var variant = try #require(EmojiVAE.Variant.compared.first)
      (variant.totalSteps, variant.rounds, variant.latentNoise) = (4, [.init(), .init(start: 2)], noise)
      let recipe = try EmojiVAE(variant, eye: CLIPImageTower(CLIPImageTower.Configuration()))
      var (start, random) = (RandomSource(seed: 1), RandomSource(seed: 2))
      recipe.module.initialize(&start)
      return try recipe.loss(step: step, &random).value.scalar
    }
    #expect(try loss(step: 1, noise: 0) == loss(step: 1, noise: 3))
    #expect(try loss(step: 2, noise: 0) == loss(step: 1, noise: 0))
    #expect(try loss(step: 2, noise: 3) != loss(step: 2, noise: 0))
  }

  /// Details count as much as the whole, and only in the perceptual distance.
  @Test func theDecoderLearnsFromDetails() throws {
    func loss(step: Int, perceptualWeight: Float) throws -> Float {
      var variant = try #require(EmojiVAE.Variant.compared.first)
      (variant.totalSteps, variant.latentNoise, variant.perceptualWeight) = (6, 0, perceptualWeight)
      variant.rounds = [.init(), .init(start: 2), .init(start: 4, peak: 5e-4, isDetailed: true)]
      var (start, random) = (RandomSource(seed: 1), RandomSource(seed: 2))
      let eye = CLIPImageTower(CLIPImageTower.Configuration())
      eye.initialize(&start)
      let recipe = try EmojiVAE(variant, eye: eye)
      #expect(recipe.settings.restarts == [2, .init(4, peak: 5e-4)])
      #expect(recipe.dataDescription.contains("From step 4 on the perceptual distance of a quarter"))
      recipe.module.initialize(&start)
      return try recipe.loss(step: step, &random).value.scalar
    }
    #expect(try loss(step: 4, perceptualWeight: 0) == loss(step: 3, perceptualWeight: 0))
    let whole = try loss(step: 3, perceptualWeight: 1) - loss(step: 3, perceptualWeight: 0)
    let both = try loss(step: 4, perceptualWeight: 1) - loss(step: 4, perceptualWeight: 0)
    #expect(whole > 0 && both > 1.5 * whole && both < 2.5 * whole, "\(whole) of the whole, \(both) of both")
  }

  /// The description says what changes with a round, and nothing of one that changes nothing.
  @Test func theCardSaysWhatARoundChanges() throws {
    let eye = CLIPImageTower(CLIPImageTower.Configuration())
    let description = try EmojiVAE(.standard, eye: eye).dataDescription
    #expect(description.contains(". From step 14500 on 70 % of the scenes are pairs, and the perceptual distance of"))
    #expect(description.contains(". From step 20500 on the adversarial term is left out. "))
    #expect(!description.contains("21700"))
  }

  /// In the last round the loss is that of a decoder without a discriminator.
  @Test func theDecoderEndsWithoutTheDiscriminator() throws {
    func loss(step: Int, adversarialStart: Double?) throws -> Float {
      var variant = try #require(EmojiVAE.Variant.compared.last)
      (variant.totalSteps, variant.perceptualWeight, variant.adversarialStart) = (6, 0, adversarialStart)
      variant.rounds = [.init(), .init(start: 2), .init(start: 4, isAdversarial: false)]
      let recipe = try EmojiVAE(variant, eye: CLIPImageTower(CLIPImageTower.Configuration()))
      #expect(recipe.settings.restarts == [2, 4])
      var (start, random) = (RandomSource(seed: 1), RandomSource(seed: 2))
      recipe.module.initialize(&start)
      recipe.module.requireGradients(true)
      return try recipe.loss(step: step, &random).value.scalar
    }
    #expect(try loss(step: 3, adversarialStart: 0) != loss(step: 3, adversarialStart: nil))
    #expect(try loss(step: 4, adversarialStart: 0) == loss(step: 4, adversarialStart: nil))
  }

  /// The first step of a decoder's round draws the discriminator anew and leaves the autoencoder as it is; later steps keep both.
  @Test func aRoundOfTheDecoderBeginsItsDiscriminatorAnew() throws {
    var variant = try #require(EmojiVAE.Variant.compared.last)
    (variant.totalSteps, variant.adversarialStart, variant.rounds) = (6, 0, [.init(), .init(start: 2)])
    let recipe = try EmojiVAE(variant, eye: CLIPImageTower(CLIPImageTower.Configuration()))
    var (start, random) = (RandomSource(seed: 1), RandomSource(seed: 2))
    recipe.module.initialize(&start)
    recipe.module.requireGradients(true)
    func changed(byStep step: Int) throws -> Set<String> {
      let before = recipe.module.namedParameters().map(\.parameter.value.scalars)
      _ = try recipe.loss(step: step, &random)
      var parts: Set<String> = []
      for (now, before) in zip(recipe.module.namedParameters(), before) where now.parameter.value.scalars != before {
        parts.insert(String(now.name.prefix { $0 != "." }))
      }
      return parts
    }
    #expect(try changed(byStep: 1).isEmpty)
    #expect(try changed(byStep: 2) == ["discriminator"])
    #expect(try changed(byStep: 3).isEmpty)
  }

  @Test(arguments: [true, false])
  func aLatentDiffusionModelIsWrittenAsAPipeline(trainingItsTextEncoder: Bool) throws {
    try withTemporaryFolder { folder in
      var variant = EmojiDiffusion.Variant()
      variant.totalSteps = 2
      variant.blockOutChannels = [32, 32]
      variant.trainsTextEncoder = trainingItsTextEncoder
      let clip = ModelFolder(try home().model("emoji-clip"))
      let recipe = try EmojiDiffusion(variant, clip: clip, autoencoder: Self.tinyAutoencoder(folder + "/vae"))
      #expect(try Trainer(recipe, folder: TrainingFolder(folder + "/ldm")).run() == .finished)
      let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder + "/ldm"))
      // The schedule is that of the last phase.
      #expect(try pipeline.settings(for: .ddim).schedule.betaEnd == 0.02)
      var request = TextToImageRequest(prompt: "red heart left of pizza")
      request.numInferenceSteps = 2
      let pictures = try pipeline.generate(request).pictures
      #expect(pictures.shape == [1, 3, 64, 64] && pictures.scalars.allSatisfy(\.isFinite))
      let vocabulary = try CaptionVocabulary(folder: folder + "/ldm")
      #expect(vocabulary.emoji.count >= 1000 && vocabulary.inPairs.count >= 300)
      #expect(vocabulary.backgrounds.count == 9 && vocabulary.emoji.contains("red heart"))
      // The text encoder starts from emoji-clip's: without training it is still that one, in half precision.
      let started = try clip.clipTextModel().namedParameters()
      let same = zip(pipeline.textEncoder.namedParameters(), started).allSatisfy {
        $0.parameter.value.scalars == $1.parameter.value.scalars
      }
      #expect(same == !trainingItsTextEncoder)
    }
  }

  /// The card says what was learned when, and the weights of the timesteps change with the phase.
  @Test func thePhasesOfARunFollowEachOther() throws {
    try withTemporaryFolder { folder in
      var variant = EmojiDiffusion.Variant()
      variant.blockOutChannels = [32, 32]
      variant.phases = [
        .init(until: 3, emoji: 30, minSNRGamma: 5),
        .init(until: 7, pairs: 0.25, relations: [.leftOf, .above], betaEnd: 0.02), .init(until: 9, betaEnd: 0.02),
        .init(until: 11, betaEnd: 0.02, timesteps: .logitNormal(mean: -12, deviation: 0.5)),
      ]
      let recipe = try EmojiDiffusion(
        variant, clip: ModelFolder(home().model("emoji-clip")), autoencoder: Self.tinyAutoencoder(folder + "/vae"))
      let description = recipe.dataDescription
      let first = "steps 0–2 30 emoji, 50 % pairs, loss weighted by min-SNR-γ, γ = 5.0, β 0.00085…0.012; "
      let second = " 25 % pairs, only “left of” and “above”, all timesteps weighted alike, β 0.00085…0.02; "
      let last = ", β 0.00085…0.02, timesteps logit-normal with mean -12.0 and deviation 0.5. "
      #expect(description.contains(first) && description.contains(second) && description.contains(last))
      variant.totalSteps = 5
      let short = try EmojiDiffusion(
        variant, clip: ModelFolder(home().model("emoji-clip")), autoencoder: ModelFolder(folder + "/vae"))
      #expect(short.dataDescription.contains("; steps 3–4 ") && !short.dataDescription.contains("steps 5"))
      var start = RandomSource(seed: 1)
      recipe.module.initialize(&start)
      func loss(step: Int) throws -> Float {
        var random = RandomSource(seed: 2)
        return try recipe.loss(step: step, &random).value.scalar
      }
      // Alike within a phase and after the last; the fresh network's v ≈ 0 costs less where min-SNR weighs.
      #expect(try loss(step: 0) == loss(step: 2) && loss(step: 9) == loss(step: 100))
      #expect(try loss(step: 3) != loss(step: 7) && loss(step: 0) < loss(step: 7))
      #expect(try loss(step: 8) != loss(step: 9))
    }
  }

  /// Equations (1) and (2): no caption, and the U-Net is all that is written.
  @Test(arguments: [EmojiDiffusion.Variant.unconditional, .pixels])
  func theUnconditionalOnesAreAUNetAlone(_ standard: EmojiDiffusion.Variant) throws {
    try withTemporaryFolder { folder in
      var variant = standard
      variant.totalSteps = 2
      variant.blockOutChannels = [32, 32]
      let recipe = try EmojiDiffusion(
        variant, clip: ModelFolder(home().model("emoji-clip")),
        autoencoder: variant.space == .pixels ? nil : Self.tinyAutoencoder(folder + "/vae"))
      #expect(try Trainer(recipe, folder: TrainingFolder(folder + "/model")).run() == .finished)
      let unet = try ModelFolder(folder + "/model").unet2DCondition()
      #expect(unet.configuration.sampleSize == (variant.space == .pixels ? 64 : 16))
      #expect(unet.configuration.inChannels == (variant.space == .pixels ? 3 : 4))
    }
  }

  private static func tinyAutoencoder(_ path: String) throws -> ModelFolder {
    var configuration = AutoencoderConfiguration()
    configuration.blockOutChannels = [8, 8, 8]
    configuration.normNumGroups = 4
    configuration.sampleSize = 64
    let autoencoder = AutoencoderKL(configuration)
    var random = RandomSource(seed: 1)
    autoencoder.initialize(&random)
    try ModelFolder(path).write(autoencoder, configuration.jsonObject)
    return ModelFolder(path)
  }
}
