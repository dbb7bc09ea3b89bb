import Drawing
import Foundation
import Models
import Stages
import Tensors
import TestSupport
import Testing

@Suite struct GreyProjectionTests {
  @Test func greyIsTheWeightedSumAndTwinsShareIt() throws {
    let result = try runShipped("grey-projection")
    let (picture, grey) = (try #require(result.tensor("picture")), try #require(result.tensor("grey")))
    #expect(grey.shape == [1, 1, 64, 64] && result.number("numbers") == 3 * result.number("kept_numbers"))
    for place in [(0, 0), (20, 31), (50, 40)] {
      let weights: [Float] = [0.299, 0.587, 0.114]
      let sum = (0..<3).reduce(Float(0)) { $0 + weights[$1] * picture[0, $1, place.0, place.1] }
      #expect(abs(grey[0, 0, place.0, place.1] - sum) < 1e-6)
    }
    #expect(result.number("twin_distance") > 0.1)
    // The best direction is at least as good as any other.
    #expect(result.number("best_psnr") >= result.number("grey_psnr"))
    #expect(result.number("best_share") >= result.number("grey_share") && result.number("best_share") <= 1)
  }

  @Test func aPictureOfOneColourHasNoTwins() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/plain.png"
      try ImageFile.writePNG(Tensor(repeating: 0.5, shape: [3, 64, 64]), to: path)
      let result = try runShipped("grey-projection", image: path)
      #expect(result.number("twin_distance") == 0 && result.number("best_share") == 1)
      try expectSoundFigures(result, of: "grey-projection")
    }
  }
}

@Suite struct PatchComponentTests {
  @Test func moreComponentsComeCloserAndAllOfThemLoseNothing() throws {
    let result = try runShipped("patch-components", ["components": "1,3,9,48"])
    let home = try shippedHome()
    let file = try home.picture("penguin-right-of-ice-cream-on-a-green-background")
    let picture = try EmojiPicture(path: file, home: home).tensor
    let restored = try #require(result.tensor("restored"))
    var before = Double.infinity
    for n in 0..<4 {
      let error = (restored.sliced(n..<(n + 1)) - picture).squaredNorm
      #expect(error < before)
      before = error
    }
    expectClose(restored.sliced(3..<4), picture, .absolute(1e-3))
    #expect(result.number("patch") == 48 && result.number("patches") == 15 * 256)
    #expect(result.number("share_first") < result.number("share_four") && result.number("enough") <= 48)
  }

  /// A picture that is none of the scenes leaves all of them for fitting.
  @Test func onlyTheShownSceneIsLeftOut() throws {
    let result = try runShipped("patch-components", ["image": "sneaker", "components": "4"])
    #expect(result.number("patches") == 16 * 256)
  }
}

