import Datasets
import Drawing
import Foundation
import Tensors

/// A picture of a garment as `fashion-ddpm` sees it: 28×28 grey pixels padded to 32×32, −1 the black background.
struct GarmentPicture {
  /// x₀, [1, 1, 32, 32], in −1…1.
  let tensor: Tensor
  /// Label of the class, 0…9; nil when it is not known.
  let label: Int?
  /// What was done to the file, in one line.
  let story: String

  /// The class in words, or "no class".
  var className: String { label.map { FashionMNIST.classNames[$0] } ?? "no class" }

  /// The choices of a stage's `garment` parameter: from the picture's name, one of the ten classes, or none.
  static let classChoices = ["auto"] + FashionMNIST.classNames.map { $0.replacing(" ", with: "-") } + ["none"]

  /// The declaration of that parameter.
  static let classParameter = StageParameter.choice(
    "garment", classChoices, default: "auto",
    help: "class the network is told; auto takes it from a bundled picture's name")

  /// Reads a picture.
  ///
  /// Fashion-MNIST shows light garments on black, centred, 28×28. A file of that size is taken as it is; any other is cut to
  /// its centred square, resized, and turned into its negative when its border is brighter than half.
  ///
  /// - Parameters:
  ///   - path: PNG or JPEG.
  ///   - choice: one of `classChoices`.
  ///   - isBundled: whether the file's name is that of its class.
  init(path: String, choice: String, isBundled: Bool) throws(UserError) {
    let stored = FashionMNIST.storedSide
    let file = try ImageFile.read(path, as: .grey)
    let (height, width) = (file.shape[1], file.shape[2])
    let name = (path as NSString).lastPathComponent
    var steps = ["\(name), \(width)×\(height)"]
    var small = file
    if (height, width) != (stored, stored) {
      small = file.resizedAndCentreCropped(to: stored)
      steps.append("cut to the centred square and resized to \(stored)×\(stored)")
    }
    if Self.borderMean(small) > 0.5 {
      small = small.affine(scale: -1, shift: 1)
      steps.append("inverted, since the network knows light garments on black")
    }
    steps.append("padded to \(FashionMNIST.side)×\(FashionMNIST.side)")
    tensor = Self.padded(small)
    story = steps.joined(separator: ", ")
    label = Self.label(choice, fileName: isBundled ? (name as NSString).deletingPathExtension : "")
  }

  /// The picture of a context: the bundled one its `image` parameter names, or the reader's own.
  init(_ context: StageContext) throws(UserError) {
    guard let path = context.imageFile else { preconditionFailure("a stage without a picture asks for one") }
    let bundled = "\(context.home.garments)/\(context.text("image")).png"
    try self.init(path: path, choice: context.text("garment"), isBundled: path == bundled)
  }

  private static func label(_ choice: String, fileName: String) -> Int? {
    let name = choice == "auto" ? fileName : choice
    return FashionMNIST.classNames.firstIndex { $0.replacing(" ", with: "-") == name }
  }

  /// The mean over the outermost pixels of [1, H, W].
  private static func borderMean(_ picture: Tensor) -> Float {
    let (height, width) = (picture.shape[1], picture.shape[2])
    let border = (0..<height).flatMap { y in
      (0..<width).filter { y == 0 || y == height - 1 || $0 == 0 || $0 == width - 1 }.map { picture[0, y, $0] }
    }
    return border.reduce(0, +) / Float(border.count)
  }

  /// [1, 28, 28] in 0…1 to [1, 1, 32, 32] in −1…1, with background around it.
  private static func padded(_ picture: Tensor) -> Tensor {
    let (side, stored) = (FashionMNIST.side, FashionMNIST.storedSide)
    let margin = (side - stored) / 2
    return Tensor(unsafeUninitialized: [1, 1, side, side]) { out in
      out.update(repeating: -1)
      for y in 0..<stored {
        for x in 0..<stored { out[(y + margin) * side + x + margin] = 2 * picture[0, y, x] - 1 }
      }
    }
  }
}
