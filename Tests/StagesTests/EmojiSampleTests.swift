import Datasets
import Drawing
import Models
import Stages
import Tensors
import TestSupport
import Testing

struct EmojiSampleTests {
  @Test func theBundledScenesAreWhatTheirCaptionsSay() throws {
    let home = try Home.find(workingDirectory: #filePath)
    let samples = try EmojiSample.all(home)
    #expect(samples.count == 16 && Set(samples.map(\.name)).count == 16)
    #expect(samples.contains { $0.caption == "red heart left of pizza" })
    for sample in samples {
      let picture = try sample.picture(home)
      #expect(picture.shape == [3, 64, 64], "\(sample.file)")
      #expect(sample.emoji.count == sample.boxes.count && (sample.emoji.count == 2) == (sample.relation != nil))
      let words = sample.emoji.joined(separator: " \(sample.relation ?? "") ")
      #expect(sample.caption.hasPrefix(words) && sample.caption.contains("background") == (sample.background != nil))
      let background = sample.background.flatMap { CaptionedEmoji.backgroundNames.firstIndex(of: $0) }
      let color = background.map { CaptionedEmoji.backgroundColors[$0] } ?? [255, 255, 255]
      for c in 0..<3 { #expect(abs(picture[c, 0, 0] - (color[c] / 127.5 - 1)) < 0.01, "\(sample.file)") }
    }
  }

  /// Needs the packages that Scripts/prepare installs.
  @Test func theBundledScenesAreDrawnAgainAlike() throws {
    let home = try Home.find(workingDirectory: #filePath)
    try withTemporaryFolder { folder in
      #expect(try EmojiSample.write(to: folder) == EmojiSample.all(home))
      for name in try names(inFolder: folder) {
        #expect(try bytes(ofFile: "\(folder)/\(name)") == bytes(ofFile: "\(home.emojiSamples)/\(name)"), "\(name)")
      }
    }
  }

  @Test func theStageCountsTheWorld() throws {
    let stage = try StageCatalogue.stage(named: "emoji-data")
    let home = try Home.find(workingDirectory: #filePath)
    let result = try stage.run(StageContext(defaultsOf: stage, home: home))
    #expect(result.number("emoji") >= 1000 && result.number("in_pairs") >= 300)
    #expect(result.number("pairs") == result.number("in_pairs") * (result.number("in_pairs") - 1) / 2)
    #expect(abs(result.number("held_out_pairs") / result.number("pairs") - 0.1) < 0.01)
    #expect(result.tensor("scenes")?.shape == [24, 3, 64, 64])
  }
}

/// How pictures of readers become what the emoji models see.
struct EmojiPictureTests {
  @Test func bundledScenesAreTakenAsTheyAre() throws {
    let home = try Home.find(workingDirectory: #filePath)
    let picture = try EmojiPicture(path: try home.picture("pizza-left-of-red-heart"), home: home)
    #expect(picture.caption == "pizza left of red heart" && picture.noun == "“pizza left of red heart”")
    #expect(picture.story == "pizza-left-of-red-heart.png, 64×64")
    let (samples, pictures) = try EmojiSample.batch(home)
    let index = try #require(samples.firstIndex { $0.name == "pizza-left-of-red-heart" })
    #expect(picture.tensor[index: 0] == pictures[index: index])
  }

  @Test func otherSizesAreCutAndResized() throws {
    let home = try Home.find(workingDirectory: #filePath)
    try withTemporaryFolder { folder in
      // Red in the middle square, blue at the sides that are cut off.
      var pixels = [Float](repeating: 0, count: 3 * 20 * 40)
      for y in 0..<20 { for x in 0..<40 { pixels[(10..<30 ~= x ? 0 : 2) * 800 + y * 40 + x] = 1 } }
      let path = folder + "/photo.png"
      try ImageFile.writePNG(Tensor(pixels, shape: [3, 20, 40]), to: path)
      let picture = try EmojiPicture(path: path, home: home)
      #expect(picture.caption == nil && picture.noun == "the picture")
      #expect(picture.story == "photo.png, 40×20, cut to the centred square and resized to 64×64")
      let red = Tensor.concatenated(
        [Tensor(repeating: 1, shape: [1, 1, 64, 64]), Tensor(repeating: -1, shape: [1, 2, 64, 64])], along: 1)
      expectClose(picture.tensor.sliced(4..<60, along: 3), red.sliced(4..<60, along: 3), .absolute(1e-4))
    }
  }

  @Test func unknownNamesAreToldWithTheNearest() throws {
    let home = try Home.find(workingDirectory: #filePath)
    #expect(try home.picture("sneaker").hasSuffix("garments/sneaker.png"))
    #expect(sentence { _ = try home.picture("red-hart") }.contains("red-heart"))
  }
}
