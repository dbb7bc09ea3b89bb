import ArgumentParser
import Datasets
import Foundation
import LessonRunner
import Models
import Tensors

/// `diffuse inspect fashion-ddpm`: what a model is made of.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Shows a model's modules, parameters, shapes, memory and multiply-adds.",
    discussion: """
      Example:

        diffuse inspect fashion-ddpm
        diffuse inspect fashion-ddpm --size 64 --depth 1
        diffuse inspect path/to/vae --json
        diffuse inspect emoji-ldm --captions

      The folder may be a pipeline's: then its parts follow one another. Shapes, multiply-adds and activation memory are \
      those of one sample.
      """)

  @Argument(help: "Model folder or name.")
  var model: String

  @Option(help: ArgumentHelp("Height and width of the sample; the model's own by default.", valueName: "pixels"))
  var size: Int?

  @Option(help: "How deep the tree is printed: 0 is the top level.")
  var depth = 1

  @Flag(help: "List the names, relations and backgrounds that a text-to-image model was trained on, instead.")
  var captions = false

  @Flag(help: "Print JSON: the whole tree, or all captions.")
  var json = false

  @OptionGroup var home: HomeOptions

  func run() throws {
    let folder = ModelFolder(try home.find().model(model))
    if captions {
      let vocabulary = try CaptionVocabulary(folder: folder.path)
      return try Console.write(json ? vocabulary.json : CaptionListing(model: model, vocabulary: vocabulary).text)
    }
    let models = try InspectedModel.all(in: folder, side: size)
    try Console.write(json ? try Self.json(models) : models.map { text($0) }.joined(separator: "\n"))
  }

  private func text(_ inspected: InspectedModel) -> String {
    let inspection = inspected.inspection
    let name = inspected.part.map { "\(model), \($0)" } ?? model
    var lines = [
      "\(name)  weights \(inspected.weightsHash)", "",
      "parameters            \(grouped(inspection.parameters)) "
        + "(\(megabytes(2 * inspection.parameters)) on disk in half precision)",
      "multiply-adds         \(grouped(inspection.multiplyAdds)) for one sample of \(inspected.sample)",
      "intermediate tensors  \(megabytes(inspection.activationBytes)) for one sample", "",
      Self.row("module", "output", "parameters", "multiply-adds"),
    ]
    for entry in inspection.rows where entry.depth <= depth && entry.parameters > 0 {
      let label = String(repeating: "  ", count: entry.depth) + Self.shortName(entry.path)
      let shape = entry.outputShape.map { $0.dropFirst().map(String.init).joined(separator: "×") } ?? ""
      lines.append(Self.row(label, shape, grouped(entry.parameters), grouped(entry.multiplyAdds)))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The last component with its index: "resnets.0".
  private static func shortName(_ path: String) -> String {
    let parts = path.split(separator: ".")
    let isIndex = parts.last.map { Int($0) != nil } ?? false
    return parts.suffix(isIndex ? 2 : 1).joined(separator: ".")
  }

  private static func row(_ name: String, _ shape: String, _ parameters: String, _ products: String) -> String {
    func left(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    return left(name, 34) + left(shape, 14) + right(parameters, 12) + right(products, 16)
  }

  private static func json(_ models: [InspectedModel]) throws -> String {
    let objects = models.map(object)
    let parts = zip(models, objects).map { inspected, object in
      object.merging(["part": inspected.part ?? ""]) { $1 }
    }
    let whole: [String: Any] = models.first?.part == nil ? objects.first ?? [:] : ["parts": parts]
    let data = try JSONSerialization.data(withJSONObject: whole, options: [.prettyPrinted, .sortedKeys])
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  private static func object(_ inspected: InspectedModel) -> [String: Any] {
    let inspection = inspected.inspection
    return [
      "class": inspected.className, "weights_sha256_prefix": inspected.weightsHash,
      "size": inspected.side ?? NSNull(), "sample": inspected.sample, "parameters": inspection.parameters,
      "multiply_adds": inspection.multiplyAdds, "activation_bytes": inspection.activationBytes,
      "modules": inspection.rows.map {
        [
          "path": $0.path, "type": $0.type, "parameters": $0.parameters, "multiply_adds": $0.multiplyAdds,
          "output_shape": $0.outputShape.map { $0 as Any } ?? NSNull(),
        ]
      },
    ]
  }
}

private func grouped(_ number: Int) -> String {
  let digits = String(number)
  var result = ""
  for (i, digit) in digits.enumerated() {
    if i > 0 && (digits.count - i) % 3 == 0 { result += "," }
    result.append(digit)
  }
  return result
}

private func megabytes(_ bytes: Int) -> String { String(format: "%.1f MB", Double(bytes) / 1e6) }
