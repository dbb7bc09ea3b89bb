import Foundation
import TestSupport
import Tensors
import Testing

/// No room: one sentence, code 74, and nothing half-written.
@Suite("Full disk", .serialized)
struct FullDiskTests {
  /// A file system of `kilobytes` in memory, when the system lets the tests mount one.
  private static func withDisk<R>(kilobytes: Int, _ body: (String) throws -> R) throws -> R {
    try withTemporaryFolder { folder in
      let size = "size=\(kilobytes)k"
      try #require(mount("tmpfs", folder, "tmpfs", UInt(MS_NOSUID), size) == 0, "cannot mount: \(errno)")
      defer { umount2(folder, Int32(MNT_DETACH)) }
      return try body(folder)
    }
  }

  /// Whether this process may mount.
  static let canMount = (try? withDisk(kilobytes: 64) { _ in true }) ?? false

  @Test(.enabled(if: canMount, "mounting a small tmpfs needs root"))
  func figuresAndTensorsNeedRoom() throws {
    try Self.withDisk(kilobytes: 40) { disk in
      try Diffuse.run(["lesson", "02", "--format", "png", "--out", disk]).expectFull(disk)
      for name in try names(inFolder: disk) {
        // What is there was finished before the disk was full.
        #expect(name.hasSuffix(".json") || name.hasSuffix(".png"), "\(name)")
        if name.hasSuffix(".png") {
          #expect(try bytes(ofFile: "\(disk)/\(name)").suffix(8).starts(with: "IEND".utf8))
        }
      }
    }
    try Self.withDisk(kilobytes: 40) { disk in
      try Diffuse.run(["lesson", "02", "--tensors", disk + "/run.safetensors"]).expectFull(disk)
      #expect(try names(inFolder: disk).isEmpty)
    }
  }

  @Test(.enabled(if: canMount, "mounting a small tmpfs needs root"))
  func whatWasThereBeforeStays() throws {
    try Self.withDisk(kilobytes: 40) { disk in
      try FileOutput.write("before", to: disk + "/run.safetensors")
      try Diffuse.run(["lesson", "02", "--tensors", disk + "/run.safetensors"]).expectFull(disk)
      #expect(try names(inFolder: disk) == ["run.safetensors"])
      #expect(try String(contentsOfFile: disk + "/run.safetensors", encoding: .utf8) == "before")
    }
  }

  @Test(
    .enabled(if: canMount, "mounting a small tmpfs needs root"),
    .enabled(if: TrainCommandTests.hasData, "needs the package dataset-fashion-mnist"))
  func aCheckpointNeedsRoom() throws {
    try Self.withDisk(kilobytes: 200) { disk in
      let outcome = try Diffuse.run(["train", "fashion-classifier", "--out", disk + "/run", "--stop-after", "1"])
      outcome.expectSentence(["\(disk)/run/checkpoint.safetensors could not be written", "No space left"], code: 74)
      #expect(try names(inFolder: disk + "/run") == ["training.csv"])
    }
  }

  /// A file that outgrows `ulimit -f` fails in the middle, like one on a full disk, and needs no root.
  @Test func aFileThatOutgrowsItsLimitIsRemoved() throws {
    try withTemporaryFolder { folder in
      let command = "ulimit -f 8; exec '\(Diffuse.program)' lesson 02 --tensors '\(folder)/run.safetensors' >/dev/null"
      let outcome = try Diffuse.run(["-c", command], program: "/bin/bash")
      #expect(outcome.code == 74)
      #expect(outcome.error == "diffuse: \(folder)/run.safetensors could not be written: File too large.\n")
      #expect(try names(inFolder: folder).isEmpty)
    }
  }

  @Test(arguments: [["lessons"], ["lesson", "02"], ["--help"], ["lessons", "--json"]])
  func standardOutputNeedsRoom(_ arguments: [String]) throws {
    let outcome = try Diffuse.run(arguments, redirect: "/dev/full")
    outcome.expectSentence(["standard output cannot be written: No space left on device"], code: 74)
  }
}

extension Diffuse.Outcome {
  /// Expects the sentence on a full disk; the lesson before it is on standard output.
  fileprivate func expectFull(_ disk: String, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(code == 74, sourceLocation: sourceLocation)
    #expect(error.hasPrefix("diffuse: \(disk)/"), "\(error)", sourceLocation: sourceLocation)
    #expect(error.hasSuffix("No space left on device.\n"), "\(error)", sourceLocation: sourceLocation)
    #expect(error.split(separator: "\n").count == 1, "\(error)", sourceLocation: sourceLocation)
  }
}
