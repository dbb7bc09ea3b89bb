import Foundation
import TestSupport
import Tensors
import Testing

/// `diffuse train` and `diffuse evaluate` when something is missing, full, or ended early.
@Suite("diffuse train", .serialized)
struct TrainCommandTests {
  static let mistakes: [(arguments: [String], code: Int32, says: String)] = [
    (["train", "fashion-dppm"], 64, "no model to train is named 'fashion-dppm'; did you mean fashion-ddpm?"),
    (["train", "fashion-ddpm", "--stop-after", "0"], 64, "--stop-after is 0; it must be at least 1"),
    (["train", "fashion-ddpm", "--threads", "0"], 64, "--threads is 0; it must be 1 to 1024"),
    (["train", "fashion-ddpm", "--out", "/dev/null/run"], 73, "/dev/null/run cannot be created"),
    (["train", "fashion-ddpm", "--out", "/proc/run"], 73, "/proc/run cannot be created"),
    (["train", "fashion-ddpm", "--after", "fashion-ddpm", "--resume"], 64, "give one of them"),
    (["train", "fashion-ddpm", "--after", "./none"], 66, "the model folder './none' does not exist"),
    (["train", "fashion-ddpm", "--after", "fashion-dpm"], 66, "did you mean fashion-ddpm?"),
    (["train", "fashion-ddpm", "--after", "fashion-ddpm"], 78, "where no round of fashion-ddpm begins"),
    (["evaluate", "fashion-ddpm", "--samples", "99"], 64, "--samples is 99; it must be 100 to 60000"),
    (["evaluate", "fashion-ddpm", "--guidance-scale=-1"], 64, "--guidance-scale is -1.0; it must be 0 to 100"),
    (["evaluate", "fashion-ddpm", "--num-inference-steps", "0"], 64, "num_inference_steps is 0; it must be"),
    (["evaluate", "fashion-ddpm", "--num-inference-steps", "1001"], 64, "num_inference_steps is 1001; it must be"),
    (["evaluate", "emoji-ldm", "--strength", "0", "--without-sweeps"], 64, "--strength is 0.0; it must be above 0"),
    (["evaluate", "emoji-ldm", "--strength", "0.5", "--without-sweeps"], 64, "with --without-sweeps and --out"),
    (["evaluate", "fashion-ddpm", "--strength", "0.5", "--without-sweeps", "--out", "x"], 64, "for a text-to-image"),
    (["evaluate", "fashion-ddpm", "--seed", "-1"], 64, "the seed '-1' is no whole number"),
    (["evaluate", "fashion-ddpm", "--out", "/dev/null/run"], 73, "/dev/null/run cannot be created"),
    (["evaluate", "fashion-ddpm", "--out", "/proc"], 73, "/proc/ cannot be written: No such file or directory"),
    (["evaluate", "mixture", "--out", "/dev/null/run"], 73, "/dev/null/run cannot be created"),
    (["evaluate", "mixture", "--samples", "200"], 64, "only --out and --threads are for it"),
    (["evaluate", "nothing-such"], 66, "'nothing-such'"),
  ]

  @Test(arguments: mistakes)
  func mistakesEndInOneSentence(_ expected: (arguments: [String], code: Int32, says: String)) throws {
    try withTemporaryFolder { folder in
      let outcome = try Diffuse.run(expected.arguments, in: folder)
      outcome.expectSentence([expected.says], code: expected.code)
      #expect(try names(inFolder: folder).isEmpty)
    }
  }

  @Test(arguments: [["train", "fashion-ddpm"], ["train", "fashion-classifier"], ["evaluate", "fashion-ddpm"]])
  func aMissingDataSetNamesItsPackage(_ command: [String]) throws {
    try withTemporaryFolder { folder in
      let empty = folder + "/empty"
      try FileOutput.makeFolder(empty)
      let outcome = try Diffuse.run(
        command + ["--out", folder + "/run"], environment: ["DIFFUSE_FASHION_MNIST": empty])
      outcome.expectSentence(
        ["\(empty)/train-images-idx3-ubyte.gz is missing", "apt-get install dataset-fashion-mnist"], code: 69)
      #expect(try command[0] == "evaluate" || names(inFolder: folder) == ["empty"])
    }
  }

