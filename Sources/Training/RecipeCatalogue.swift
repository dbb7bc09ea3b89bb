import Models
import Tensors

/// All recipes there are; a new one is added here.
public enum RecipeCatalogue {
  public static let names =
    ["fashion-ddpm", "fashion-classifier", "emoji-classifier", "emoji-clip", "mixture"]
    + autoencoders.map(\.name) + EmojiDiffusion.Variant.all.map(\.name)

  private static let autoencoders = [EmojiVAE.Variant.standard] + EmojiVAE.Variant.compared

  /// The recipe of a name, its data set read.
  /// - Parameter home: where the trained models are that some recipes build on.
  /// - Throws: a sentence with the nearest names when there is none; how to install the data set when it is missing.
  public static func recipe(
    named name: String, home: () throws(UserError) -> Home
  ) throws(UserError) -> any Recipe {
    if let variant = autoencoders.first(where: { $0.name == name }) {
      return try EmojiVAE(variant, eye: ModelFolder(home().model("emoji-clip")).emojiCLIP().imageTower)
    }
    if let variant = EmojiDiffusion.Variant.all.first(where: { $0.name == name }) {
      let home = try home()
      return try EmojiDiffusion(
        variant, clip: ModelFolder(home.model("emoji-clip")),
        autoencoder: variant.space == .latents ? ModelFolder(home.model("emoji-vae")) : nil)
    }
    switch name {
    case "fashion-ddpm": return try FashionDDPM()
    case "fashion-classifier": return try FashionClassifier()
    case "emoji-classifier": return try EmojiClassifier()
    case "emoji-clip": return try EmojiCLIPRecipe()
    case "mixture": return try MixtureDDPM()
    default: throw .unknown("model to train", name, among: names)
    }
  }
}
