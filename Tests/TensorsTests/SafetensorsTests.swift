import TestSupport
import Tensors
import Testing

@Suite("safetensors")
struct SafetensorsTests {
  @Test(arguments: ["half", "brain", "single", "double", "int", "byte", "flag", "scalar", "empty", "名前 \"quoted\"\n"])
  func everyTypeIsRead(_ name: String) throws {
    let file = try Goldens.file("safetensors/types.safetensors")
    expectClose(try file.tensor(name), try file.tensor("\(name).float32"), .absolute(0), name)
  }

  @Test func integersAreExact() throws {
    let file = try Goldens.file("safetensors/types.safetensors")
    #expect(try file.integers("long") == [0, -1, .max, .min, 1 << 53 + 1, 123_456_789])
    #expect(try file.integers("int") == [1 << 31 - 1, -1 << 31, 7])
    #expect(try file.integers("byte") == [0, 127, 128, 255])
    #expect(try file.integers("flag") == [1, 0, 1])
    #expect(throws: UserError.self) { try file.integers("single") }
  }

  @Test func theHeaderTellsWithoutLoading() throws {
    let file = try Goldens.file("safetensors/types.safetensors")
    #expect(file["long"]?.type == .int64)
    #expect(file["long"]?.shape == [3, 2])
    #expect(file["half"]?.shape == [2, 11])
    #expect(file["nothing"] == nil)
    #expect(file.names.count == 22)
    #expect(file.metadata["script"] == "make_safetensors.py")
  }

  @Test func missingAndMisshapenTensorsAreNamed() throws {
    let file = try Goldens.file("safetensors/types.safetensors")
    let missing = try #require(throws: UserError.self) { try file.tensor("weight") }
    #expect(missing.sentence.hasSuffix("types.safetensors has no tensor 'weight'") && missing.code == .data)
    let misshapen = try #require(throws: UserError.self) { try file.tensor("half", shape: [11, 2]) }
    #expect(misshapen.sentence.hasSuffix("tensor 'half' has the shape [2, 11], not [11, 2]"))
    #expect(try file.tensor("half", shape: [2, 11]).shape == [2, 11])
  }

  /// Byte for byte what the reference implementation writes for the same tensors.
  @Test func writingEqualsTheReference() throws {
    let weight = Tensor((0..<12).map { (Float($0) - 5.5) / 7 }, shape: [3, 4])
    try withTemporaryFolder { folder in
      let path = folder + "/written.safetensors"
      try SafetensorsFile.write(
        [
          ("weight", .float32(weight)), ("bias", .float32(Tensor([0.5, -1.25, 3]))),
          ("scale", .float16(Tensor([1, 0.333251953125, 65504]))), ("b \"1\"\\\t", .float32(Tensor(4))),
          ("steps", .int64([1, -2, 3, 1 << 40], shape: [2, 2])),
        ], to: path, metadata: ["format": "pt"])
      #expect(try bytes(ofFile: path) == bytes(ofFile: Goldens.path("safetensors/written.safetensors")))
      #expect(try names(inFolder: folder) == ["written.safetensors"])
    }
  }

  @Test func readingAgainGivesTheSame() throws {
    var random = RandomSource(seed: 4)
    let tensors = [("a", random.normal([3, 5, 7])), ("empty", Tensor.zeros([0, 2])), ("z", random.normal([]))]
    try withTemporaryFolder { folder in
      let path = folder + "/t.safetensors"
      try SafetensorsFile.write(tensors, to: path, metadata: ["key \"1\"": "línea\n\u{1}\u{1F600}"])
      let file = try SafetensorsFile(contentsOf: path)
      for (name, tensor) in tensors { #expect(try file.tensor(name) == tensor) }
      #expect(file.metadata == ["key \"1\"": "línea\n\u{1}\u{1F600}"])
      // Half precision: 11 significant bits, 24 binary places.
      try SafetensorsFile.write(tensors, to: path, as: .float16)
      let half = try SafetensorsFile(contentsOf: path)
      #expect(half["a"]?.type == .float16)
      for (name, tensor) in tensors { expectClose(try half.tensor(name), tensor, .scaled(0x1p-11), name) }
      // What was mapped before is the old file still.
      #expect(try file.tensor("a") == tensors[0].1)
    }
  }

  @Test func halfPrecisionRoundsToEven() throws {
    let cases: [(Float, Float)] = [
      (1 + 0x1p-11, 1), (1 + 0x3p-11, 1 + 0x1p-9), (1 + 0x1.8p-11, 1 + 0x1p-10), (0x1p-25, 0), (0x1.8p-25, 0x1p-24),
      (0x3p-25, 0x1p-23), (-65519.9, -65504), (0x1.ff8p-15, 0x1.ff8p-15), (0x1.fffp-15, 0x1p-14),
      (.infinity, .infinity),
    ]
    try withTemporaryFolder { folder in
      let path = folder + "/t.safetensors"
      try SafetensorsFile.write([("x", Tensor(cases.map(\.0)))], to: path, as: .float16)
      #expect(try SafetensorsFile(contentsOf: path).tensor("x") == Tensor(cases.map(\.1)))
      try SafetensorsFile.write([("x", Tensor([.nan, -.nan]))], to: path, as: .float16)
      #expect(try SafetensorsFile(contentsOf: path).tensor("x").scalars.allSatisfy(\.isNaN))
    }
  }

  @Test func valuesTooLargeForHalfPrecisionAreRefused() throws {
    try withTemporaryFolder { folder in
      let error = try #require(throws: UserError.self) {
        try SafetensorsFile.write(
          [("fine", Tensor([1])), ("loud", Tensor([0, -65520]))], to: folder + "/t.safetensors", as: .float16)
      }
      #expect(error.code == .data && error.sentence.contains("tensor 'loud' has values beyond ±65504"))
      #expect(try names(inFolder: folder).isEmpty)
    }
  }
}
