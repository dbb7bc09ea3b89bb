import Drawing
import Layers
import Models
import Tensors

/// What a U-Net computed in one run, layer by layer, in the order of its module tree.
///
/// Down, every level begins with what enters it (the first convolution or a downsampling) and goes on with its residual
/// blocks; these are the tensors that skip connections carry. Up, every level has as many blocks, each of which takes one.
struct UNetMap {
  enum Kind: Equatable {
    case convolution, downsampling, upsampling, residual, residualWithAttention
    /// Self-attention, and cross-attention to the text.
    case residualWithTransformer

    var words: String {
      switch self {
      case .convolution: "convolution"
      case .downsampling: "halves the size"
      case .upsampling: "doubles the size"
      case .residual: "residual block"
      case .residualWithAttention: "residual + attention"
      case .residualWithTransformer: "residual + self- and cross-attention"
      }
    }
  }

  /// One layer and its output.
  struct Layer {
    /// Path of the module that made the output.
    let path: String
    let kind: Kind
    /// [C, H, W].
    let output: Tensor
    /// Channels that come in: those of the layer before, and those of a skip connection.
    let inputs: [Int]
    let parameters: Int

    var shape: String { "\(output.shape[0])×\(output.shape[1])×\(output.shape[2])" }
    /// Whether the time vector is added here.
    var takesTime: Bool { kind == .residual || kind == .residualWithAttention || takesText }
    /// Whether the text is looked at here.
    var takesText: Bool { kind == .residualWithTransformer }
  }

  /// Per level, the highest resolution first.
  private(set) var down: [[Layer]] = []
  private(set) var middle: [Layer] = []
  /// Per level, the highest resolution first, though the lowest runs first.
  private(set) var up: [[Layer]] = []
  /// The output of each level's upsampling; nil at the highest resolution.
  private(set) var upsamplings: [Layer?] = []
  let last: Layer
  /// Sines and cosines of t, the time vector, the class vector: [channels].
  let timeProjection: Tensor
  let timeEmbedding: Tensor
  let classEmbedding: Tensor?

  /// Every layer in the order it runs.
  var layers: [Layer] {
    let ascent = zip(up, upsamplings).reversed().flatMap { $0 + ($1.map { [$0] } ?? []) }
    return down.joined() + middle + ascent + [last]
  }

  /// From the outputs of a run on one picture, recorded from the root.
  init(_ model: UNet2DModel, _ recorder: Recorder) {
    self.init(model.trunk, inChannels: model.configuration.inChannels) { path in
      guard let tensor = recorder[path] else { preconditionFailure("the run recorded no '\(path)'") }
      return tensor[index: 0]
    }
  }

  /// From one call of a conditional network, recorded under `place` ("step.007/unet"); of a batch the last sample, which
  /// has the prompt.
  init(_ model: UNet2DConditionModel, _ recorder: Recorder, at place: String) {
    self.init(model.trunk, inChannels: model.configuration.inChannels) { path in
      guard let tensor = recorder["\(place).\(path)"] else {
        preconditionFailure("the run recorded no '\(place).\(path)'")
      }
      return tensor[index: tensor.shape[0] - 1]
    }
  }

  /// - Parameter output: what a module gave, by its path, without the batch.
  private init(_ trunk: UNetTrunk, inChannels: Int, output: (String) -> Tensor) {
    let modules = Dictionary(uniqueKeysWithValues: trunk.namedModules().map { ($0.name, $0.module) })
    func layer(_ path: String, _ kind: Kind, inputs: [Int], with other: String? = nil) -> Layer {
      let parameters = [path, other].compactMap { $0 }.reduce(0) { $0 + (modules[$1]?.parameterCount ?? 0) }
      return Layer(path: path, kind: kind, output: output(path), inputs: inputs, parameters: parameters)
    }
    func block(_ path: String, _ number: Int, attention: (any BlockAttention)?, inputs: [Int]) -> Layer {
      let residual = "\(path).resnets.\(number)"
      guard let attention else { return layer(residual, .residual, inputs: inputs) }
      let kind: Kind = attention is Transformer2DModel ? .residualWithTransformer : .residualWithAttention
      return layer("\(path).attentions.\(number)", kind, inputs: inputs, with: residual)
    }
    var channels = inChannels
    var skips: [Int] = []
    func next(_ layer: Layer) -> Layer {
      channels = layer.output.shape[0]
      return layer
    }
    for (i, module) in trunk.downBlocks.enumerated() {
      let path = "down_blocks.\(i)"
      let entry =
        i == 0
        ? layer("conv_in", .convolution, inputs: [channels])
        : layer("down_blocks.\(i - 1).downsamplers.0", .downsampling, inputs: [channels])
      var level = [next(entry)]
      for j in module.resnets.indices {
        level.append(next(block(path, j, attention: module.attentions.element(j), inputs: [channels])))
      }
      skips += level.map { $0.output.shape[0] }
      down.append(level)
    }
    if let module = trunk.midBlock {
      for j in module.resnets.indices {
        middle.append(next(block("mid_block", j, attention: module.attentions.element(j), inputs: [channels])))
      }
    }
    for (i, module) in trunk.upBlocks.enumerated() {
      let path = "up_blocks.\(i)"
      var level: [Layer] = []
      for j in module.resnets.indices {
        let inputs = [channels, skips.removeLast()]
        level.append(next(block(path, j, attention: module.attentions.element(j), inputs: inputs)))
      }
      up.insert(level, at: 0)
      let doubled = module.upsampler.map { _ in layer("\(path).upsamplers.0", .upsampling, inputs: [channels]) }
      upsamplings.insert(doubled.map(next), at: 0)
    }
    last = layer("conv_out", .convolution, inputs: [channels])
    timeProjection = output("time_proj")
    timeEmbedding = output("time_embedding")
    classEmbedding = modules["class_embedding"].map { _ in output("class_embedding") }
  }

  /// Module, what it is, channels in, shape out, parameters.
  var table: StageTable {
    StageTable(
      name: "shapes", title: "Shapes through the network (channels × height × width)",
      columns: [
        .init("module", numeric: false), .init("what it is", numeric: false), .init("in"), .init("out"),
        .init("parameters"),
      ],
      rows: layers.map { layer in
        [
          layer.path, layer.kind.words, layer.inputs.map(String.init).joined(separator: " + "), layer.shape,
          NumberText.fixed(Double(layer.parameters), decimals: 0),
        ]
      })
  }
}

extension Array {
  /// The element at an index, nil past the end.
  fileprivate func element(_ index: Int) -> Element? { index < count ? self[index] : nil }
}
