import Drawing
import Gradients
import Models
import Tensors
import Training

/// A trained autoencoder, opened for a stage: pictures to latents and back.
struct PictureCodec {
  /// The autoencoder that latent diffusion uses here.
  static let name = "emoji-vae"

  let name: String
  let folder: ModelFolder
  let model: AutoencoderKL
  let hash: String

  init(_ home: Home, name: String = PictureCodec.name) throws(UserError) {
    self.name = name
    folder = ModelFolder(try home.model(name))
    model = try folder.autoencoder()
    hash = try folder.weightsHash()
    let side = EmojiPicture.side
    guard model.configuration.inChannels == 3, side % model.configuration.sizeFactor == 0 else {
      throw UserError("\(name) does not take pictures of 3×\(side)×\(side)", code: .config)
    }
  }

  /// The means of the latents of pictures [N, 3, 64, 64] in −1…1, unscaled, [N, 4, 16, 16].
  func encode(_ pictures: Tensor) -> Tensor { model.encode(Variable(pictures)).mean.value }

  /// Latents back to pictures, kept in −1…1.
  func decode(_ latents: Tensor) -> Tensor { model.decode(Variable(latents)).value.clamped(to: -1...1) }

  /// Pictures that went through the latents.
  func restore(_ pictures: Tensor) -> Tensor { decode(encode(pictures)) }

  /// Numbers of a picture over numbers of its latents.
  var ratio: Double {
    let c = model.configuration
    return Double(c.inChannels * c.sizeFactor * c.sizeFactor) / Double(c.latentChannels)
  }

  func provenance(seed: UInt64? = nil) -> Provenance {
    Provenance(command: "", seed: seed, model: name, modelHash: hash)
  }
}

/// PSNR of every picture of a batch in −1…1, in decibels; at most 99, which stands for equal.
func decibels(_ pictures: Tensor, _ originals: Tensor) -> [Double] {
  ImageMetrics.peakSignalToNoiseRatios(pictures, originals).map { min($0, 99) }
}

/// The mean of some numbers.
func average(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(max(numbers.count, 1)) }

/// What `restored` lacks, around middle grey, for showing: (x − x̂)/2 in −1…1.
func shownDifference(_ original: Tensor, _ restored: Tensor) -> Tensor { (original - restored) / 2 }
