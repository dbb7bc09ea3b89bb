import Drawing
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct ImageFileTests {
  private static let pictures = testFolder + "/Pictures"

  @Test(arguments: ["upright.jpg", "turned.jpg"])
  func photographStandsUpright(_ name: String) throws {
    let image = try ImageFile.read(Self.pictures + "/" + name)
    #expect(image.shape == [3, 8, 16])
    // The middles of the three fields; JPEG is not exact.
    for (y, x, color) in [(4, 3, [0, 200, 0]), (1, 12, [200, 0, 0]), (6, 12, [0, 0, 200])] as [(Int, Int, [Float])] {
      expectClose(Tensor((0..<3).map { image[$0, y, x] }), Tensor(color.map { $0 / 255 }), .absolute(0.06), name)
    }
  }

  @Test func writtenPictureIsReadBack() throws {
    try withTemporaryFolder { folder in
      let image = Tensor((0..<(3 * 5 * 7)).map { Float($0 * 2) / 255 }, shape: [3, 5, 7])
      try ImageFile.writePNG(image, to: folder + "/a.png")
      expectClose(try ImageFile.read(folder + "/a.png"), image, .absolute(1e-6))
      let grey = image.sliced(0..<1)
      try ImageFile.writePNG(grey, to: folder + "/a.png")
      expectClose(try ImageFile.read(folder + "/a.png", as: .grey), grey, .absolute(1e-6))
      #expect(try contents(of: folder) == ["a.png"])
    }
  }

  @Test func batchBecomesGridWithGaps() throws {
    try withTemporaryFolder { folder in
      let batch = Tensor((0..<3).flatMap { [Float](repeating: Float($0) / 4, count: 6) }, shape: [3, 1, 2, 3])
      try ImageFile.writePNG(grid: batch, columns: 2, gap: 1, to: folder + "/g.png")
      let grid = try ImageFile.read(folder + "/g.png", as: .grey)
      #expect(grid.shape == [1, 7, 9])
      #expect(grid[0, 1, 1] == 0 && grid[0, 2, 3] == 0)
      #expect(abs(grid[0, 1, 5] - 0.25) < 0.003 && abs(grid[0, 4, 1] - 0.5) < 0.003)
      #expect(grid[0, 0, 0] == 1 && grid[0, 3, 4] == 1 && grid[0, 5, 6] == 1, "gaps and empty places are background")
    }
  }

  /// Bytes of a PNG whose header claims a size; `pixels` are the compressed data, which need not fit it.
  private static func png(width: UInt32, height: UInt32, pixels: [UInt8] = []) -> [UInt8] {
    func bigEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }
    func checksum(_ bytes: [UInt8]) -> UInt32 {
      ~bytes.reduce(UInt32.max) { crc, byte in
        (0..<8).reduce(crc ^ UInt32(byte)) { c, _ in c & 1 == 1 ? c >> 1 ^ 0xedb8_8320 : c >> 1 }
      }
    }
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
      let body = Array(name.utf8) + content
      return bigEndian(UInt32(content.count)) + body + bigEndian(checksum(body))
    }
    let header = chunk("IHDR", bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, 0])
    return [137, 80, 78, 71, 13, 10, 26, 10] + header
      + (pixels.isEmpty ? [] : chunk("IDAT", pixels) + chunk("IEND", []))
  }

  @Test(
    arguments: [
      ("empty", [], "is empty (0 bytes)"), ("text", Array("no picture at all".utf8), "is not a PNG or JPEG"),
      ("gif", Array("GIF89a".utf8) + [1, 0, 1, 0, 128, 0, 0, 0, 0, 0, 255, 255, 255], "is a picture of type gif"),
      ("header only", png(width: 20_000, height: 5001), "its header is torn"),
      ("huge", png(width: 20_000, height: 5001, pixels: [120, 156]), "20000×5001 pixels; at most 100 million"),
      ("largest", png(width: .max >> 1, height: .max >> 1, pixels: [120, 156]), ""),
      ("garbage", png(width: 10, height: 10, pixels: [1, 2, 3, 4, 5, 6, 7, 8]), "cannot be decoded"),
    ] as [(String, [UInt8], String)])
  func wrongContentIsTold(_ name: String, _ bytes: [UInt8], _ reason: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/" + name
      try FileOutput.write(bytes, to: path)
      let error = #expect(throws: UserError.self) { try ImageFile.read(path) }
      #expect(error?.code == .data)
      #expect(
        error?.sentence.contains(path) == true && (reason.isEmpty || error?.sentence.contains(reason) == true),
        "\(String(describing: error))")
    }
  }

  @Test(arguments: [1, 2, 20, 200])
  func tornFilesAreRefused(_ missing: Int) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/torn"
      let jpeg = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.pictures + "/upright.jpg")))
      try FileOutput.write(Array(jpeg.dropLast(missing)), to: path)
      #expect(throws: UserError.self) { try ImageFile.read(path) }
      let png = try Raster(Tensor((0..<3072).map { Float($0 * 37 % 101) / 100 }, shape: [3, 32, 32]), .unit).png()
      // The last 12 bytes are the empty end chunk, without which the pixels are still whole.
      try FileOutput.write(Array(png.dropLast(missing + 12)), to: path)
      #expect(throws: UserError.self) { try ImageFile.read(path) }
    }
  }

  @Test func missingFilesAndFoldersAreTold() throws {
    try withTemporaryFolder { folder in
      for path in [folder, folder + "/none.png", "/dev/null"] {
        let error = #expect(throws: UserError.self) { try ImageFile.read(path) }
        #expect(error?.code == .noInput)
        #expect(error?.sentence.contains(path) == true)
      }
      let error = #expect(throws: UserError.self) {
        try ImageFile.writePNG(Tensor.zeros([1, 2, 2]), to: folder + "/none/a.png")
      }
      #expect(error?.code == .cannotCreate)
      let left = try contents(of: folder)
      #expect(left.isEmpty)
    }
  }
}

