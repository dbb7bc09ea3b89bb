import Glibc
import Tensors

/// Pictures and what they show.
public struct LabelledImages: Sendable {
  /// [N, 1, 32, 32] in [−1, 1].
  public let images: Tensor
  /// The class of each picture.
  public let labels: [Int]

  public init(images: Tensor, labels: [Int]) {
    precondition(images.shape[0] == labels.count, "\(labels.count) labels for \(images.shape)")
    self.images = images
    self.labels = labels
  }
}

/// Fashion-MNIST: grey pictures of 28 × 28 pixels from ten classes of clothing, 60,000 to train on and 10,000 to test.
///
/// Source: Xiao, Rasul and Vollgraf 2017, arXiv 1708.07747; read from the files of the Debian package
/// dataset-fashion-mnist.
public struct FashionMNIST: Dataset {
  public enum Part: String, CaseIterable, Sendable {
    case train
    case test

    fileprivate var prefix: String { self == .train ? "train" : "t10k" }
  }

  /// The name of each class, by label.
  public static let classNames = [
    "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
  ]
  /// Width and height as stored.
  public static let storedSide = 28
  /// Width and height of a batch's pictures: two background pixels are added on every side, so that halving goes on to 4.
  public static let side = 32

  private static let storedBytes = storedSide * storedSide

  /// The pictures one after the other, rows from the top, 0 the background.
  private let pixels: [UInt8]
  /// The class of each picture, 0…9.
  public let labels: [Int]

  /// The folder that is read: the variable DIFFUSE_FASHION_MNIST, or where Debian's package puts the files.
  public static var defaultFolder: String {
    guard let variable = getenv("DIFFUSE_FASHION_MNIST"), variable.pointee != 0 else {
      return "/usr/share/datasets/fashion-mnist"
    }
    return String(cString: variable)
  }

  /// Reads one part of the data set.
  ///
  /// Throws with code `unavailable`, naming the package, when the files are missing, `data` when they are damaged.
  public init(_ part: Part, folder: String = FashionMNIST.defaultFolder) throws(UserError) {
    let images = try IDXFile(Self.installed("\(part.prefix)-images-idx3-ubyte.gz", in: folder), rank: 3)
    let classes = try IDXFile(Self.installed("\(part.prefix)-labels-idx1-ubyte.gz", in: folder), rank: 1)
    guard images.shape[1...] == [Self.storedSide, Self.storedSide] else {
      throw images.damaged("its pictures are \(images.shape[2])×\(images.shape[1]), not 28×28")
    }
    guard images.shape[0] == classes.shape[0] else {
      throw classes.damaged("it has \(classes.shape[0]) labels for \(images.shape[0]) pictures")
    }
    labels = classes.elements.map(Int.init)
    if let index = labels.firstIndex(where: { $0 >= Self.classNames.count }) {
      throw classes.damaged("label \(index) is \(labels[index]), outside 0…\(Self.classNames.count - 1)")
    }
    pixels = Array(images.elements)
  }

  private static func installed(_ name: String, in folder: String) throws(UserError) -> String {
    let path = "\(folder)/\(name)"
    guard access(path, F_OK) == 0 else {
      throw UserError(
        "Fashion-MNIST is not installed (\(path) is missing): run `apt-get install dataset-fashion-mnist`, or name the "
          + "folder of its files with DIFFUSE_FASHION_MNIST", code: .unavailable)
    }
    return path
  }

  public var count: Int { labels.count }

  /// The stored pixels of one picture, 784 values 0…255 from the top left.
  public func storedPixels(_ index: Int) -> [UInt8] {
    precondition(labels.indices.contains(index), "picture \(index) of \(count)")
    return Array(pixels[(index * Self.storedBytes)..<((index + 1) * Self.storedBytes)])
  }

  /// Pictures padded with background to [N, 1, 32, 32] and scaled from 0…255 to [−1, 1], with their classes.
  public func batch(_ indices: [Int]) -> LabelledImages {
    precondition(indices.allSatisfy(labels.indices.contains), "indices \(indices) of \(count) pictures")
    let (side, stored) = (Self.side, Self.storedSide)
    let margin = (side - stored) / 2
    let levels = (0...255).map { Float($0) / 127.5 - 1 }
    let images = Tensor(unsafeUninitialized: [indices.count, 1, side, side]) { out in
      out.update(repeating: levels[0])
      for (n, index) in indices.enumerated() {
        for y in 0..<stored {
          let to = (n * side + margin + y) * side + margin
          let from = index * Self.storedBytes + y * stored
          for x in 0..<stored { out[to + x] = levels[Int(pixels[from + x])] }
        }
      }
    }
    return LabelledImages(images: images, labels: indices.map { labels[$0] })
  }
}

/// An array of bytes in the IDX format: 0, 0, type 8, rank, then each extent in four bytes, big-endian, then the elements.
private struct IDXFile {
  let path: String
  let shape: [Int]
  let elements: ArraySlice<UInt8>

  /// No data set of this format that is read here is larger.
  private static let limit = 200_000_000

  init(_ path: String, rank: Int) throws(UserError) {
    self.path = path
    let bytes = try contents(ofGzipFile: path, limit: Self.limit)
    let start = 4 + 4 * rank
    guard bytes.count >= start, bytes[..<4] == [0, 0, 8, UInt8(rank)] else {
      throw UserError("\(path) is damaged: it does not begin as IDX bytes of rank \(rank)", code: .data)
    }
    let extents = (0..<rank).map { dimension in
      bytes[(4 + 4 * dimension)..<(8 + 4 * dimension)].reduce(0) { $0 << 8 | Int($1) }
    }
    // Each extent is below 2³², but three of them can overflow.
    let expected = extents.reduce(1.0) { $0 * Double($1) }
    guard expected == Double(bytes.count - start) else {
      throw UserError(
        "\(path) is damaged: it has \(bytes.count - start) elements, but the shape \(extents)", code: .data)
    }
    shape = extents
    elements = bytes[start...]
  }

  func damaged(_ what: String) -> UserError { UserError("\(path) is damaged: \(what)", code: .data) }
}
