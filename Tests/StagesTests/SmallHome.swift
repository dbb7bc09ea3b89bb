import Diffusion
import Foundation
import Models
import Stages
import Tensors
import TestSupport
import Testing

/// A home with a small untrained `fashion-ddpm` of the shipped one's layout, for tests of what stages compute from it.
struct SmallHome {
  let home: Home
  let unet: UNet2DModel
  /// The model's folder.
  let folder: String

  static let configuration: UNet2DConfiguration = {
    var c = UNet2DConfiguration()
    (c.sampleSize, c.inChannels, c.outChannels) = (32, 1, 1)
    c.blockOutChannels = [8, 16, 24]
    c.downBlockTypes = ["DownBlock2D", "AttnDownBlock2D", "DownBlock2D"]
    c.upBlockTypes = ["UpBlock2D", "AttnUpBlock2D", "UpBlock2D"]
    c.layersPerBlock = 1
    c.attentionHeadDim = 8
    c.normNumGroups = 4
    c.numClassEmbeds = 11
    return c
  }()

  /// Calls `body` with a home that is removed afterwards.
  static func with(_ body: (SmallHome) throws -> Void) throws {
    try withTemporaryFolder { root in try body(SmallHome(root)) }
  }

  private init(_ root: String) throws {
    let manager = FileManager.default
    folder = root + "/Models/fashion-ddpm"
    for path in [root + "/Lessons", root + "/Resources", folder] {
      try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    try Data("---\n".utf8).write(to: URL(fileURLWithPath: root + "/Lessons/01-test.md"))
    let garments = try Home.find(workingDirectory: #filePath).garments
    try manager.createSymbolicLink(atPath: root + "/Resources/garments", withDestinationPath: garments)
    unet = UNet2DModel(Self.configuration)
    var random = RandomSource(seed: 1)
    unet.initialize(&random)
    let weights = unet.namedParameters().map { ($0.name, $0.parameter.value) }
    try SafetensorsFile.write(weights, to: folder + "/diffusion_pytorch_model.safetensors")
    let json = try JSONSerialization.data(withJSONObject: Self.configuration.jsonObject)
    try json.write(to: URL(fileURLWithPath: folder + "/config.json"))
    let scheduler = try SamplerSettings(.ddpm).schedulerConfig()
    try Data(scheduler).write(to: URL(fileURLWithPath: folder + "/scheduler_config.json"))
    home = try Home.find(option: root)
  }

  /// Puts a text file beside the weights.
  func write(_ text: String, as name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }

  /// What a stage finds here.
  func run(
    _ name: String, _ setting: [String: String] = [:], seed: UInt64 = 0, image: String? = nil
  ) throws(UserError) -> StageResult {
    let stage = try StageCatalogue.stage(named: name)
    return try stage.run(
      StageContext(defaultsOf: stage, setting: setting, seed: seed, imageFile: image, home: home))
  }
}

extension StageResult {
  func tensor(_ name: String) -> Tensor? { tensors.first { $0.name == name }?.tensor }

  /// The numbers in a column of the first table.
  func column(_ title: String) throws -> [Double] {
    let table = try #require(tables.first)
    let at = try #require(table.columns.firstIndex { $0.title == title })
    return try table.rows.map { try #require(Double($0[at])) }
  }

  func number(_ name: String) -> Double {
    switch fact(named: name) {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: .nan
    }
  }

  func text(_ name: String) -> String {
    if case .text(let value)? = fact(named: name) { value } else { "" }
  }
}

/// The sentence of the error that `body` throws.
func sentence(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}
