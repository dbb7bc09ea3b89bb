import Formulas
import Layers
import Models
import Tensors

/// What a network's modules cost at any picture size, by the formulas of the catalogue.
struct CostTerms {
  private enum Kind {
    case convolution(height: Int, width: Int, outputs: Int, inputs: Int, kernel: Int)
    /// `tokens` grow with the picture when they are its pixels.
    case linear(tokens: Int, inputs: Int, outputs: Int, grows: Bool)
    case attention(tokens: Int, width: Int)
  }

  private let terms: [Kind]
  /// Bytes of all attention maps of the run.
  let attentionBytes: Int

  /// From the modules of a model and the outputs that one run on one sample recorded.
  ///
  /// - Parameter prefixes: only modules whose path begins with one of these; all when empty.
  init(_ model: some Module, _ recorder: Recorder, under prefixes: [String] = []) {
    var shapes: [String: [Int]] = [:]
    for (key, tensor) in recorder.entries { shapes[key] = tensor.shape }
    var terms: [Kind] = []
    var bytes = 0
    for (path, module) in model.namedModules() {
      guard prefixes.isEmpty || prefixes.contains(where: { path.hasPrefix($0) }) else { continue }
      guard let shape = shapes[path] else { continue }
      switch module {
      case let conv as Conv2d:
        let weight = conv.weight.shape
        terms.append(
          .convolution(height: shape[2], width: shape[3], outputs: weight[0], inputs: weight[1], kernel: weight[2]))
      case let linear as Linear:
        let (outputs, inputs) = (linear.weight.shape[0], linear.weight.shape[1])
        terms.append(
          .linear(
            tokens: shape.reduce(1, *) / outputs, inputs: inputs, outputs: outputs, grows: shape.count == 3))
      case let attention as SpatialAttention:
        guard let map = shapes[path + ".probabilities"] else { continue }
        terms.append(.attention(tokens: map[2], width: attention.heads * attention.headDim))
        bytes += 4 * map.reduce(1, *)
      default: continue
      }
    }
    self.terms = terms
    attentionBytes = bytes
  }

  /// Multiply-adds when both sides of the picture grow by `factor`: of everything, and of attention alone.
  func multiplyAdds(growing factor: Double) throws(UserError) -> (all: Double, attention: Double) {
    var (all, attention) = (0.0, 0.0)
    for term in terms {
      switch term {
      case .convolution(let height, let width, let outputs, let inputs, let kernel):
        all += try Self.value(
          "unet.macs_conv",
          [
            "H_out": factor * Double(height), "W_out": factor * Double(width), "C_out": Double(outputs),
            "C_in": Double(inputs), "k": Double(kernel),
          ])
      case .linear(let tokens, let inputs, let outputs, let grows):
        all += try Self.value(
          "cost.macs_linear",
          ["L": Double(tokens) * (grows ? factor * factor : 1), "D_in": Double(inputs), "D_out": Double(outputs)])
      case .attention(let tokens, let width):
        let length = Double(tokens) * factor * factor
        let cost = try Self.value("cost.macs_attention", ["L_q": length, "L_k": length, "D": Double(width)])
        all += cost
        attention += cost
      }
    }
    return (all, attention)
  }

  /// A formula of the catalogue at some inputs.
  private static func value(_ id: String, _ inputs: [String: Double]) throws(UserError) -> Double {
    do throws(FormulaError) {
      return try Catalogue.formula(id).value(inputs.mapValues { Numbers($0) }).scalar ?? .nan
    } catch {
      preconditionFailure("\(id) at \(inputs): \(error.sentence)")
    }
  }
}