  @Test func aTornDataSetIsRefused() throws {
    try withTemporaryFolder { folder in
      try FileOutput.write([0x1F, 0x8B, 8, 0, 1, 2], to: folder + "/train-images-idx3-ubyte.gz")
      let outcome = try Diffuse.run(
        ["train", "fashion-ddpm", "--out", folder + "/run"], environment: ["DIFFUSE_FASHION_MNIST": folder])
      outcome.expectSentence([folder + "/train-images-idx3-ubyte.gz"], code: 65)
      #expect(try names(inFolder: folder) == ["train-images-idx3-ubyte.gz"])
    }
  }

  /// The data set itself, where training is really begun.
  static let hasData = FileManager.default.fileExists(
    atPath: "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz")

  /// Ctrl-C and SIGTERM: the step is finished, the checkpoint written, and the run goes on from it to the same bits.
  @Test(.enabled(if: hasData, "needs the package dataset-fashion-mnist"), arguments: [SIGINT, SIGTERM])
  func aSignalLeavesACheckpointThatResumes(_ signal: Int32) throws {
    try withTemporaryFolder { folder in
      let train = ["train", "fashion-classifier", "--out"]
      let (cut, whole) = (folder + "/cut", folder + "/whole")
      let stopped = try Diffuse.run(train + [cut], sending: [signal]) {
        FileManager.default.fileExists(atPath: cut + "/training.csv")
      }
      let resume = "diffuse train fashion-classifier --out \(cut) --resume"
      stopped.expectSentence(
        ["stopped after step ", "the checkpoint is written, go on with '\(resume)'."], code: 128 + signal)
      #expect(try names(inFolder: cut) == ["checkpoint.safetensors", "training.csv"])
      let step = try #require(stopped.error.firstMatch(of: /after step ([0-9]+)/).flatMap { Int($0.1) })
      try Diffuse.run(train + [cut]).expectSentence(["\(cut) holds the checkpoint", "--resume"], code: 64)

      #expect(try Diffuse.run(train + [cut, "--resume", "--stop-after", "2"]).code == 0)
      #expect(try Diffuse.run(train + [whole, "--stop-after", "\(step + 2)"]).code == 0)
      let (resumed, straight) = (try checkpoint(cut), try checkpoint(whole))
      #expect(resumed.metadata["step"] == "\(step + 2)" && straight.metadata["step"] == "\(step + 2)")
      #expect(resumed.names == straight.names && resumed.names.contains { $0.hasPrefix("weights.") })
      for name in resumed.names {
        #expect(try resumed.tensor(name).scalars.map(\.bitPattern) == straight.tensor(name).scalars.map(\.bitPattern))
      }
    }
  }

  private func checkpoint(_ folder: String) throws -> SafetensorsFile {
    try SafetensorsFile(contentsOf: folder + "/checkpoint.safetensors")
  }

  /// A second signal (not the same one: two that are not yet delivered become one), while the checkpoint is being written, ends at once and leaves the checkpoint before.
  @Test(.enabled(if: hasData, "needs the package dataset-fashion-mnist"))
  func aSecondInterruptLeavesNothingHalfWritten() throws {
    try withTemporaryFolder { folder in
      for attempt in 0..<5 {
        let run = "\(folder)/\(attempt)"
        let outcome = try Diffuse.run(
          ["train", "fashion-ddpm", "--out", run, "--stop-after", "1"], sending: [SIGTERM, SIGINT]
        ) {
          // The log, too, began as a temporary file.
          let there = (try? names(inFolder: run)) ?? []
          return there.contains("training.csv") && there.contains { $0.hasSuffix(".part") }
        }
        let written = try names(inFolder: run)
        #expect(!written.contains { $0.hasSuffix(".part") })
        if written.contains("checkpoint.safetensors") { continue }
        #expect([130, 143].contains(outcome.code) && written == ["training.csv"])
        return
      }
      Issue.record("the checkpoint was complete before the second signal came, five times")
    }
  }

  @Test(.enabled(if: hasData, "needs the package dataset-fashion-mnist"))
  func aForeignOrTornCheckpointIsRefused() throws {
    try withTemporaryFolder { folder in
      let resume = ["train", "fashion-classifier", "--out", folder, "--resume"]
      try Diffuse.run(resume).expectSentence(["there is no checkpoint to resume from in \(folder)"], code: 66)
      try FileOutput.write([1, 2, 3], to: folder + "/checkpoint.safetensors")
      try Diffuse.run(resume).expectSentence(["checkpoint.safetensors is not a valid safetensors file"], code: 65)
      try SafetensorsFile.write([("x", .zeros([1]))], to: folder + "/checkpoint.safetensors")
      try Diffuse.run(resume).expectSentence(["checkpoint.safetensors is no checkpoint of a training run"], code: 65)
    }
  }
}
