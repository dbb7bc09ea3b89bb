import Datasets
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
