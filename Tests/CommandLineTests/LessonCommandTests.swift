import Foundation
import Tensors
import Testing

@Suite struct LessonCommandTests {
  @Test(arguments: ["lessons", "lesson", "figures"])
  func helpHasAnExample(_ command: String) throws {
    let outcome = try Diffuse.run([command, "--help"])
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("Example:\n\n  diffuse \(command)"))
    #expect(outcome.error == "")
  }

  @Test func listsLessonsForPrograms() throws {
    struct Lesson: Decodable {
      let number, slug, title: String
      let stages: [Stage]
    }
    struct Stage: Decodable { let name, alias: String }
    let outcome = try Diffuse.run(["lessons", "--json"])
    let lessons = try JSONDecoder().decode([Lesson].self, from: Data(outcome.output.utf8))
    let noising = try #require(lessons.first { $0.number == "02" })
    #expect(noising.slug == "forward-noising")
    #expect(noising.stages.map(\.name).contains("forward-noising"))
  }

  @Test func lessonNamesAreInterchangeable() throws {
    let byNumber = try Diffuse.run(["lesson", "02"])
    #expect(byNumber.code == 0 && byNumber.error == "")
    for name in ["2", "forward-noising", "02-forward-noising"] {
      #expect(try Diffuse.run(["lesson", name]).output == byNumber.output)
    }
  }

  @Test func plainOutputHasNoEscapesAndFits80Columns() throws {
    let outcome = try Diffuse.run(["lesson", "02"], environment: ["COLUMNS": "300"])
    #expect(!outcome.output.contains("\u{1B}"))
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func runsFromAnywhereAndAfterBeingMoved() throws {
    let folder = try TemporaryFolder()
    let install = Process()
    install.executableURL = URL(fileURLWithPath: Diffuse.checkout + "/Scripts/install")
    install.arguments = ["--prefix", folder.path + "/first place"]
    install.environment = ProcessInfo.processInfo.environment.merging(["DIFFUSE_BINARY": Diffuse.program]) { $1 }
    install.standardOutput = FileHandle.nullDevice
    try install.run()
    install.waitUntilExit()
    #expect(install.terminationStatus == 0)
    try FileManager.default.moveItem(atPath: folder.path + "/first place", toPath: folder.path + "/second")
    let expected = try Diffuse.run(["lesson", "02"]).output
    let moved = folder.path + "/second/bin/diffuse"
    #expect(try Diffuse.run(["lesson", "02"], in: "/", program: moved).output == expected)
    let link = folder.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: moved)
    #expect(try Diffuse.run(["lesson", "02"], in: "/", program: link).output == expected)
  }

  @Test func homeIsFoundInOrder() throws {
    let home = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: home.path + "/Lessons/below", withIntermediateDirectories: true)
    try "---\ntitle: Mine\n---\nText.\n".write(
      toFile: home.path + "/Lessons/42-mine.md", atomically: true, encoding: .utf8)
    let mine = "42  mine  Mine\n"
    #expect(try Diffuse.run(["--home", home.path, "lessons"]).output == mine)
    #expect(try Diffuse.run(["lessons", "--home=" + home.path]).output == mine)
    #expect(try Diffuse.run(["lessons"], environment: ["DIFFUSE_HOME": home.path]).output == mine)
    #expect(try Diffuse.run(["lessons"], in: home.path + "/Lessons/below").output == mine)
    #expect(try Diffuse.run(["lessons"], in: "/").output.contains("forward-noising"))
  }

  @Test func exercisesAreGraded() throws {
    let right = try Diffuse.run(["lesson", "02", "--exercises"], input: "259\n")
    #expect(right.code == 0)
    #expect(right.output.contains("✓ Right."))
    let wrong = try Diffuse.run(["lesson", "02", "--exercises"], input: "500\n")
    #expect(wrong.output.contains("✗ Not yet: 500 is too large."))
    let silent = try Diffuse.run(["lesson", "02", "--exercises"])
    #expect(silent.code == 0 && !silent.output.contains("✗"))
  }

  @Test func figuresAreWrittenWithTheirOrigin() throws {
    struct Sidecar: Decodable { let command, caption, alternativeText: String }
    let folder = try TemporaryFolder()
    let out = folder.path + "/new/figures"
    let arguments = ["lesson", "02", "--set", "timestep=100,900", "--seed", "7", "--out", out, "--theme", "dark"]
    #expect(try Diffuse.run(arguments).code == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: out).sorted()
    #expect(names.contains { $0.hasSuffix(".svg") } && names.contains { $0.hasSuffix(".json") })
    for name in names where name.hasSuffix(".json") {
      let data = try #require(FileManager.default.contents(atPath: out + "/" + name))
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let sidecar = try decoder.decode(Sidecar.self, from: data)
      #expect(sidecar.command == "diffuse lesson 02 --set timestep=100,900 --seed 7")
      #expect(!sidecar.caption.isEmpty && !sidecar.alternativeText.isEmpty)
    }
  }

  @Test(arguments: ["svg", "pdf", "png"])
  func figuresAreTheSameEveryTime(_ format: String) throws {
    let list = try Diffuse.run(["figures", "--list"]).output
    let name = try #require(list.split(separator: " ").first.map(String.init))
    let folder = try TemporaryFolder()
    var contents: [Data] = []
    for out in ["a", "b"] {
      let outcome = try Diffuse.run(["figures", name, "--format", format, "--out", folder.path + "/" + out])
      #expect(outcome.code == 0, "\(outcome.error)")
      contents.append(try #require(FileManager.default.contents(atPath: "\(folder.path)/\(out)/\(name).\(format)")))
    }
    #expect(contents[0] == contents[1])
  }

  @Test func picturesAreShownWhenAskedFor() throws {
    let outcome = try Diffuse.run(
      ["lesson", "02", "--pictures", "always"], environment: ["TERM": "xterm-256color", "COLORTERM": "truecolor"])
    #expect(outcome.output.contains("\u{1B}[38;2;"))
  }

  @Test func tensorsAreWritten() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/run.safetensors"
    let outcome = try Diffuse.run(["lesson", "02", "--tensors", file])
    #expect(outcome.code == 0)
    let written = try SafetensorsFile(contentsOf: file)
    #expect(try written.tensor("strip/alphas_cumprod").shape == [1000])
  }

  /// util-linux's `script` gives the program a terminal.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
  func stepsWaitForKeysInATerminal() throws {
    let command = "'\(Diffuse.program)' lesson 02 --step --pictures never"
    let outcome = try Diffuse.run(
      ["-qec", command, "/dev/null"], input: "q", program: "/usr/bin/script",
      environment: ["TERM": "xterm", "NO_COLOR": ""])
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("[n]ext  [p]revious  [q]uit"))
    #expect(outcome.output.contains("\u{1B}[1m"))
    #expect(!outcome.output.contains("step 2 of"))
    let plain = try Diffuse.run(["lesson", "02", "--step"])
    #expect(plain.output == (try Diffuse.run(["lesson", "02"]).output))
  }

  @Test func interruptEndsWith130() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Diffuse.program)
    process.arguments = ["lesson", "02", "--exercises"]
    process.currentDirectoryURL = URL(fileURLWithPath: Diffuse.checkout)
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    // The first question is out, so the program waits for an answer.
    _ = output.fileHandleForReading.availableData
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 130)
    withExtendedLifetime(input) {}
  }
}
