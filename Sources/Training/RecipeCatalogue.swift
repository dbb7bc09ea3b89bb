import Tensors

/// All recipes there are; a new one is added here.
public enum RecipeCatalogue {
  public static let names = ["fashion-ddpm", "fashion-classifier", "emoji-classifier"]

  /// The recipe of a name, its data set read.
  /// - Throws: a sentence with the nearest names when there is none; how to install the data set when it is missing.
  public static func recipe(named name: String) throws(UserError) -> any Recipe {
    switch name {
    case "fashion-ddpm": try FashionDDPM()
    case "fashion-classifier": try FashionClassifier()
    case "emoji-classifier": try EmojiClassifier()
    default: throw .unknown("model to train", name, among: names)
    }
  }
}