@Suite struct ResizingTests {
  @Test func shrinkingAveragesAreas() {
    let image = Tensor([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], shape: [1, 2, 6])
    expectClose(image.resized(toHeight: 1, width: 3), Tensor([3.5, 5.5, 7.5], shape: [1, 1, 3]), .absolute(1e-6))
    // 6 → 4: each new pixel covers 1.5 old ones.
    expectClose(
      image.sliced(0..<1, along: 1).resized(toHeight: 1, width: 4),
      Tensor([1 / 3, 5 / 3, 10 / 3, 14 / 3], shape: [1, 1, 4]), .absolute(1e-6))
  }

  @Test func enlargingBlendsNeighbours() {
    let image = Tensor([0, 1], shape: [1, 1, 2])
    expectClose(
      image.resized(toHeight: 1, width: 4), Tensor([0, 0.25, 0.75, 1], shape: [1, 1, 4]), .absolute(1e-6))
    expectClose(
      Tensor([2], shape: [1, 1, 1]).resized(toHeight: 2, width: 3), Tensor(repeating: 2, shape: [1, 2, 3]), .absolute(0)
    )
  }

  @Test func cutIsAroundTheMiddle() {
    let wide = Tensor((0..<10).map(Float.init), shape: [1, 1, 10])
    expectClose(
      Tensor.concatenated([wide, wide, wide, wide], along: 1).resizedAndCentreCropped(to: 4),
      Tensor.concatenated((0..<4).map { _ in Tensor([3, 4, 5, 6], shape: [1, 1, 4]) }, along: 1), .absolute(1e-6))
    #expect(Tensor.zeros([3, 37, 101]).resizedAndCentreCropped(to: 32).shape == [3, 32, 32])
    #expect(Tensor.zeros([1, 5, 3]).resizedAndCentreCropped(toHeight: 28, width: 20).shape == [1, 28, 20])
    #expect(Tensor.zeros([1, 1, 5000]).resizedAndCentreCropped(to: 32).shape == [1, 32, 32])
  }

  @Test func meanIsKeptByShrinking() {
    let image = Sample.wave(60, 84).reshaped([1, 60, 84])
    #expect(abs(image.resized(toHeight: 7, width: 11).mean - image.mean) < 1e-5)
  }
}