@Suite struct LatentChannelTests {
  @Test func latentsAreThoseOfTheModel() throws {
    let result = try runShipped("latent-channels")
    let codec = try ModelFolder(shippedHome().model("emoji-vae")).autoencoder()
    let picture = try #require(result.tensor("picture"))
    let latents = codec.encode(.init(picture)).mean
    expectClose(try #require(result.tensor("latents")), latents.value, .absolute(1e-5))
    expectClose(
      try #require(result.tensor("restored")), codec.decode(latents).value.clamped(to: -1...1), .absolute(1e-5))
    #expect(result.number("ratio") == 12 && result.text("latent_shape") == "[4, 16, 16]")
    // What lesson 05 says: every channel is needed, and a place paints a spot.
    let reach = result.number("reach")
    #expect(reach > 4 && reach < 64)
    guard case .numbers(let psnrs)? = result.fact(named: "channel_psnrs") else {
      Issue.record("no PSNR by channel")
      return
    }
    let whole = result.number("psnr")
    #expect(
      psnrs.count == 4 && psnrs.allSatisfy { $0 < whole - 1 }, "\(psnrs) dB without a channel, \(whole) dB with all")
    #expect(psnrs.min() == psnrs[Int(result.number("weakest_channel")) - 1])
  }

  @Test func aPlaceAtTheBorderIsChangedThere() throws {
    let result = try runShipped("latent-channels", ["row": "0", "column": "15", "image": "pizza"])
    #expect(result.number("reach") > 4)
    try expectSoundFigures(result, of: "latent-channels")
  }
}

@Suite struct CompressionTests {
  @Test func theTableHoldsWhatTheFactsSay() throws {
    let result = try runShipped("compression-comparison")
    let rows = try #require(result.tables.first).rows
    let trained = try #require(rows.first { $0[0] == "autoencoder" })
    #expect(trained[3] == String(format: "%.1f", result.number("vae")))
    let linear = try #require(rows.first { $0[0].hasPrefix("PCA") && $0[1] == "4 of 48" })
    #expect(linear[3] == String(format: "%.1f", result.number("pca")))
    #expect(abs(result.number("gain") - (result.number("vae") - result.number("pca"))) < 1e-9)
    // In every family less is worse.
    for family in ["smaller", "slow", "PCA"] {
      let found = rows.filter { $0[0].hasPrefix(family) }.map { (Double($0[2]) ?? 0, Double($0[3]) ?? 0) }
      #expect(found.count >= 3)
      for (one, other) in zip(found.sorted { $0.0 < $1.0 }, found.sorted { $0.0 < $1.0 }.dropFirst()) {
        #expect(one.1 > other.1, "\(family): \(found)")
      }
    }
    // What lesson 05 says: the autoencoder is ahead on its scenes, and no better than PCA where there is no pattern.
    #expect(result.text("verdict") == "the autoencoder" && result.number("vae") > 25)
    #expect(result.number("noise_vae") < 15)
  }
}

@Suite struct CostTests {
  @Test func formulasAndModuleTreeCountTheSameWork() throws {
    let result = try runShipped("pixel-latent-cost", ["sizes": "32,64"])
    #expect(result.number("formula_error") < 1e-9)
    #expect(result.number("largest") == 64)
    #expect(result.number("pixel_seconds") > 0 && result.number("pixel_memory") > result.number("latent_memory"))
    // Convolutions grow with the area, attention with its square: more than f² = 16, at most f⁴ = 256 times.
    #expect((16...256).contains(result.number("macs_ratio")))
    #expect(result.number("attention_share") > result.number("attention_share_measured"))
    #expect(result.number("cascade_ratio") > result.number("macs_ratio") * 0.5)
    let rows = try #require(result.tables.first).rows
    #expect(rows.count { $0[2] == "measured" } == 4 && rows.count { $0[2] == "extrapolated" } == 6)
  }

  /// At a size that is measured, extrapolation from a smaller one gives the same work and memory.
  @Test func extrapolationMeetsWhatIsMeasured() throws {
    let small = try runShipped("pixel-latent-cost", ["sizes": "64,128"])
    let large = try runShipped("pixel-latent-cost", ["sizes": "128,256"])
    #expect(abs(small.number("pixel_macs") / large.number("pixel_macs") - 1) < 1e-3)
    #expect(abs(small.number("pixel_gigabytes") / large.number("pixel_gigabytes") - 1) < 0.05)
  }

  @Test func sizesThatDoNotFitAreRefused() {
    #expect(
      sentence { _ = try runShipped("pixel-latent-cost", ["sizes": "32,40"]) }.contains("multiples of 16, not 40"))
    #expect(sentence { _ = try runShipped("pixel-latent-cost", ["sizes": "64,64"]) }.contains("two different"))
  }
}

@Suite struct LessonFiveFigures {
  @Test(arguments: ["grey-projection", "patch-components", "latent-channels", "compression-comparison"])
  func nothingOverlapsOrIsCut(_ name: String) throws { try expectSoundFigures(try runShipped(name), of: name) }

  @Test func costsAreDrawn() throws {
    try expectSoundFigures(try runShipped("pixel-latent-cost", ["sizes": "32,64"]), of: "pixel-latent-cost")
  }
}
