import Gradients
import Layers
import Tensors

/// The module tree of a model with what every part holds and costs at one input size.
public struct ModelInspection: Sendable {
  /// One module.
  public struct Row: Sendable, Equatable {
    /// Path in the checkpoint, "down_blocks.0.resnets.0.conv1".
    public let path: String
    /// The Swift type's name.
    public let type: String
    /// Scalars in the parameters of this module and below.
    public let parameters: Int
    /// Shape of the output for one sample; nil when the module reports none.
    public let outputShape: [Int]?
    /// Multiply-adds of this module and below for one sample.
    public let multiplyAdds: Int
    /// 0 for the children of the model.
    public var depth: Int { path.split(separator: ".").filter { Int($0) == nil }.count - 1 }
  }

  public let rows: [Row]
  public var parameters: Int
  public var multiplyAdds: Int
  /// Bytes of all recorded outputs of one sample: what a training step keeps for the way back, roughly.
  public let activationBytes: Int

  /// From the outputs a run on one sample recorded.
  public init(_ model: some Module, _ recorder: Recorder) {
    var shapes: [String: [Int]] = [:]
    for (key, tensor) in recorder.entries { shapes[key] = tensor.shape }
    let modules = model.namedModules()
    let own = Dictionary(
      uniqueKeysWithValues: modules.map { path, module in
        (path, Self.multiplyAdds(module, output: shapes[path], probabilities: shapes[path + ".probabilities"]))
      })
    rows = modules.map { path, module in
      let below = modules.filter { $0.name == path || $0.name.hasPrefix(path + ".") }
      return Row(
        path: path, type: "\(type(of: module))", parameters: module.parameterCount, outputShape: shapes[path],
        multiplyAdds: below.reduce(0) { $0 + (own[$1.name] ?? 0) })
    }
    parameters = model.parameterCount
    multiplyAdds = own.values.reduce(0, +)
    activationBytes = recorder.entries.reduce(0) { $0 + 4 * $1.tensor.count }
  }

  /// Multiply-adds of one module without its children: output elements times the length of each dot product.
  ///
  /// Convolution H′·W′·Cout·Cin·k², linear rows·in·out, attention 2·heads·L·S·d; what is linear in the number of elements
  /// (norms, activations, sums) is not counted, as is usual.
  static func multiplyAdds(_ module: any Module, output: [Int]?, probabilities: [Int]?) -> Int {
    guard let output else { return 0 }
    let elements = output.reduce(1, *)
    switch module {
    case let conv as Conv2d: return elements * conv.weight.shape.dropFirst().reduce(1, *)
    case let linear as Linear: return elements * linear.weight.shape[1]
    case let attention as SpatialAttention:
      return probabilities.map { 2 * $0.reduce(1, *) * attention.headDim } ?? 0
    case let attention as MultiHeadAttention:
      return probabilities.map { 2 * $0.reduce(1, *) * attention.headDim } ?? 0
    case let attention as CLIPAttention:
      return probabilities.map { 2 * $0.reduce(1, *) * attention.headDim } ?? 0
    default: return 0
    }
  }
}
