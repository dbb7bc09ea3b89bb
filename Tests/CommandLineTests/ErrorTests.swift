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
    (["lesson", "02", "--set", "timestep=x"], 64, "timestep must be a whole number from 0 to 999, not 'x'"),
    (["lesson", "03", "--set", "timesteps=0,1000"], 64, "timesteps must be"),
    (["lesson", "04", "--set", "chain.sampler=dimm"], 64, "not 'dimm'"),
    (["lesson", "04", "--set", "chian.eta=0"], 64, "no parameter of lesson 04 is named 'chian.eta'"),
    (["inspect", "fashion-ddpm", "--size", "33"], 64, "--size is 33; it must be a multiple of"),
    (["inspect", "fashion-dppm"], 66, "did you mean fashion-ddpm?"),
    (["bench", "--repetitions", "0"], 64, "--repetitions is 0; it must be 1 to 10000"),
    (["bench", "--workload", "train"], 64, "'train'"),
    (["probe", "unte"], 64, "Missing expected argument '--model"),
    (["lesson", "02", "--tensors", "/dev/null/a/run.safetensors"], 73, "the folder /dev/null/a does not exist"),
    (["lesson", "02", "--tensors", "/tmp"], 73, "/tmp is a folder"),
    (["lesson", "02", "--tensors", "/dev/full"], 74, "/dev/full"),
    (["lesson", "02", "--out", "/dev/null/figures"], 73, "/dev/null/figures cannot be created"),
    (["lesson", "02", "--out", "/proc"], 73, "/proc/ cannot be written: No such file or directory"),
    (["figures", "--out", "/proc"], 73, "/proc/ cannot be written"),
    (["lesson", "02", "--out", "/etc/passwd"], 73, "/etc/passwd is not a folder"),
    (["lesson", "02", "--format", "png"], 64, "--format png needs a folder"),
    (["lesson", "02", "--theme", "pink"], 64, "Please provide one of 'light' and 'dark'"),
    (["figures", "nothing-such"], 64, "no figure is named 'nothing-such'"),
    (["figures", "--gallery"], 64, "--out must say into which folder"),
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

  @Test func badPicturesAreRefused() throws {
    let folder = try TemporaryFolder()
    let text = folder.path + "/text.png"
    try "no picture".write(toFile: text, atomically: true, encoding: .utf8)
    let empty = folder.path + "/empty.png"
    try Data().write(to: URL(fileURLWithPath: empty))
    let torn = folder.path + "/torn.png"
    let whole = try #require(FileManager.default.contents(atPath: Diffuse.garment))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: torn))
    let huge = folder.path + "/huge.png"
    try Data(Self.header(width: 60_000, height: 60_000, of: whole)).write(to: URL(fileURLWithPath: huge))
    let cases: [(path: String, code: Int32, says: String)] = [
      (folder.path + "/none.png", 66, "does not exist"), (folder.path, 66, "is not a file"),
      (text, 65, "is not a PNG or JPEG picture"), (empty, 65, "is empty (0 bytes)"), (torn, 65, "cannot be decoded"),
      (huge, 65, "has 60000×60000 pixels; at most 100 million are read"),
    ]
    for (path, code, says) in cases {
      try Diffuse.run(["lesson", "02", "--image", path]).expectSentence([path, says], code: code)
    }
  }

  /// The picture with other sides in its header, whose checksum is right again.
  private static func header(width: UInt32, height: UInt32, of png: Data) -> [UInt8] {
    var bytes = [UInt8](png)
    bytes.replaceSubrange(16..<24, with: [width, height].flatMap { withUnsafeBytes(of: $0.bigEndian, Array.init) })
    var checksum: UInt32 = ~0
    for byte in bytes[12..<29] {
      checksum ^= UInt32(byte)
      for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    bytes.replaceSubrange(29..<33, with: withUnsafeBytes(of: (~checksum).bigEndian, Array.init))
    return bytes
  }

  static let lessons: [(content: String, code: Int32, says: String)] = [
    ("---\ntitle: [Broken\n---\nText.\n", 78, "line 3: broken YAML"),
    ("---\ntitle: A\nminutes: ten\n---\nText.\n", 78, "line 3: minutes must be from 1 to 600, not 'ten'"),
    (
      "---\ntitle: A\n---\n```stage forward-nosing\n```\n", 78,
      "line 4: no stage is named 'forward-nosing'; did you mean forward-noising?"
    ),
    (
      "---\ntitle: A\n---\n```stage forward-noising\ntimestep: 1000\n```\n", 78,
      "line 5: timestep must be a whole number from 0 to 999, not '1000'"
    ),
    (
      "---\ntitle: A\n---\n```stage forward-noising\ntmiestep: 1\n```\n", 78,
      "line 5: no parameter of forward-noising is named 'tmiestep'; did you mean timestep?"
    ),
    (
      "---\ntitle: A\n---\n```stage forward-noising\ntimestep: [1\n```\n", 78, "line 6: broken YAML"
    ),
    (
      "---\ntitle: A\n---\n```stage reverse-chain\nsampler: ddimm\n```\n", 78, "not 'ddimm'"
    ),
    ("no front matter\n", 78, "line 1"),
    ("", 78, "line 1"),
  ]

  @Test(arguments: lessons)
  func brokenLessonNamesFileAndLine(_ expected: (content: String, code: Int32, says: String)) throws {
    let home = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: home.path + "/Lessons", withIntermediateDirectories: true)
    try expected.content.write(toFile: home.path + "/Lessons/02-broken.md", atomically: true, encoding: .utf8)
    for command in [["lesson", "02"], ["lessons"]] {
      let outcome = try Diffuse.run(command + ["--home", home.path])
      outcome.expectSentence(["/Lessons/02-broken.md, line", expected.says], code: expected.code)
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
