import Foundation
import TestSupport
import Tensors
import Testing

@Suite("File output")
struct FileOutputTests {
  @Test func replacesWholeFiles() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a"
      try FileOutput.write("first, longer", to: path)
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
      try FileOutput.write("second", to: path)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "second")
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
      #expect(try names(inFolder: folder) == ["a"])
    }
  }

  @Test func anErrorLeavesWhatWasThere() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a"
      try FileOutput.write("before", to: path)
      let thrown = try #require(throws: UserError.self) {
        try FileOutput.write(to: path) { (output) throws(UserError) in
          try output.write([1, 2, 3])
          throw UserError("stop", code: .data)
        }
      }
      #expect(thrown == UserError("stop", code: .data))
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "before")
      #expect(try names(inFolder: folder) == ["a"])
    }
  }

  @Test func aFullDiskIsSaid() throws {
    let error = try #require(throws: UserError.self) {
      try SafetensorsFile.write([("x", .zeros([10]))], to: "/dev/full")
    }
    #expect(error == UserError("/dev/full could not be written: No space left on device", code: .io))
    #expect(FileManager.default.fileExists(atPath: "/dev/full"))
  }

  @Test func missingFoldersAreSaid() throws {
    try withTemporaryFolder { folder in
      let error = try #require(throws: UserError.self) { try FileOutput.write("x", to: folder + "/none/a") }
      #expect(
        error == UserError("\(folder)/none/a cannot be written: No such file or directory", code: .cannotCreate))
      let onFolder = try #require(throws: UserError.self) { try FileOutput.write("x", to: folder) }
      #expect(onFolder.code == .cannotCreate)
    }
  }

  @Test func symbolicLinksAreFollowed() throws {
    try withTemporaryFolder { folder in
      try FileOutput.write("old", to: folder + "/real")
      try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "real")
      try FileOutput.write("new", to: folder + "/link")
      #expect(try String(contentsOfFile: folder + "/real", encoding: .utf8) == "new")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == "real")
    }
  }
}
