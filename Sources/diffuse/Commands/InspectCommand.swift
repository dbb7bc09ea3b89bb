import ArgumentParser
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
        diffuse inspect path/to/unet --json

      Shapes, multiply-adds and activation memory are those of one sample.
      """)

  @Argument(help: "Model folder or name.")
  var model: String

  @Option(help: ArgumentHelp("Height and width of the sample; the model's own by default.", valueName: "pixels"))
  var size: Int?

  @Option(help: "How deep the tree is printed: 0 is the top level.")
  var depth = 1

  @Flag(help: "Print JSON, the whole tree.")
  var json = false

  @OptionGroup var home: HomeOptions

  func run() throws {
    let folder = ModelFolder(try home.find().model(model))
    let unet = try folder.unet2D()
    let factor = unet.configuration.sizeFactor
    if let size, size < factor || size > 1024 || size % factor != 0 {
      throw UserError("--size is \(size); it must be a multiple of \(factor) up to 1024")
    }
    let side = size ?? unet.configuration.sampleSize ?? 32
    let inspection = ModelInspection(unet, side: side)
    let hash = try folder.weightsHash()
    try Console.write(
      json ? try Self.json(inspection, hash, side) : Self.text(inspection, model, hash, side, depth))
  }

  private static func text(
    _ inspection: ModelInspection, _ name: String, _ hash: String, _ side: Int, _ depth: Int
  ) -> String {
    var lines = [
      "\(name)  weights \(hash)", "",
      "parameters            \(grouped(inspection.parameters)) "
        + "(\(megabytes(2 * inspection.parameters)) on disk in half precision)",
      "multiply-adds         \(grouped(inspection.multiplyAdds)) for one sample of \(side)×\(side)",
      "intermediate tensors  \(megabytes(inspection.activationBytes)) for one sample", "",
      row("module", "output", "parameters", "multiply-adds"),
    ]
    for entry in inspection.rows where entry.depth <= depth && entry.parameters > 0 {
      let label = String(repeating: "  ", count: entry.depth) + shortName(entry.path)
      let shape = entry.outputShape.map { $0.dropFirst().map(String.init).joined(separator: "×") } ?? ""
      lines.append(row(label, shape, grouped(entry.parameters), grouped(entry.multiplyAdds)))
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

  private static func grouped(_ number: Int) -> String {
    let digits = String(number)
    var result = ""
    for (i, digit) in digits.enumerated() {
      if i > 0 && (digits.count - i) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return result
  }

  private static func megabytes(_ bytes: Int) -> String { String(format: "%.1f MB", Double(bytes) / 1e6) }

  private static func json(_ inspection: ModelInspection, _ hash: String, _ side: Int) throws -> String {
    let object: [String: Any] = [
      "weights_sha256_prefix": hash, "size": side, "parameters": inspection.parameters,
      "multiply_adds": inspection.multiplyAdds, "activation_bytes": inspection.activationBytes,
      "modules": inspection.rows.map {
        [
          "path": $0.path, "type": $0.type, "parameters": $0.parameters, "multiply_adds": $0.multiplyAdds,
          "output_shape": $0.outputShape.map { $0 as Any } ?? NSNull(),
        ]
      },
    ]
    let data = try JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys])
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
