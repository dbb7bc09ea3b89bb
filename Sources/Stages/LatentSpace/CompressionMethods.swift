import Drawing
import Foundation
import Tensors
import Training

/// A way to make fewer numbers of a picture, and a picture again.
struct CompressionMethod {
  /// Of one kind with others that differ in strength: "PCA of patches".
  let family: String
  /// "4 of 48".
  let setting: String
  /// Numbers of the picture over numbers kept.
  let ratio: Double
  /// Every scene [1, 3, 64, 64] in −1…1, restored.
  let restore: (Tensor, _ scene: Int) throws(UserError) -> Tensor
}

extension CompressionMethod {
  /// One number a pixel for three.
  static var grey: CompressionMethod {
    CompressionMethod(family: "grey", setting: "Y", ratio: 3) { picture, _ in
      let grey = Luma.grey(picture)
      return Tensor.concatenated([grey, grey, grey], along: 1)
    }
  }

  /// Smaller by `factor` in both directions and enlarged again.
  static func shrinking(_ factor: Int) -> CompressionMethod {
    CompressionMethod(
      family: "smaller picture", setting: "\(EmojiPicture.side / factor)×\(EmojiPicture.side / factor)",
      ratio: Double(factor * factor)
    ) { picture, _ in
      let (height, width) = (picture.shape[2], picture.shape[3])
      return picture[index: 0].resized(toHeight: height / factor, width: width / factor)
        .resized(toHeight: height, width: width).reshaped(picture.shape)
    }
  }

  /// The k×k slowest waves of every block of 8×8 pixels, as JPEG has them before it rounds.
  static func cosines(_ kept: Int) -> CompressionMethod {
    let basis = CosineTransform(8).matrix.sliced(0..<kept)
    let blocks = ImagePatches(side: 8)
    return CompressionMethod(
      family: "slow waves of 8×8 blocks", setting: "\(kept)×\(kept) of 8×8", ratio: 64 / Double(kept * kept)
    ) { picture, _ in
      let cut = blocks.cut(picture)
      let squares = cut.reshaped([cut.count / 64, 8, 8])
      // B X Bᵀ keeps the slowest waves of columns and rows; Bᵀ … B brings them back.
      let projection = basis.matmul(basis, transposeA: true)
      let restored = projection.matmul(squares.matmul(projection))
      return blocks.assemble(restored.reshaped(cut.shape), shape: picture.shape).clamped(to: -1...1)
    }
  }

  /// Principal components of patches, fitted to all scenes but the one that is restored.
  static func components(_ count: Int, codecs: [PatchCodec]) -> CompressionMethod {
    let width = codecs[0].width
    return CompressionMethod(
      family: "PCA of 4×4 patches", setting: "\(count) of \(width)", ratio: Double(width) / Double(count)
    ) { picture, scene in codecs[scene].restore(picture, count: count) }
  }

  /// The trained autoencoder.
  static func autoencoder(_ codec: PictureCodec) -> CompressionMethod {
    let c = codec.model.configuration
    let side = EmojiPicture.side / c.sizeFactor
    return CompressionMethod(
      family: "autoencoder", setting: "\(c.latentChannels)×\(side)×\(side)", ratio: codec.ratio
    ) { picture, _ in codec.restore(picture) }
  }
}

/// The discrete cosine transform of JPEG (DCT-II, orthonormal).
struct CosineTransform {
  /// Rows are waves, the slowest first: √(2/n) cₖ cos(π (2 i + 1) k/2n), c₀ = 1/√2, [n, n].
  let matrix: Tensor

  init(_ n: Int) {
    matrix = Tensor(
      (0..<(n * n)).map { index in
        let (k, i) = (index / n, index % n)
        let scale = (Double(k == 0 ? 1 : 2) / Double(n)).squareRoot()
        return Float(scale * cos(Double.pi * Double((2 * i + 1) * k) / Double(2 * n)))
      }, shape: [n, n])
  }
}
