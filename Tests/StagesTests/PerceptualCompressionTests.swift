import Drawing
import Foundation
import Models
import Stages
import Tensors
import TestSupport
import Testing

/// A home with three small untrained autoencoders in place of those that lesson 06 compares.
struct ComparedHome {
  let home: Home
  private static let names = ["emoji-vae-l2", "emoji-vae-perceptual", "emoji-vae-adversarial"]

  static func with(_ body: (ComparedHome) throws -> Void) throws {
    try withTemporaryFolder { root in try body(ComparedHome(root)) }
  }

  private init(_ root: String) throws {
    let manager = FileManager.default
    let shipped = try shippedHome()
    for path in [root + "/Lessons", root + "/Resources", root + "/Models"] {
      try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    try Data("---\n".utf8).write(to: URL(fileURLWithPath: root + "/Lessons/01-test.md"))
    for (name, place) in [("garments", shipped.garments), ("emoji", shipped.emojiSamples)] {
      try manager.createSymbolicLink(atPath: "\(root)/Resources/\(name)", withDestinationPath: place)
    }
    try manager.createSymbolicLink(
      atPath: root + "/Models/emoji-clip", withDestinationPath: try shipped.model("emoji-clip"))
    var configuration = AutoencoderConfiguration()
    (configuration.blockOutChannels, configuration.normNumGroups) = ([4, 4, 8], 4)
    for (n, name) in Self.names.enumerated() {
      let folder = "\(root)/Models/\(name)"
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let model = AutoencoderKL(configuration)
      var random = RandomSource(seed: UInt64(n))
      model.initialize(&random)
      try SafetensorsFile.write(
        model.namedParameters().map { ($0.name, $0.parameter.value) },
        to: folder + "/diffusion_pytorch_model.safetensors")
      try JSONSerialization.data(withJSONObject: configuration.jsonObject)
        .write(to: URL(fileURLWithPath: folder + "/config.json"))
      let lines = (1...20).map { step in
        "\(50 * step),\(800 * step),\(10 * step).0,\(Double(n + 1) / Double(step) + (n == 2 && step > 10 ? 1 : 0)),0.001,1.0"
      }
      let log = "step,images,seconds,loss,learning_rate,gradient_norm\n" + lines.joined(separator: "\n") + "\n"
      try Data(log.utf8).write(to: URL(fileURLWithPath: folder + "/training.csv"))
    }
    home = try Home.find(option: root)
  }

  func run(_ name: String, _ setting: [String: String] = [:]) throws -> StageResult {
    let stage = try StageCatalogue.stage(named: name)
    return try stage.run(StageContext(defaultsOf: stage, setting: setting, home: home))
  }
}

@Suite struct PlausiblePictureTests {
  @Test func meanAndMedianAreTheBestAnswersToTheirQuestions() throws {
    let result = try runShipped("plausible-pictures", ["shift": "1"])
    #expect(result.number("count") == 9)
    #expect(result.text("squared_best") == "the mean" && result.text("absolute_best") == "the median")
    let (possible, answers) = (try #require(result.tensor("possible")), try #require(result.tensor("answers")))
    #expect(possible.shape == [9, 3, 64, 64] && answers.shape == [3, 3, 64, 64])
    expectClose(answers[index: 0], possible.mean(along: 0), .absolute(1e-5))
    expectClose(answers[index: 2], possible[index: 4], .absolute(0))
    #expect(result.number("edge_width") > result.number("sharp_width"))
    #expect(result.number("squared_ratio") > 1)
  }

  /// What lesson 06 says of the perceptual distance with its own settings.
  @Test func aRealPictureIsPerceptuallyCloserThanTheMean() throws {
    let result = try runShipped("plausible-pictures")
    #expect(result.text("perceptual_best") == "one of the possible pictures")
    #expect(result.number("perceptual_ratio") > 1)
  }
}

@Suite struct SpectrumTests {
  /// A wave of a known frequency has all its power there, and the total is Σ x² (Parseval).
  @Test func aWaveHasItsPowerAtItsFrequency() {
    let spectrum = PowerSpectrum(side: 32)
    let wave = Tensor(
      (0..<1024).map { Float(cos(2 * Double.pi * 5 * Double($0 % 32) / 32)) }, shape: [1, 1, 32, 32])
    let power = spectrum.power(wave)
    #expect(abs(power[0, 5] - 256) < 0.01 && abs(power[0, 27] - 256) < 0.01)
    #expect(abs(Double(power.sum) - wave.squaredNorm) < 0.05)
    let radial = spectrum.radial(wave)
    #expect(radial.count == 17 && radial.indices.max { radial[$0] < radial[$1] } == 5)
    #expect(abs(spectrum.power(wave, in: 4...6) - 512) < 0.05 && spectrum.power(wave, in: 7...30) < 0.01)
  }

