import Diffusion
import Drawing
import Foundation
import Models
import Stages
import TestSupport
import Tensors
import Testing

/// The stages of lesson 04, on a small untrained network and on the exact denoiser.
@Suite struct ReverseDenoisingTests {
  /// A small home with the shipped judge.
  private func withJudge(_ body: (SmallHome) throws -> Void) throws {
    let judge = try Home.find(workingDirectory: #filePath).model("fashion-classifier")
    try SmallHome.with { small in
      let link = (small.folder as NSString).deletingLastPathComponent + "/fashion-classifier"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: judge)
      try body(small)
    }
  }

  private func rows(_ result: StageResult, _ name: String) throws -> [[String]] {
    try #require(result.tables.first { $0.name == name }).rows
  }

  // MARK: The chain

  @Test(arguments: SamplerKind.compared)
  func chainStartsAtNoiseAndEndsAtItsLastGuess(_ kind: SamplerKind) throws {
    try withJudge { small in
      let result = try small.run(
        "reverse-chain", ["sampler": kind.rawValue, "num_inference_steps": "4", "garment": "bag"], seed: 7)
      var random = RandomSource(seed: 7)
      let noise = random.normal([1, 1, 32, 32])
      expectClose(try #require(result.tensor("step.000/x_t")), noise, .absolute(1e-4), "first x_t")
      let calls = kind == .heun ? 7 : 4
      #expect(result.number("model_calls") == Double(calls))
      #expect(result.number("first_timestep") == 999)
      let last = String(format: "step.%03d", calls - 1)
      let guess = try #require(result.tensor(last + "/x0_hat")).clamped(to: -1...1)
      expectClose(try #require(result.tensor("x0")), guess, .absolute(1e-5), "the last step arrives at x̂₀")
    }
  }

  @Test func everyStepOfAFullChainIsThere() throws {
    try withJudge { small in
      let result = try small.run("reverse-chain", ["num_inference_steps": "20", "garment": "none"])
      #expect(result.number("model_calls") == 20)
      let timesteps = try rows(result, "chain").map { $0[0] }
      #expect(timesteps.first == "999" && timesteps.last == "49" && timesteps.count == 9)
      #expect(try rows(result, "chain").last?[3] == "100.0 %")
    }
  }

  @Test func sameContextGivesTheSameBits() throws {
    try withJudge { small in
      let settings = ["num_inference_steps": "3", "guidance_scale": "2"]
      let first = try small.run("reverse-chain", settings, seed: 3).tensor("x0")
      #expect(try small.run("reverse-chain", settings, seed: 3).tensor("x0") == first)
      #expect(try small.run("reverse-chain", settings, seed: 4).tensor("x0") != first)
    }
  }

  @Test func guidanceAsksTwice() throws {
    try withJudge { small in
      let settings = ["num_inference_steps": "3", "guidance_scale": "2"]
      let guided = try small.run("reverse-chain", settings)
      #expect(guided.number("model_calls") == 6)
      let none = try small.run("reverse-chain", settings.merging(["garment": "none"]) { $1 })
      #expect(none.number("model_calls") == 3)
    }
  }

  // MARK: What a step does

  static let strides: [(t: Int, s: Int)] = [(999, 998), (999, 949), (500, 400), (31, 30), (1, 0), (0, -1), (99, -1)]

  @Test(arguments: strides)
  func whatIsKeptAndWhatIsFreshMakeTheNextLevel(_ stride: (t: Int, s: Int)) throws {
    let parts = StepParts(try NoiseSchedule(), from: stride.t, to: stride.s)
    #expect(abs(parts.kept * parts.kept + parts.fresh * parts.fresh - parts.after * parts.after) < 1e-5)
    #expect(parts.removedShare > 0 && parts.removedShare < 1 + 1e-4)
    if stride.s < 0 { #expect(abs(parts.removedShare - 1) < 1e-4 && parts.after == 0) }
  }

  /// β₉₉₉ = 0.02 of a noise that is all of x_t.
  @Test func firstOfThousandStepsRemovesTwoPercent() throws {
    let parts = StepParts(try NoiseSchedule(), from: 999, to: 998)
    #expect(abs(parts.removedShare - 0.02) < 1e-5)
  }

  // MARK: One jump or steps

  @Test func comparesStepsFromOneNoise() throws {
    try withJudge { small in
      let result = try small.run("jump-or-steps", ["step_counts": "3,1", "samples": "10"])
      #expect(try rows(result, "by-steps").map { $0[0] } == ["1", "3"])
      #expect(try rows(result, "by-steps").last?.last == "0.000")
      #expect(result.tensor("steps.1/x0")?.shape == [10, 1, 32, 32])
      #expect(result.tensor("mean_jump/x0_hat")?.shape == [10, 1, 32, 32])
      #expect(abs(result.number("amplification") - 157.4) < 0.1)
      let product = result.number("amplification") * result.number("error_percent") / 100
      #expect(abs(result.number("jump_error") - product) < 1e-9)
    }
  }

  @Test func grainOfKnownPictures() {
    #expect(grain(of: Tensor(repeating: 0.3, shape: [2, 1, 4, 5])) == 0)
    let columns = Tensor((0..<24).map { Float($0 % 6) }, shape: [1, 1, 4, 6])
    #expect(grain(of: columns) == 0.5)
    let board = Tensor((0..<16).map { ($0 / 4 + $0) % 2 == 0 ? -1 : 1 }, shape: [1, 1, 4, 4])
    #expect(grain(of: board) == 2)
  }

  // MARK: Six samplers

  static let header =
    "sampler,steps,model_calls,frechet_distance,wanted_class_named,samples,guidance_scale,seed,weights\n"

  @Test func runsWithAndWithoutTheSweep() throws {
    try withJudge { small in
      let settings = ["num_inference_steps": "2", "reference_steps": "3", "samples": "10"]
      let without = try small.run("sampler-comparison", settings)
      #expect(without.text("sweep").contains("diffuse evaluate fashion-ddpm"))
      #expect(try rows(without, "samplers").count == 6)
      #expect(without.number("heun_calls") == 3 && without.number("euler_calls") == 2)
      try small.write(
        Self.header + "ddim,2,2,31.5,0.1,500,1,0,abc\nheun,2,3,20,0.1,500,1,0,abc\n", as: "samplers.csv")
      let with = try small.run("sampler-comparison", settings)
      #expect(with.text("sweep").contains("500 garments a point, guidance 1, seed 0, weights abc"))
      #expect(with.text("live_check").contains("of this run's 2 shares"))
      let guided = try small.run("sampler-comparison", settings.merging(["guidance_scale": "2"]) { $1 })
      #expect(guided.text("live_check").contains("another guidance"))
    }
  }

  @Test func remarksOnWhatTheSweepShows() throws {
    let usual = try SamplerSweep(
      Self.header + "heun,1,1,39.2,0.3,500,1,0,abc\nheun,2,3,3.5,0.7,500,1,0,abc\n", path: "samplers.csv")
    #expect(usual.heunOvershoots == nil && usual.remarks(sigmas: [157.4, 3.416, 0]) == "")
    let odd = try SamplerSweep(
      Self.header + "heun,1,1,38.8,0.3,500,1,0,abc\nheun,2,3,79.1,0.07,500,1,0,abc\n"
        + "ddpm,50,50,0.24,0.92,500,1,0,abc\neuler,50,50,0.154,0.86,500,1,0,abc\n", path: "samplers.csv")
    let remarks = odd.remarks(sigmas: [157.4, 3.416, 0])
    #expect(remarks.contains("two steps of Heun's method lie at 79, one jump at 39"))
    #expect(remarks.contains("from σ = 157 to 3.4"))
    #expect(remarks.contains("DDPM has the largest share (92 %), Euler the smallest distance (0.15)"))
  }

  /// From Wilson's formula by hand: 10 of 10 → 1/(1 + z²/10) … 1.
  @Test func intervalsOfSharesStayWithinBounds() {
    let all = shareInterval(1, count: 10)
    #expect(abs(all.lowerBound - 1 / (1 + 0.38416)) < 1e-9 && abs(all.upperBound - 1) < 1e-9)
    #expect(abs(shareInterval(0, count: 10).lowerBound) < 1e-9)
    let half = shareInterval(0.5, count: 100)
    #expect(abs(half.lowerBound - 0.40383) < 1e-4 && abs(half.upperBound - 0.59617) < 1e-4)
  }

  static let torn: [(text: String, says: String)] = [
    ("", "samplers.csv has no rows"), (header, "samplers.csv has no rows"),
    ("sampler,steps\nddim,2\n", "samplers.csv, line 1: the columns must be sampler,steps,model_calls"),
    (header + "ddim,2,2,31.5,0.1,500,1,0\n", "line 2"), (header + "dim,2,2,31.5,0.1,500,1,0,abc\n", "line 2"),
    (header + "ddim,2,2,31.5,0.1,500,1,0,abc\nddim,5,5,nan,0.1,500,1,0,abc\n", "line 3"),
    (header + "ddim,2,2,31.5,1.1,500,1,0,abc\n", "line 2"),
  ]

  @Test(arguments: torn)
  func refusesATornSweep(_ expected: (text: String, says: String)) {
    let sentence = sentence { _ = try SamplerSweep(expected.text, path: "samplers.csv") }
    #expect(sentence.contains(expected.says), "\(sentence)")
  }

  @Test func deterministicSamplersOnEqualTimestepsAgreeWithoutClipping() throws {
    try withJudge { small in
      let result = try small.run(
        "sampler-comparison", ["num_inference_steps": "1", "reference_steps": "2", "samples": "10"])
      // One step of each goes to x̂₀.
      let euler = try #require(result.tensor("euler/x0"))
      for name in ["heun", "dpmsolver++"] {
        expectClose(try #require(result.tensor(name + "/x0")), euler, .norm(5e-4), "\(name)")
      }
    }
  }

  // MARK: The exact denoiser

  @Test func oneJumpLandsAtTheMeanAndEulerIsOfFirstOrder() throws {
    try SmallHome.with { small in
      let result = try small.run("exact-sampling", seed: 1)
      #expect(result.number("jump_radius") < 0.03)
      #expect(result.text("jump_lands") == "at the mean of the data")
      #expect(abs(result.number("path_radius") - result.number("data_radius")) < 0.1)
      #expect(abs(result.number("euler_order") - 1) < 0.1)
      #expect(result.number("heun_order") > 1.3 && result.number("dpm_order") > 1.7)
      #expect(result.tensor("paths.50")?.shape == [51, 12, 2])
    }
  }

  // MARK: Figures

  static let figures: [(stage: String, setting: [String: String])] = [
    ("reverse-chain", ["num_inference_steps": "3"]), ("reverse-chain", ["num_inference_steps": "1"]),
    ("jump-or-steps", ["step_counts": "2,3", "samples": "10"]),
    ("sampler-comparison", ["num_inference_steps": "1", "reference_steps": "2", "samples": "10"]),
    ("exact-sampling", ["step_counts": "2,4", "points": "3"]),
  ]

  @Test(arguments: figures)
  func everyPromisedFigureCanBeDrawn(_ expected: (stage: String, setting: [String: String])) throws {
    try withJudge { small in
      let result = try small.run(expected.stage, expected.setting)
      let stage = try StageCatalogue.stage(named: expected.stage)
      #expect(result.facts.map(\.name).sorted() == stage.facts.map(\.name).sorted())
      #expect(result.figures.map(\.name) == stage.figures.map(\.name))
      for promised in result.figures {
        let figure = try promised.draw()
        #expect(figure.name == promised.name && !figure.caption.isEmpty && !figure.alternativeText.isEmpty)
        let svg = String(decoding: try figure.encoded(as: .svg), as: UTF8.self)
        #expect(svg.hasSuffix("</svg>\n") || svg.hasSuffix("</svg>"))
      }
    }
  }
}
