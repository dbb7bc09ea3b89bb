import Tensors

/// All stages there are; a new stage is added here.
public enum StageCatalogue {
  public static let all: [any Stage] = [
    LikelihoodMixture(), MixtureTraining(), ModeCoverageStage(), LearnedDenoiser(),
    ForwardNoising(), NoiseSchedules(),
    UNetAnatomy(), NoisePrediction(), ToldTimestep(), LossByTimestep(), TrainingCurve(),
    ReverseChain(), JumpOrSteps(), SamplerComparison(), ExactSampling(),
    PosteriorWeights(), SolverStep(), GuidanceGeometry(), AttentionScale(), GaussianDivergence(),
    Checkpoint(), EmojiData(),
    Tokenization(), TokenEmbedding(), TextSelfAttention(), CaptionMatching(), CaptionRanking(), ContrastiveTraining(),
    GreyProjection(), PatchComponents(), LatentChannels(), CompressionComparison(), PixelLatentCost(),
    PlausiblePictures(), ReconstructionLosses(), DroppedSpectrum(), CompressionTraining(),
    TextToImage(), JudgedPictures(), SettingsGrid(), ImageSizes(), ImageToImage(), Inpainting(),
    Architecture(),
    CrossAttention(), AttentionHalves(), WordEdit(),
    ThreeLosses(), GuidedStep(), GuidanceScale(),
  ]

  /// The stage of a name.
  /// - Throws: a sentence with the nearest names when there is none.
  public static func stage(
    named name: String, among stages: [any Stage] = all, at place: String? = nil
  ) throws(UserError) -> any Stage {
    if let stage = stages.first(where: { $0.name == name }) { return stage }
    throw .unknown("stage", name, among: stages.map(\.name), at: place)
  }
}
