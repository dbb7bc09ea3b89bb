import Drawing
import Gradients
import Models
import Tensors
import Training

/// The three autoencoders that were trained alike but for the loss, and the eye that judges them.
struct ComparedCodecs {
  /// Their folders, and what each loss consists of.
  static let all: [(name: String, label: String, loss: String)] = [
    ("emoji-vae-l2", "L2", "L2"), ("emoji-vae-perceptual", "+ perceptual", "L1 + perceptual"),
    ("emoji-vae-adversarial", "+ adversarial", "L1 + perceptual + adversarial"),
  ]
  static let names = all.map(\.name)
  static let labels = all.map(\.label)

  /// Everything a stage that opens them reads.
  static let models = names + [ContrastiveModel.name]

  let codecs: [PictureCodec]
  let eye: PerceptualEye

  init(_ home: Home) throws(UserError) {
    var codecs: [PictureCodec] = []
    for name in Self.names {
      _ = try Self.folder(name, home)
      codecs.append(try PictureCodec(home, name: name))
    }
    self.codecs = codecs
    eye = try PerceptualEye(home)
  }

  /// A compared model's folder; without it there is nothing to compare, which is no mistake of the reader.
  static func folder(_ name: String, _ home: Home) throws(UserError) -> String {
    do throws(UserError) { return try home.model(name) } catch {
      throw UserError(error.sentence, code: .unavailable)
    }
  }

  /// The series' colour, the same in all figures.
  static func color(_ index: Int) -> ColorRole { .palette([1, 0, 2][index]) }

  /// Three models have run; the first stands for them.
  var provenance: Provenance {
    Provenance(command: "", model: Self.names.joined(separator: ", "), modelHash: nil)
  }
}

/// Perceptual distance: how differently a trained network sees two pictures.
struct PerceptualEye {
  let tower: CLIPImageTower

  init(_ home: Home) throws(UserError) {
    tower = try ModelFolder(try home.model(ContrastiveModel.name)).emojiCLIP().imageTower
  }

  /// Of every pair of two batches [N, 3, 64, 64] in −1…1, the distance of their features summed over all levels.
  func distances(_ pictures: Tensor, _ others: Tensor) -> [Double] {
    (0..<pictures.shape[0]).map { n in
      Double(
        tower.perceptualLoss(Variable(pictures.sliced(n..<(n + 1))), Variable(others.sliced(n..<(n + 1)))).value.scalar)
    }
  }
}
