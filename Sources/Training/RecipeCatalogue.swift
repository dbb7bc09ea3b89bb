import Models
import Tensors

/// All recipes there are; a new one is added here.
public enum RecipeCatalogue {
  public static let names =
    ["fashion-ddpm", "fashion-classifier", "emoji-classifier", "emoji-clip", "emoji-ldm"]
    + ([EmojiVAE.Variant.standard] + EmojiVAE.Variant.compared).map(\.name)

  /// The recipe of a name, its data set read.
  /// - Parameter home: where the trained models are that some recipes build on.
  /// - Throws: a sentence with the nearest names when there is none; how to install the data set when it is missing.
  public static func recipe(
    named name: String, home: () throws(UserError) -> Home
  ) throws(UserError) -> any Recipe {
    if let variant = ([EmojiVAE.Variant.standard] + EmojiVAE.Variant.compared).first(where: { $0.name == name }) {
      return try EmojiVAE(variant, eye: ModelFolder(home().model("emoji-clip")).emojiCLIP().imageTower)
    }
    switch name {
    case "fashion-ddpm": return try FashionDDPM()
    case "fashion-classifier": return try FashionClassifier()
    case "emoji-classifier": return try EmojiClassifier()
    case "emoji-clip": return try EmojiCLIPRecipe()
    case "emoji-ldm":
      let home = try home()
      return try EmojiLDM(
        clip: ModelFolder(home.model("emoji-clip")), autoencoder: ModelFolder(home.model("emoji-vae")))
    default: throw .unknown("model to train", name, among: names)
    }
  }
}
