import TestSupport
import Tensors
import Testing

/// Files that are no safetensors files end in one sentence, whatever is wrong with them.
@Suite("Hostile safetensors")
struct HostileSafetensorsTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let bytes: [UInt8]
    let says: String
    var testDescription: String { says }

    /// A file with the header `json`, its true length unless another is given, and `data` bytes after it.
    init(_ json: String, length: UInt64? = nil, data: Int = 0, _ says: String) {
      self.init(Array(json.utf8), length: length, data: data, says)
    }

    init(_ json: [UInt8], length: UInt64? = nil, data: Int = 0, _ says: String) {
      let length = length ?? UInt64(json.count)
      bytes = withUnsafeBytes(of: length.littleEndian, Array.init) + json + [UInt8](repeating: 0, count: data)
      self.says = says
    }

    init(raw bytes: [UInt8], _ says: String) {
      self.bytes = bytes
      self.says = says
    }
  }

  static func one(_ dtype: String, _ shape: String, _ offsets: String) -> String {
    "{\"x\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}}"
  }
  static func two(_ first: String, _ second: String) -> String {
    "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":\(first)},"
      + "\"y\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":\(second)}}"
  }

  static let cases: [Case] = [
    Case(raw: [], "it has 0 bytes"),
    Case(raw: [2, 0, 0, 0, 0, 0, 0], "it has 7 bytes"),
    Case("{}", length: 3, "length 3 runs past the end, 2 bytes are left"),
    Case("{}", length: .max, "length 18446744073709551615 is over the limit"),
    Case("{}", length: 100_000_001, "length 100000001 is over the limit"),
    Case("", "does not begin with '{'"),
    Case(" {}", "does not begin with '{'"),
    Case("[]", "does not begin with '{'"),
    Case("{", "a string is missing at byte 1"),
    Case("{}x", "something follows the end at byte 2"),
    Case("{\"x\" 1}", "':' is missing"),
    Case("{\"x\":{}", "has no dtype"),
    Case("{\"x\":{\"dtype\":\"F32\"}}", "has no shape"),
    Case("{\"x\":{\"dtype\":\"F32\",\"shape\":[]}}", "has no pair of data_offsets"),
    Case("{\"x\":3}", "'{' is missing"),
    Case("{\"x\":{\"other\":\(String(repeating: "[", count: 100_000))", "more than 64 nested values"),
    Case("{\"x\":{\"other\":-}}", "a value is missing"),
    Case("{\"x\":{\"other\":nul}}", "a value is missing"),
    Case("{\"__metadata__\":{\"a\":1}}", "a string is missing"),
    Case("{\"__metadata__\":{\"a\":\"b\",\"a\":\"c\"}}", "the key 'a' is there twice"),
    Case("{\"\\ud800\":1}", "half a surrogate pair"),
    Case("{\"\\u12\":1}", "four hexadecimal digits are missing"),
    Case("{\"\\x\":1}", "an unknown escape"),
    Case("{\"\u{1}\":1}", "holds a control character"),
    Case([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x7D], "a string is not UTF-8"),
    Case("{\"x", "a string does not end"),
    Case(one("F8_E4M3", "[1]", "[0,1]"), data: 1, "the dtype 'F8_E4M3', which is none of F64, F32"),
    Case(one("f32", "[1]", "[0,4]"), data: 4, "the dtype 'f32'"),
    Case(one("F32", "[2]", "[0,4]"), data: 4, "has 4 bytes, but shape [2] of F32 needs 8"),
    Case(one("F32", "[2]", "[0,8]"), data: 4, "data_offsets [0, 8], outside 0…4"),
    Case(one("F32", "[1]", "[4,0]"), data: 4, "data_offsets [4, 0]"),
    Case(one("F32", "[1]", "[-4,0]"), data: 4, "data_offsets [-4, 0]"),
    Case(one("F32", "[1]", "[0]"), data: 4, "no pair of data_offsets"),
    Case(one("F32", "[1]", "[0,4,8]"), data: 4, "more than 2 integers"),
    Case(one("F32", "[-1]", "[0,4]"), data: 4, "the negative extent -1"),
    Case(one("F32", "[-1,-1]", "[0,4]"), data: 4, "the negative extent -1"),
    Case(one("F32", "[1.0]", "[0,4]"), data: 4, "an integer is missing"),
    Case(one("F32", "[01]", "[0,4]"), data: 4, "an integer is missing"),
    Case(one("F32", "[9223372036854775808]", "[0,4]"), data: 4, "an integer is missing"),
    Case(one("F32", "[4294967296,4294967296]", "[0,0]"), "which is too large"),
    Case(one("F32", "[4611686018427387904]", "[0,0]"), "which is too large"),
    Case(one("F32", "[0,4611686018427387904,4611686018427387904]", "[0,0]"), "which is too large"),
    Case(one("F32", "[\(String(repeating: "1,", count: 40))1]", "[0,4]"), data: 4, "more than 32 integers"),
    Case(two("[0,8]", "[4,12]"), data: 12, "tensor 'y' at 4 overlaps the one that ends at 8"),
    Case(two("[0,8]", "[0,8]"), data: 8, "at 0 overlaps the one that ends at 8"),
    Case(two("[0,8]", "[12,20]"), data: 20, "tensor 'y' at 12 leaves a gap after 8"),
    Case(two("[4,12]", "[12,20]"), data: 20, "tensor 'x' at 4 leaves a gap after 0"),
    Case(two("[0,8]", "[8,16]"), data: 17, "the tensors end at 16, but there are 17 bytes of data"),
    Case("{}", data: 1, "the tensors end at 0, but there are 1 bytes of data"),
    Case("{\"x\":{},\"x\":{}}", "has no dtype"),
    Case(one("F32", "[1]", "[0,4]").replacingLast("}", with: ",\"x\":{}}"), data: 4, "the key 'x' is there twice"),
    Case("{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", "the key 'dtype' is there twice"),
  ]

  @Test(arguments: cases) func endsInOneSentence(_ hostile: Case) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/hostile.safetensors"
      try FileOutput.write(hostile.bytes, to: path)
      let error = try #require(throws: UserError.self) { try SafetensorsFile(contentsOf: path) }
      #expect(error.code == .data)
      #expect(error.sentence.hasPrefix("\(path) is not a valid safetensors file: "))
      #expect(error.sentence.contains(hostile.says), "\(error.sentence)")
      #expect(!error.sentence.contains("\n"))
    }
  }

  @Test func oddButValidFilesAreRead() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/odd.safetensors"
      let header =
        "{ \"x\" : {\"other\":[1.5e-3,{\"a\":[true,false,null,\"\\ud83d\\ude00\"]}],\"dtype\":\"I32\",\n"
        + "\"shape\":[ 2 ],\"data_offsets\":[0,8]}, \"e\":{\"dtype\":\"F32\",\"shape\":[3,0],\"data_offsets\":[8,8]}} "
      try FileOutput.write(Case(header, data: 8, "").bytes, to: path)
      let file = try SafetensorsFile(contentsOf: path)
      #expect(try file.integers("x") == [0, 0])
      #expect(try file.tensor("e").shape == [3, 0])
    }
  }

  @Test func namesCannotForgeTheTerminal() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/hostile.safetensors"
      let name = "\\u001b[2J\\n" + String(repeating: "n", count: 500)
      try FileOutput.write(Case("{\"\(name)\":{}}", "").bytes, to: path)
      let error = try #require(throws: UserError.self) { try SafetensorsFile(contentsOf: path) }
      #expect(!error.sentence.unicodeScalars.contains { $0.value < 0x20 })
      #expect(error.sentence.count < path.count + 200)
    }
  }

  @Test func whatIsNoFileIsRefused() throws {
    try withTemporaryFolder { folder in
      let missing = try #require(throws: UserError.self) { try SafetensorsFile(contentsOf: folder + "/none") }
      #expect(missing == UserError("\(folder)/none cannot be read: No such file or directory", code: .noInput))
      let directory = try #require(throws: UserError.self) { try SafetensorsFile(contentsOf: folder) }
      #expect(directory == UserError("\(folder) cannot be read: it is a folder", code: .noInput))
      let device = try #require(throws: UserError.self) { try SafetensorsFile(contentsOf: "/dev/zero") }
      #expect(device.code == .noInput)
    }
  }

  /// Cut anywhere, or with any bytes changed, a file is refused or read, but never crashes the program.
  @Test(arguments: ["types", "written"]) func tornAndAlteredFilesAreSurvived(_ name: String) throws {
    let whole = try bytes(ofFile: Goldens.path("safetensors/\(name).safetensors"))
    var random = RandomSource(seed: 99)
    try withTemporaryFolder { folder in
      let path = folder + "/torn.safetensors"
      for cut in random.integers(below: whole.count, count: 150) {
        try FileOutput.write(Array(whole[..<cut]), to: path)
        let error = try #require(throws: UserError.self) { try SafetensorsFile(contentsOf: path) }
        #expect(error.code == .data)
      }
      var refused = 0
      for _ in 0..<400 {
        var altered = whole
        for _ in 0..<(1 + random.integers(below: 3, count: 1)[0]) {
          altered[random.integers(below: whole.count, count: 1)[0]] = UInt8(random.integers(below: 256, count: 1)[0])
        }
        try FileOutput.write(altered, to: path)
        do throws(UserError) {
          let file = try SafetensorsFile(contentsOf: path)
          #expect(file.tensors().count == file.entries.count)
        } catch {
          #expect(error.code == .data)
          refused += 1
        }
      }
      #expect(refused > 100)
    }
  }
}

extension String {
  fileprivate func replacingLast(_ character: Character, with text: String) -> String {
    guard let index = lastIndex(of: character) else { return self }
    return self[..<index] + text
  }
}
