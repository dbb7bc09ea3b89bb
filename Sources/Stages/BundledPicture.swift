import Drawing
import Models
import Tensors

/// The pictures that a stage's `image` parameter can name: garments and scenes of emoji.
extension Home {
  /// The file of a bundled picture: a garment ("sneaker") or a scene of emoji ("red-heart-left-of-pizza").
  ///
  /// - Throws: a sentence with the nearest names when there is none.
  public func picture(_ name: String) throws(UserError) -> String {
    if garmentNames.contains(name) { return try garment(name) }
    let emoji = try EmojiSample.all(self)
    if let sample = emoji.first(where: { $0.name == name }) { return "\(emojiSamples)/\(sample.file)" }
    throw .unknown("bundled picture", name, among: garmentNames + emoji.map(\.name), code: .noInput)
  }
}

/// A picture as the emoji models see it: 64×64 pixels in colour.
public struct EmojiPicture: Sendable {
  /// [1, 3, side, side] in −1…1.
  public let tensor: Tensor
  /// What was done to the file, in one line.
  public let story: String
  /// The caption of a bundled scene; nil for any other picture.
  public let caption: String?

  public static let side = 64

  /// The picture of a context: the bundled one its `image` parameter names, or the reader's own.
  ///
  /// A picture of another size is cut to its centred square and resized.
  public init(_ context: StageContext) throws(UserError) {
    guard let path = context.imageFile else { preconditionFailure("a stage without a picture asks for one") }
    try self.init(path: path, home: context.home)
  }

  /// - Parameters:
  ///   - path: PNG or JPEG.
  ///   - side: height and width the model wants.
  public init(path: String, home: Home, side: Int = EmojiPicture.side) throws(UserError) {
    let file = try ImageFile.read(path)
    let (height, width) = (file.shape[1], file.shape[2])
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let fits = (height, width) == (side, side)
    let picture = fits ? file : file.resizedAndCentreCropped(to: side)
    tensor = picture.affine(scale: 2, shift: -1).reshaped([1, 3, side, side])
    story =
      "\(name), \(width)×\(height)"
      + (fits ? "" : ", cut to the centred square and resized to \(side)×\(side)")
    let isBundled = path.hasPrefix(home.emojiSamples + "/")
    caption = isBundled ? try EmojiSample.all(home).first { $0.file == name }?.caption : nil
  }

  /// What it shows, for titles and captions: “red heart left of pizza”, or "the picture".
  public var noun: String { caption.map { "“\($0)”" } ?? "the picture" }
}

extension EmojiSample {
  /// All bundled scenes as one batch, [16, 3, 64, 64] in −1…1.
  public static func batch(_ home: Home) throws(UserError) -> (samples: [EmojiSample], pictures: Tensor) {
    let samples = try all(home)
    guard !samples.isEmpty else { throw UserError("\(home.emojiSamples)/captions.json lists no scenes", code: .data) }
    var pictures: [Tensor] = []
    for sample in samples { pictures.append(try sample.picture(home)) }
    return (samples, Tensor.stacked(pictures))
  }
}
