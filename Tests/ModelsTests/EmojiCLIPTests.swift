import Foundation
import Gradients
import Layers
import Models
import Tensors
import TestSupport
import Testing

@Suite("The contrastive model against PyTorch")
struct EmojiCLIPTests {
  private let golden: SafetensorsFile
  private let model: EmojiCLIP

  init() throws {
    golden = try Goldens.file("clip/trace.safetensors")
    model = try ModelFolder(Goldens.path("clip")).emojiCLIP()
  }

  @Test("both towers submodule by submodule, and the embeddings")
  func submodules() throws {
    let recorder = Recorder()
    let pictures = model.embed(pictures: Variable(try golden.tensor("pixel_values")), recorder.recording())
    let texts = model.embed(inputIDs: try golden.rows("input_ids"), recorder.recording())
    try expectSameTrace(recorder, golden)
    expectClose(pictures.value, try golden.tensor("image_embeds"), .norm(1e-5), "pictures")
    expectClose(texts.value, try golden.tensor("text_embeds"), .norm(1e-5), "texts")
  }

  @Test("logits, contrastive loss and the gradient of every parameter")
  func gradients() throws {
    model.requireGradients()
    let logits = model.logits(
      pictures: Variable(try golden.tensor("pixel_values")), inputIDs: try golden.rows("input_ids"))
    expectClose(logits.value, try golden.tensor("logits"), .norm(1e-5), "logits")
    let loss = Loss.contrastive(logits)
    expectClose(loss.value, try golden.tensor("loss"), .norm(1e-5), "loss")
    loss.backward()
    try expectSameGradients(model, golden)
  }

  @Test("perceptual distance and its gradient")
  func perceptual() throws {
    let pictures = Variable.leaf(try golden.tensor("pixel_values"))
    let loss = model.imageTower.perceptualLoss(pictures, Variable(try golden.tensor("others")))
    expectClose(loss.value, try golden.tensor("perceptual"), .norm(1e-5), "distance")
    loss.backward()
    expectClose(try #require(pictures.gradient), try golden.tensor("perceptual.gradient"), .norm(1e-5), "gradient")
  }

  @Test("the scale stays between 1 and 100")
  func clipped() throws {
    let pictures = Variable(try golden.tensor("pixel_values"))
    let similarities = (try golden.tensor("logits")) * exp(-1.25)
    for (logScale, factor) in [(Float(-3), Float(1)), (9, 100), (2, exp(2))] {
      model.logScale.value = Tensor(logScale)
      let logits = model.logits(pictures: pictures, inputIDs: try golden.rows("input_ids"))
      expectClose(logits.value, similarities * factor, .norm(1e-5), "log scale \(logScale)")
    }
  }

  @Test("the text tower of the folder opens by itself")
  func textTower() throws {
    let ids = try golden.rows("input_ids")
    let alone = try ModelFolder(Goldens.path("clip")).clipTextModel()
    #expect(firstDifferentBits(alone(ids).pooled.value, model.textTower(ids).pooled.value) == nil)
  }

  @Test("the configuration survives writing and reading")
  func configurationRoundTrip() throws {
    let data = try JSONSerialization.data(withJSONObject: model.configuration.jsonObject)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(try EmojiCLIP.Configuration(ConfigurationObject(object, path: "config.json")) == model.configuration)
  }

  @Test("the default sizes are within their budget: about a million parameters, at most 60 million multiply-adds")
  func budget() {
    let tower = CLIPImageTower(CLIPImageTower.Configuration())
    let recorder = Recorder()
    let features = tower(Variable(.zeros([1, 3, 64, 64])), recorder.recording())
    let inspection = ModelInspection(tower, recorder)
    #expect(features.shape == [1, 512])
    #expect((900_000...1_200_000).contains(inspection.parameters), "\(inspection.parameters)")
    #expect((50_000_000...60_000_000).contains(inspection.multiplyAdds), "\(inspection.multiplyAdds)")
  }

  @Test("a fresh model starts at the temperature 0.07")
  func initialScale() {
    let fresh = EmojiCLIP(model.configuration)
    var random = RandomSource(seed: 3)
    fresh.initialize(&random)
    expectClose(fresh.logScale.value, Tensor(Float(log(1 / 0.07))), .absolute(1e-6))
  }
}
