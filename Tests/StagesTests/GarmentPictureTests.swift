import Drawing
import Stages
import Tensors
import TestSupport
import Testing

/// How pictures of readers become x₀.
@Suite struct GarmentPictureTests {
  /// x₀ that the stage makes of a file, and what it says of it.
  private func read(
    _ picture: Tensor, garment: String = "auto"
  ) throws -> (tensor: Tensor, story: String, name: String) {
    var found: (Tensor, String, String)?
    try SmallHome.with { small in
      let path = small.folder + "/shoe.png"
      try ImageFile.writePNG(picture, to: path)
      let result = try small.run("noise-prediction", ["timesteps": "0", "garment": garment], image: path)
      found = (try #require(result.tensor("x0")), result.text("picture"), result.text("class_name"))
    }
    return try #require(found)
  }

  @Test func darkPicturesStayAndArePadded() throws {
    let ramp = Tensor((0..<784).map { Float($0 % 28) / 60 }, shape: [1, 28, 28])
    let (tensor, story, name) = try read(ramp)
    #expect(tensor.shape == [1, 1, 32, 32])
    #expect(tensor[0, 0, 0, 0] == -1 && tensor[0, 0, 31, 16] == -1)
    #expect(abs(tensor[0, 0, 16, 12] - (2 * 10 / 60 - 1)) < 0.005)
    #expect(!story.contains("inverted") && !story.contains("cut") && name == "no class")
  }

  @Test func brightBordersAreInverted() throws {
    var pixels = [Float](repeating: 1, count: 56 * 80)
    for y in 20..<36 { for x in 30..<50 { pixels[y * 80 + x] = 0.25 } }
    let (tensor, story, name) = try read(Tensor(pixels, shape: [1, 56, 80]), garment: "bag")
    #expect(
      story
        == "shoe.png, 80×56, cut to the centred square and resized to 28×28, inverted, since the network knows light "
        + "garments on black, padded to 32×32")
    #expect(abs(tensor[0, 0, 16, 16] - 0.5) < 0.01 && tensor[0, 0, 3, 3] < -0.99)
    #expect(name == "bag")
  }

  @Test func bundledPicturesKnowTheirClass() throws {
    try SmallHome.with { small in
      for (picture, choice, name) in [
        ("ankle-boot", "auto", "ankle boot"), ("t-shirt", "none", "no class"), ("dress", "trouser", "trouser"),
      ] {
        let result = try small.run("noise-prediction", ["timesteps": "0", "image": picture, "garment": choice])
        #expect(result.text("class_name") == name)
      }
    }
  }
}
