import Diffusion
import Foundation
import Models
import Pipelines
import Stages
import TestSupport
import Tensors
import Testing

/// The stage of lesson 13.
@Suite struct StableDiffusionStageTests {
  private func run(_ setting: [String: String] = [:]) throws(UserError) -> StageResult {
    let stage = try StageCatalogue.stage(named: "checkpoint")
    let home = try Home.find(workingDirectory: #filePath)
    return try stage.run(StageContext(defaultsOf: stage, setting: setting, home: home))
  }

  /// What diffusers and transformers count in modules made from the published configurations.
  @Test func publishedSizes() throws {
    let shape = ModelShape.stableDiffusionV1
    #expect(PartSizes.unet(shape.unet).reduce(0) { $0 + $1.count } == 859_520_964)
    let (encoder, decoder) = PartSizes.autoencoder(shape.autoencoder)
    #expect(encoder + decoder == 83_653_863)
    #expect(PartSizes.textEncoder(shape.text) == 123_060_480)
    let result = try run()
    #expect(abs(result.number("total_millions") - 1066.235307) < 1e-6)
    #expect(result.number("compression") == 48 && result.number("heads") == 8)
    #expect(result.number("model_calls") == 51 && result.number("first_timestep") == 981)
    #expect(result.number("second_timestep") == 961)
    #expect(result.text("status").contains("diffuse lesson 13 --set model=DIR"))
  }

  static let unets: [UNet2DConditionConfiguration] = {
    var v1 = UNet2DConditionConfiguration()
    (v1.blockOutChannels, v1.normNumGroups, v1.crossAttentionDim) = ([8, 16, 24, 24], 8, 12)
    v1.attentionHeadDim = [4]
    var other = v1
    (other.blockOutChannels, other.layersPerBlock, other.transformerLayersPerBlock) = ([16, 24], [1, 2], [2, 1])
    (other.downBlockTypes, other.upBlockTypes) = (
      ["DownBlock2D", "CrossAttnDownBlock2D"], ["CrossAttnUpBlock2D", "UpBlock2D"]
    )
    other.inChannels = 3
    other.convOutKernel = 5
    var bare = other
    (bare.midBlockType, bare.layersPerBlock) = (nil, [1])
    return [v1, other, bare]
  }()

  @Test(arguments: unets.indices) func unetsAreCountedAsTheyAre(_ index: Int) {
    let configuration = Self.unets[index]
    let counted = PartSizes.unet(configuration).reduce(0) { $0 + $1.count }
    #expect(counted == UNet2DConditionModel(configuration).parameterCount)
  }

  @Test(arguments: [true, false]) func autoencodersAreCountedAsTheyAre(_ hasConvolutions: Bool) {
    var configuration = AutoencoderConfiguration()
    (configuration.blockOutChannels, configuration.normNumGroups) = ([8, 16, 24], 8)
    configuration.layersPerBlock = 2
    configuration.useQuantConv = hasConvolutions
    configuration.usePostQuantConv = hasConvolutions
    configuration.midBlockAddAttention = hasConvolutions
    let (encoder, decoder) = PartSizes.autoencoder(configuration)
    #expect(encoder + decoder == AutoencoderKL(configuration).parameterCount)
  }

  @Test func textEncodersAreCountedAsTheyAre() {
    var configuration = CLIPTextConfiguration()
    (configuration.vocabSize, configuration.hiddenSize, configuration.intermediateSize) = (50, 12, 40)
    (configuration.numHiddenLayers, configuration.numAttentionHeads, configuration.maxPositionEmbeddings) = (3, 4, 9)
    #expect(PartSizes.textEncoder(configuration) == CLIPTextModel(configuration).parameterCount)
  }

  @Test func aFolderIsLookedInto() throws {
    try withTinyPipeline { folder in
      let result = try run(["model": folder, "num_inference_steps": "5"])
      #expect(result.text("status").hasPrefix("The folder tiny holds a pipeline that runs here."))
      #expect(result.text("scheduler") == "DDIMScheduler" && result.number("model_calls") == 5)
      let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      let total =
        pipeline.unet.parameterCount + pipeline.autoencoder.parameterCount + pipeline.textEncoder.parameterCount
      #expect(abs(result.number("total_millions") - Double(total) / 1e6) < 1e-9)
    }
  }

  @Test func aFolderThatIsNoneIsRefused() {
    #expect(sentence { _ = try run(["model": "./nothing-such"]) }.contains("'./nothing-such' does not exist"))
  }
}
