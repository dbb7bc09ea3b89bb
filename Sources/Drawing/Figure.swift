import Tensors

/// Where a figure comes from, for its quiet last line and the file beside it.
public struct Provenance: Sendable, Equatable {
  /// The command that makes the figure again.
  public var command: String
  public var seed: UInt64?
  /// Name of the model that was run.
  public var model: String?
  /// Hash of the model's weights, hexadecimal.
  public var modelHash: String?

  public init(command: String, seed: UInt64? = nil, model: String? = nil, modelHash: String? = nil) {
    self.command = command
    self.seed = seed
    self.model = model
    self.modelHash = modelHash
  }

  /// One line: command · seed · model (first digits of the hash).
  var line: RichText {
    var parts = [command]
    if let seed { parts.append("seed \(seed)") }
    if let model { parts.append(modelHash.map { "\(model) (\($0.prefix(8)))" } ?? model) }
    return RichText(verbatim: parts.filter { !$0.isEmpty }.joined(separator: "  ·  "))
  }
}

/// A figure with everything a teacher needs to use it: a message, the picture, caption, alternative text and origin.
///
/// The same figure, size and theme give the same bytes.
public struct Figure: Sendable {
  /// File name without ending, lower-case letters, digits and hyphens; also the prefix of ids in SVG.
  public let name: String
  /// The message in one sentence, drawn at the top.
  public var title: RichText
  /// What the reader sees, for below the figure; not drawn.
  public var caption: String
  /// What the picture shows, for who cannot see it; not drawn.
  public var alternativeText: String
  /// The formula the figure is about, drawn under the title.
  public var equation: RichText?
  /// Number of that formula in its source, such as `(4)`, drawn behind it.
  public var equationNumber: String?
  public var provenance: Provenance
  public var content: any Component
  /// What an SVG shows in place of the content, frame by frame; nil for a figure that stands still.
  public var motion: Motion?

  /// - Parameter name: lower-case letters, digits and hyphens.
  public init(
    name: String, title: RichText, caption: String, alternativeText: String, equation: RichText? = nil,
    equationNumber: String? = nil, provenance: Provenance, content: any Component, motion: Motion? = nil
  ) {
    precondition(
      !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") },
      "figure name “\(name)”: lower-case letters, digits and hyphens")
    self.name = name
    self.title = title
    self.caption = caption
    self.alternativeText = alternativeText
    self.equation = equation
    self.equationNumber = equationNumber
    self.provenance = provenance
    self.content = content
    self.motion = motion
  }

  /// The bytes of a file.
  ///
  /// - Parameter pixelScale: for PNG, pixels per 1/96 inch; 2 makes a slide 1920×1080.
  /// - Throws: when the font is missing.
  public func encoded(
    as format: FigureFormat, theme: Theme = .light, size: FigureSize = .slide, pixelScale: Double = 2
  ) throws(UserError) -> [UInt8] {
    if format == .svg, let motion { return try animated(motion, theme: theme, size: size) }
    let labels = Page.Labels(name: name, title: title.linear, description: alternativeText)
    return try page(theme: theme, size: size).encoded(as: format, labels: labels, pixelScale: pixelScale)
  }

  /// Writes NAME.svg, NAME.pdf or NAME.png and NAME.json into the folder, which is made when missing.
  ///
  /// - Returns: the path of the picture.
  /// - Throws: when the font is missing or the folder cannot be written; then neither file is left half-written.
  @discardableResult
  public func write(
    to folder: String, format: FigureFormat = .svg, theme: Theme = .light, size: FigureSize = .slide,
    pixelScale: Double = 2
  ) throws(UserError) -> String {
    let bytes = try encoded(as: format, theme: theme, size: size, pixelScale: pixelScale)
    try FileOutput.makeFolder(folder)
    let base = folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
    let path = base + "." + format.rawValue
    try FileOutput.write(bytes, to: path)
    try FileOutput.write(sidecar, to: base + ".json")
    return path
  }

  /// The content of NAME.json.
  public var sidecar: String {
    var object = JSONObject()
    object.add("name", name)
    object.add("title", title.linear)
    object.add("caption", caption)
    object.add("alternative_text", alternativeText)
    object.add("equation", equation?.linear)
    object.add("equation_number", equationNumber)
    object.add("command", provenance.command)
    object.add("seed", number: provenance.seed)
    object.add("model", provenance.model)
    object.add("model_hash", provenance.modelHash)
    if let motion { object.add("frames", number: UInt64(motion.frames.count)) }
    return object.text
  }
}

/// A flat JSON object whose keys keep their order.
private struct JSONObject {
  private var lines: [String] = []

  mutating func add(_ key: String, _ value: String?) {
    lines.append("  \"\(key)\": \(value.map(jsonString) ?? "null")")
  }

  mutating func add(_ key: String, number: UInt64?) {
    lines.append("  \"\(key)\": \(number.map(String.init) ?? "null")")
  }

  var text: String { "{\n" + lines.joined(separator: ",\n") + "\n}\n" }
}
