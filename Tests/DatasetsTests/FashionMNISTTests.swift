import Datasets
import Foundation
import TestSupport
import Tensors
import Testing

/// The first three need Debian's package dataset-fashion-mnist and fail without it.
@Suite("Fashion-MNIST")
struct FashionMNISTTests {
  @Test(arguments: FashionMNIST.Part.allCases) func batchesEqualNumPys(_ part: FashionMNIST.Part) throws {
    let data = try FashionMNIST(part)
    let file = try Goldens.file("datasets/fashion_mnist.safetensors")
    let batch = data.batch(try file.integers("\(part.rawValue).indices"))
    expectClose(batch.images, try file.tensor("\(part.rawValue).images"), .absolute(1e-7))
    #expect(try batch.labels == file.integers("\(part.rawValue).labels"))
  }

  @Test(arguments: [(FashionMNIST.Part.train, 6000), (.test, 1000)])
  func everyClassIsThereEquallyOften(_ part: FashionMNIST.Part, _ expected: Int) throws {
    let data = try FashionMNIST(part)
    #expect(data.count == 10 * expected)
    for label in FashionMNIST.classNames.indices {
      #expect(data.labels.count { $0 == label } == expected, "class \(label)")
    }
  }

  @Test func tornAndAlteredFilesAreRefused() throws {
    let name = "t10k-labels-idx1-ubyte.gz"
    let source = FashionMNIST.defaultFolder
    let whole = try bytes(ofFile: "\(source)/\(name)")
    try withTemporaryFolder { folder in
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/t10k-images-idx3-ubyte.gz", withDestinationPath: "\(source)/t10k-images-idx3-ubyte.gz")
      var altered = whole
      altered[2000] ^= 0x10
      var checksum = whole
      checksum[whole.count - 6] ^= 1
      for content in [Array(whole[..<3000]), Array(whole.dropLast(4)), altered, checksum, []] {
        try FileOutput.write(content, to: "\(folder)/\(name)")
        let error = try #require(throws: UserError.self) { try FashionMNIST(.test, folder: folder) }
        #expect(error.code == .data)
        #expect(error.sentence.hasPrefix("\(folder)/\(name) is damaged: "), "\(error.sentence)")
      }
    }
  }

  @Test func aMissingPackageIsNamed() throws {
    try withTemporaryFolder { folder in
      let error = try #require(throws: UserError.self) { try FashionMNIST(.train, folder: folder) }
      #expect(error.code == .unavailable)
      #expect(error.sentence.contains("apt-get install dataset-fashion-mnist"))
      #expect(error.sentence.contains("\(folder)/train-images-idx3-ubyte.gz"))
    }
  }

  static func idx(_ magic: [UInt8], _ extents: [UInt32], _ count: Int, _ value: UInt8 = 0) -> [UInt8] {
    magic + extents.flatMap { withUnsafeBytes(of: $0.bigEndian, Array.init) } + [UInt8](repeating: value, count: count)
  }
  static let pictures = idx([0, 0, 8, 3], [2, 28, 28], 2 * 784, 255)
  static let classes = idx([0, 0, 8, 1], [2], 2, 3)

  func read(_ images: [UInt8], _ labels: [UInt8]) throws -> FashionMNIST {
    try withTemporaryFolder { folder in
      try FileOutput.write(images, to: "\(folder)/t10k-images-idx3-ubyte.gz")
      try FileOutput.write(labels, to: "\(folder)/t10k-labels-idx1-ubyte.gz")
      return try FashionMNIST(.test, folder: folder)
    }
  }

  @Test func unpackedFilesAreReadAndPadded() throws {
    let data = try read(Self.pictures, Self.classes)
    #expect(data.labels == [3, 3])
    #expect(data.storedPixels(1) == [UInt8](repeating: 255, count: 784))
    let image = data.batch([1]).images
    for y in 0..<32 {
      for x in 0..<32 {
        let isInside = (2..<30).contains(x) && (2..<30).contains(y)
        #expect(image[0, 0, y, x] == (isInside ? 1 : -1))
      }
    }
  }

  struct Damage: CustomTestStringConvertible, Sendable {
    let images: [UInt8]
    let labels: [UInt8]
    let says: String
    var testDescription: String { says }
  }

  @Test(arguments: [
    Damage(
      images: idx([0, 0, 8, 1], [2], 1568), labels: classes, says: "does not begin as IDX bytes of rank 3"),
    Damage(
      images: idx([0, 0, 13, 3], [2, 28, 28], 1568), labels: classes, says: "does not begin as IDX bytes of rank 3"),
    Damage(images: idx([0, 0, 8, 3], [2, 28, 27], 1512), labels: classes, says: "its pictures are 27×28, not 28×28"),
    Damage(images: idx([0, 0, 8, 3], [2, 28, 28], 9), labels: classes, says: "9 elements, but the shape [2, 28, 28]"),
    Damage(images: idx([0, 0, 8, 3], [.max, .max, .max], 784), labels: classes, says: "784 elements, but the shape"),
    Damage(images: pictures, labels: idx([0, 0, 8, 1], [3], 3), says: "it has 3 labels for 2 pictures"),
    Damage(images: pictures, labels: idx([0, 0, 8, 1], [2], 2, 10), says: "label 0 is 10, outside 0…9"),
  ])
  func damagedFilesEndInOneSentence(_ damage: Damage) throws {
    let error = try #require(throws: UserError.self) { try read(damage.images, damage.labels) }
    #expect(error.code == .data)
    #expect(error.sentence.contains(damage.says), "\(error.sentence)")
  }
}