  @Test func powersAndBandsAddUp() {
    var random = RandomSource(seed: 5)
    let pictures = random.normal([2, 3, 16, 16])
    let spectrum = PowerSpectrum(side: 16)
    #expect(abs(Double(spectrum.power(pictures).sum) - pictures.squaredNorm / 2) < 0.05)
    let low = spectrum.filtered(pictures, to: 0...3)
    let high = spectrum.filtered(pictures, to: 4...16)
    expectClose(low + high, pictures, .absolute(1e-4))
    expectClose(spectrum.filtered(low, to: 4...16), Tensor.zeros([2, 3, 16, 16]), .absolute(1e-4))
  }
}

@Suite struct ComparedCodecTests {
  @Test func scoresAreThoseOfEachAutoencoder() throws {
    try ComparedHome.with { small in
      let result = try small.run("reconstruction-losses", ["image": "pizza"])
      let restored = try #require(result.tensor("restored"))
      let picture = try #require(result.tensor("picture"))
      for (n, name) in ["emoji-vae-l2", "emoji-vae-perceptual", "emoji-vae-adversarial"].enumerated() {
        let codec = try ModelFolder(small.home.model(name)).autoencoder()
        let expected = codec.decode(codec.encode(.init(picture)).mean).value.clamped(to: -1...1)
        expectClose(restored.sliced(n..<(n + 1)), expected, .absolute(1e-5), "\(name)")
      }
      let rows = try #require(result.tables.first).rows
      #expect(rows.count == 3 && rows[2][0] == "L1 + perceptual + adversarial")
      try expectSoundFigures(result, of: "reconstruction-losses")
    }
  }

  @Test func droppedPowerIsThatOfTheDifference() throws {
    try ComparedHome.with { small in
      let result = try small.run("dropped-spectrum")
      let (samples, scenes) = try EmojiSample.batch(small.home)
      let codec = try ModelFolder(small.home.model("emoji-vae-l2")).autoencoder()
      let restored = codec.decode(codec.encode(.init(scenes)).mean).value.clamped(to: -1...1)
      let expected = PowerSpectrum(side: 64).radial(scenes - restored)
      let found = try #require(result.tensor("dropped_power.emoji-vae-l2"))
      expectClose(found, Tensor(expected.map(Float.init)), .scaled(1e-4))
      #expect(result.number("scenes") == Double(samples.count))
      let shares = try #require(result.fact(named: "original_shares"))
      guard case .numbers(let numbers) = shares else { throw UserError("shares are no numbers") }
      #expect(abs(numbers.reduce(0, +) - 1) < 1e-9)
      try expectSoundFigures(result, of: "dropped-spectrum")
    }
  }

  @Test func logsOfThreeTrainingsAreRead() throws {
    try ComparedHome.with { small in
      let result = try small.run("compression-training")
      #expect(result.number("steps") == 1000 && result.number("images") == 16000)
      #expect(result.number("after_join") > result.number("before_join") + 0.5)
      try expectSoundFigures(result, of: "compression-training")
    }
  }

  @Test func guessesAreDrawn() throws {
    try expectSoundFigures(try runShipped("plausible-pictures"), of: "plausible-pictures")
  }
}
