import Foundation
import TestSupport
import Tensors
import Testing

/// `diffuse probe unet` on files that are no safetensors files, or do not fit the model.
@Suite("diffuse probe")
struct ProbeCommandTests {
  /// One channel, sides that are multiples of four, eleven classes.
  private let model = Goldens.path("unet/classes")

  private static func arguments(
    sample: [Int] = [1, 1, 8, 8], timestep: [Float] = [10], labels: [Int] = [3]
  ) -> [(String, SafetensorsFile.Content)] {
    [
      ("sample", .float32(.zeros(sample))), ("timestep", .float32(Tensor(timestep, shape: [timestep.count]))),
      ("class_labels", .int64(labels, shape: [labels.count])),
    ]
  }

  /// Runs the command in a new folder; afterwards only the input may be there.
  private func probe(
    _ input: [UInt8], model: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Diffuse.Outcome {
    try withTemporaryFolder { folder in
      try FileOutput.write(input, to: folder + "/in.safetensors")
      let outcome = try Diffuse.run(
        ["probe", "unet", "--model", model ?? self.model, "--input", "in.safetensors", "--output", "out.safetensors"],
        in: folder, environment: ["DIFFUSE_HOME": Diffuse.checkout])
      let expected = outcome.code == 0 ? ["in.safetensors", "out.safetensors"] : ["in.safetensors"]
      #expect(try names(inFolder: folder) == expected, sourceLocation: sourceLocation)
      return outcome
    }
  }

  /// The bytes of a file of `tensors`.
  private static func file(_ tensors: [(String, SafetensorsFile.Content)]) throws -> [UInt8] {
    try withTemporaryFolder { folder in
      try SafetensorsFile.write(tensors, to: folder + "/a")
      return try bytes(ofFile: folder + "/a")
    }
  }

  /// A file with this header, its true length unless another is given, and `data` zero bytes.
  private static func file(header: String, length: UInt64? = nil, data: Int) -> [UInt8] {
    let length = length ?? UInt64(header.utf8.count)
    return withUnsafeBytes(of: length.littleEndian, Array.init) + Array(header.utf8)
      + [UInt8](repeating: 0, count: data)
  }

  private static func sample(_ dtype: String, _ shape: String, _ offsets: String) -> String {
    #"{"sample":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
  }

  @Test func writesWhatTheModelGives() throws {
    let outcome = try probe(Self.file(Self.arguments()))
    #expect(outcome.code == 0 && outcome.error.isEmpty && outcome.output.isEmpty, "\(outcome.error)")
  }

  static let hostile: [(bytes: [UInt8], says: String)] = [
    ([], "it has 0 bytes"),
    (file(header: sample("F32", "[1]", "[0,4]"), length: 1000, data: 4), "length 1000 runs past the end"),
    (
      file(header: sample("F32", "[1]", "[0,4]"), length: .max, data: 4),
      "length 18446744073709551615 is over the limit"
    ),
    (file(header: sample("F32", "[2]", "[0,8]"), data: 4), "data_offsets [0, 8], outside 0…4"),
    (file(header: sample("F32", "[1]", "[-4,0]"), data: 4), "data_offsets [-4, 0]"),
    (
      file(
        header: #"{"sample":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
          + #""timestep":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, data: 12),
      "tensor 'timestep' at 4 overlaps the one that ends at 8"
    ),
    (file(header: sample("F8_E4M3", "[4]", "[0,4]"), data: 4), "the dtype 'F8_E4M3', which is none of F64, F32"),
    (file(header: sample("F32", "[4294967296,4294967296]", "[0,4]"), data: 4), "which is too large"),
    (file(header: sample("F32", "[3]", "[0,4]"), data: 4), "has 4 bytes, but shape [3] of F32 needs 12"),
    (file(header: "{\"sample\":", data: 0), "its header is broken"),
  ]

  @Test(arguments: hostile)
  func hostileFilesEndInOneSentence(_ expected: (bytes: [UInt8], says: String)) throws {
    let outcome = try probe(expected.bytes)
    outcome.expectSentence(["in.safetensors is not a valid safetensors file: ", expected.says], code: 65)
  }

  static let misfits: [(arguments: [(String, SafetensorsFile.Content)], says: [String])] = [
    (arguments(sample: [1, 2, 8, 8]), ["sample has the shape [1, 2, 8, 8]", "the model takes [N, 1, H, W]"]),
    (arguments(sample: [1, 1, 8, 10]), ["sample has the shape [1, 1, 8, 10]", "multiples of 4"]),
    (arguments(sample: [1, 8, 8]), ["sample has the shape [1, 8, 8]"]),
    (arguments(sample: [0, 1, 8, 8], labels: []), ["sample has the shape [0, 1, 8, 8]"]),
    (arguments(timestep: [1, 2]), ["timestep has 2 elements", "1 samples"]),
    (arguments(timestep: [.nan]), ["a timestep is nan"]),
    (arguments(labels: [0, 1]), ["class_labels has 2 elements for 1 samples"]),
    (arguments(labels: [-1]), ["a class label is -1; it must be 0 to 10"]),
    (arguments(labels: [99]), ["a class label is 99; it must be 0 to 10"]),
    (Array(arguments().prefix(2)), ["class_labels are missing"]),
    (Array(arguments().dropFirst()), ["has no tensor 'sample'"]),
    (
      Array(arguments().prefix(2)) + [("class_labels", .float32(.zeros([1])))],
      ["tensor 'class_labels' has the type F32, no integers"]
    ),
  ]

  @Test(arguments: misfits)
  func whatDoesNotFitTheModelIsSaid(
    _ expected: (arguments: [(String, SafetensorsFile.Content)], says: [String])
  ) throws {
    let outcome = try probe(Self.file(expected.arguments))
    outcome.expectSentence(["in.safetensors"] + expected.says, code: 65)
  }

  /// The model's own weights: torn, of another shape, or of another model.
  @Test func badModelFoldersAreRefused() throws {
    let input = try Self.file(Self.arguments())
    let (config, weights) = ("config.json", "diffusion_pytorch_model.safetensors")
    try withTemporaryFolder { folder in
      let json = try bytes(ofFile: "\(model)/\(config)")
      let whole = try bytes(ofFile: "\(model)/\(weights)")
      try FileOutput.write(json, to: "\(folder)/\(config)")
      try probe(input, model: folder).expectSentence([folder, "has no weights"], code: 66)
      try FileOutput.write(Array(whole.prefix(whole.count / 2)), to: "\(folder)/\(weights)")
      try probe(input, model: folder).expectSentence(["\(weights) is not a valid safetensors file"], code: 65)
      try FileOutput.write(bytes(ofFile: Goldens.path("unet/plain/\(weights)")), to: "\(folder)/\(weights)")
      try probe(input, model: folder).expectSentence([weights, "the configuration asks for"], code: 78)
      try FileOutput.write("{", to: "\(folder)/\(config)")
      try probe(input, model: folder).expectSentence([config, "is not a JSON object"], code: 65)
    }
    try probe(input, model: "./none").expectSentence(["the model folder './none' does not exist"], code: 66)
    try probe(input, model: "fashion-dppm").expectSentence(["did you mean fashion-ddpm?"], code: 66)
    try probe(input, model: "fashion-classifier").expectSentence(["fashion-classifier"], code: 78)
  }

  /// A large result takes some hundredths of a second to write; Ctrl-C in that time leaves no temporary file.
  @Test(arguments: [SIGINT, SIGTERM])
  func aSignalLeavesNoTemporaryFile(_ signal: Int32) throws {
    try withTemporaryFolder { folder in
      let (input, output) = (folder + "/in.safetensors", folder + "/out.safetensors")
      try SafetensorsFile.write(Self.arguments(sample: [12, 1, 32, 32], labels: Array(0..<10) + [0, 0]), to: input)
      for _ in 0..<5 {
        try? FileManager.default.removeItem(atPath: output)
        let outcome = try Diffuse.run(
          ["probe", "unet", "--model", "fashion-ddpm", "--input", input, "--output", output, "--trace"],
          sending: [signal], when: { (try? names(inFolder: folder).contains { $0.hasSuffix(".part") }) == true })
        // The file was complete before the signal came: once more.
        if outcome.code == 0 { continue }
        #expect(outcome.code == 128 + signal)
        #expect(try names(inFolder: folder) == ["in.safetensors"])
        return
      }
      Issue.record("five signals came too late")
    }
  }
}
