import TestSupport
import Tensors
import Testing

@Suite("NPY")
struct NumPyTests {
  func golden(_ name: String) throws -> NumPyFile {
    try NumPyFile(contentsOf: Goldens.path("safetensors/\(name).npy"))
  }

  @Test func everyTypeIsRead() throws {
    #expect(try golden("f4").tensor() == Tensor([1.5, -2.25, 0.1, 4, 5, 6], shape: [2, 3]))
    #expect(try golden("f8").tensor() == Tensor([0.1, 1 / 3]))
    #expect(try golden("f2").tensor() == Tensor([0.5, 65504], shape: [1, 2, 1]))
    #expect(try golden("u1").tensor() == Tensor([0, 200, 255]))
    #expect(try golden("u1").integers() == [0, 200, 255])
    #expect(try golden("i8").integers() == [1, -2, 1 << 62, 4])
    #expect(try golden("i8").shape == [2, 2])
    #expect(try golden("scalar").tensor() == Tensor(3.5))
    #expect(try golden("empty").tensor() == Tensor.zeros([0, 4]))
    #expect(throws: UserError.self) { try golden("f4").integers() }
  }

  /// Byte for byte what NumPy writes.
  @Test func writingEqualsNumPy() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.npy"
      for (name, tensor) in [
        ("f4", Tensor([1.5, -2.25, 0.1, 4, 5, 6], shape: [2, 3])), ("scalar", Tensor(3.5)), ("empty", .zeros([0, 4])),
      ] {
        try NumPyFile.write(tensor, to: path)
        #expect(try bytes(ofFile: path) == bytes(ofFile: Goldens.path("safetensors/\(name).npy")), "\(name)")
      }
      try NumPyFile.write(integers: [1, -2, 1 << 62, 4], shape: [2, 2], to: path)
      #expect(try bytes(ofFile: path) == bytes(ofFile: Goldens.path("safetensors/i8.npy")))
      try NumPyFile.write(Tensor([7, 8]), to: path)
      #expect(try NumPyFile(contentsOf: path).tensor() == Tensor([7, 8]))
    }
  }

  @Test(arguments: [("fortran", "in Fortran order"), ("complex", "its type '<c8' is none of")])
  func otherArraysAreRefused(_ name: String, _ says: String) throws {
    let error = try #require(throws: UserError.self) { try golden(name) }
    #expect(error.code == .data && error.sentence.contains(says), "\(error.sentence)")
  }

  @Test(arguments: [
    ("", "its header lacks '{'"),
    ("{", "its header lacks"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "it has 0 bytes of data"),
    ("{'descr': '<f4', 'fortran_order': False}", "is not { 'descr', 'fortran_order', 'shape' }"),
    ("{'descr': '<f4', 'descr': '<f4'}", "the key 'descr' too much"),
    ("{'descr': '<f4', 'x': 1}", "the key 'x' too much"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "is no tuple"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "is no tuple"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "is too large"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (0,)} x", "is not {"),
    ("{'descr': '<f4', 'fortran_order': None, 'shape': (0,)}", "lacks 'False'"),
    ("{'descr", "does not end"),
  ])
  func hostileHeadersEndInOneSentence(_ header: String, _ says: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.npy"
      let length = UInt16(header.utf8.count)
      let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
      // Padded to the shortest possible file.
      let text = Array(header.utf8)
      try FileOutput.write(start + text + (text.count < 2 ? [0, 0] : []), to: path)
      let error = try #require(throws: UserError.self) { try NumPyFile(contentsOf: path) }
      #expect(error.code == .data)
      #expect(error.sentence.hasPrefix("\(path) is not a readable NPY file: "))
      #expect(error.sentence.contains(says), "\(error.sentence)")
    }
  }

  @Test func tornAndAlteredFilesAreSurvived() throws {
    let whole = try bytes(ofFile: Goldens.path("safetensors/f4.npy"))
    var random = RandomSource(seed: 98)
    try withTemporaryFolder { folder in
      let path = folder + "/torn.npy"
      for cut in 0..<whole.count {
        try FileOutput.write(Array(whole[..<cut]), to: path)
        #expect(throws: UserError.self) { try NumPyFile(contentsOf: path) }
      }
      var refused = 0
      for at in random.integers(below: 128, count: 200) {
        var altered = whole
        altered[at] = UInt8(random.integers(below: 256, count: 1)[0])
        try FileOutput.write(altered, to: path)
        do throws(UserError) {
          let file = try NumPyFile(contentsOf: path)
          #expect(file.tensor().shape == file.shape)
        } catch {
          #expect(error.code == .data)
          refused += 1
        }
      }
      #expect(refused > 50)
    }
  }
}
