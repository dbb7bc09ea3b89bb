import Foundation
import Testing

/// Every mistake ends in one sentence on standard error and the right exit code.
@Suite struct ErrorTests {
  static let mistakes: [(arguments: [String], code: Int32, says: String)] = [
    (["lesson", "77"], 64, "there is no lesson 77"),
    (["lesson", "forward-nosing"], 64, "did you mean forward-noising or 02-forward-noising?"),
    (["lesson"], 64, "Missing expected argument '<lesson>'"),
    (["lesson", "02", "--seed", "-1"], 64, "the seed '-1' is no whole number from 0 to 18446744073709551615"),
    (["lesson", "02", "--seed", "x7"], 64, "the seed 'x7'"),
    (["lesson", "02", "--seed", "18446744073709551616"], 64, "the seed '18446744073709551616'"),
    (["lesson", "02", "--set", "timestep=1000"], 64, "timestep must be a whole number from 0 to 999, not '1000'"),
    (["lesson", "02", "--set", "timestep=-1"], 64, "timestep must be a whole number from 0 to 999, not '-1'"),
    (["lesson", "02", "--set", "tmiestep=1"], 64, "did you mean timestep?"),
    (["lesson", "02", "--set", "timestep"], 64, "--set takes NAME=VALUE"),
    (["lesson", "02", "--tensors", "/dev/null/a/run.safetensors"], 73, "the folder /dev/null/a does not exist"),
    (["lesson", "02", "--tensors", "/tmp"], 73, "/tmp is a folder"),
    (["lesson", "02", "--tensors", "/dev/full"], 74, "/dev/full"),
    (["lesson", "02", "--out", "/dev/null/figures"], 73, "/dev/null/figures cannot be created"),
    (["lesson", "02", "--out", "/etc/passwd"], 73, "/etc/passwd is not a folder"),
    (["lesson", "02", "--format", "png"], 64, "--format png needs a folder"),
    (["lesson", "02", "--theme", "pink"], 64, "Please provide one of 'light' and 'dark'"),
    (["figures", "nothing-such"], 64, "no figure is named 'nothing-such'"),
    (["figures", "--size", "10x10mm"], 64, "outside 40…2000 mm"),
    (["figures", "--out", "/dev/null/figures"], 73, "/dev/null/figures cannot be created"),
    (["lesson", "02", "--bogus"], 64, "Unknown option '--bogus'"),
    (["lesons"], 64, "no command is named 'lesons'; did you mean lessons or lesson?"),
    (["--home", "/nowhere", "lessons"], 66, "--home names '/nowhere', which holds no folder Lessons"),
    (["lessons", "--home", ""], 66, "--home names ''"),
  ]

  @Test(arguments: mistakes)
  func endInOneSentence(_ expected: (arguments: [String], code: Int32, says: String)) throws {
    let outcome = try Diffuse.run(expected.arguments)
    #expect(outcome.code == expected.code)
    #expect(outcome.output.isEmpty || expected.code == 74)
    #expect(outcome.error.hasPrefix("diffuse: "))
    #expect(outcome.error.contains(expected.says), "\(outcome.error)")
    #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
  }

  @Test(arguments: [["lessons"], ["lesson", "02"], ["--help"], ["lessons", "--json"]])
  func fullDiskIsTold(_ arguments: [String]) throws {
    let outcome = try Diffuse.run(arguments, redirect: "/dev/full")
    #expect(outcome.code == 74)
    #expect(outcome.error.contains("standard output cannot be written: No space left on device"), "\(outcome.error)")
  }

  @Test func badPicturesAreRefused() throws {
    let folder = try TemporaryFolder()
    let text = folder.path + "/text.png"
    try "no picture".write(toFile: text, atomically: true, encoding: .utf8)
    let empty = folder.path + "/empty.png"
    try Data().write(to: URL(fileURLWithPath: empty))
    let torn = folder.path + "/torn.png"
    let whole = try #require(FileManager.default.contents(atPath: Diffuse.garment))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: torn))
    for (path, code) in [(folder.path + "/none.png", 66), (folder.path, 66), (text, 65), (empty, 65), (torn, 65)] {
      let outcome = try Diffuse.run(["lesson", "02", "--image", path])
      #expect(outcome.code == code && outcome.output.isEmpty, "\(path): \(outcome.error)")
      #expect(outcome.error.hasPrefix("diffuse: ") && outcome.error.contains(path), "\(outcome.error)")
      #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
    }
  }

  @Test func brokenLessonNamesFileAndLine() throws {
    let home = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: home.path + "/Lessons", withIntermediateDirectories: true)
    try "---\ntitle: [Broken\n---\nText.\n".write(
      toFile: home.path + "/Lessons/02-broken.md", atomically: true, encoding: .utf8)
    for command in [["lesson", "02"], ["lessons"]] {
      let outcome = try Diffuse.run(command + ["--home", home.path])
      #expect(outcome.code == 78)
      #expect(outcome.error.contains("/Lessons/02-broken.md, line 3: broken YAML"), "\(outcome.error)")
    }
  }

  @Test func noHomeSaysWhereItLooked() throws {
    let folder = try TemporaryFolder()
    let alone = folder.path + "/diffuse"
    try FileManager.default.copyItem(atPath: Diffuse.program, toPath: alone)
    let outcome = try Diffuse.run(["lessons"], in: "/", program: alone)
    #expect(outcome.code == 66)
    #expect(outcome.error.contains("no lessons were found in"))
    #expect(outcome.error.contains("share/diffuse"))
  }
}
