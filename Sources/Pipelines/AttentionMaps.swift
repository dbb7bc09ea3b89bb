import Tensors

/// The cross-attention maps of one run, gathered while it goes on: which place looked at which token.
///
/// A map is P = softmax(QKᵀ/√d) of one head, [places, tokens]; here it is kept as one picture for each token. The sums below
/// weigh alike: every step, every layer, and within a layer every head. Layers of lower resolution are enlarged by repeating
/// their places, so that at every place the tokens' shares still add up to 1. (After Tang et al. 2023, "What the DAAM", who
/// enlarge bicubically and add rather than average.)
///
/// Of a batch the last picture is taken: for a guided run of one picture that is the conditional half, the first half being
/// the prediction without the prompt.
public final class AttentionMaps {
  /// One cross-attention of the network.
  public struct Layer: Sendable, Equatable {
    /// Its place in the U-Net's module tree: "down_blocks.0.attentions.0.transformer_blocks.0.attn2".
    public let path: String
    /// The same in short: "down_blocks.0.attentions.0", with "transformer_blocks.1" behind it where there are several.
    public let name: String
    public let height, width: Int
    public let heads: Int

    init(path: String, height: Int, width: Int, heads: Int) {
      (self.path, self.height, self.width, self.heads) = (path, height, width, heads)
      name = String(path.dropLast(".attn2".count)).replacing(".transformer_blocks.0", with: "")
    }
  }

  /// Height and width of the latents, hence of the largest maps.
  public let height, width: Int
  /// In the order in which the network runs them.
  public private(set) var layers: [Layer] = []
  /// Calls of the network so far.
  public private(set) var steps = 0
  /// The largest |Σ − 1| over the rows of all maps, where Σ is the sum over the tokens.
  public private(set) var largestRowDeviation: Float = 0
  /// How many maps there were: one for each step, layer and head.
  public private(set) var count = 0

  private let keepsStep: (Int) -> Bool
  /// For each layer the sum over steps, [heads, tokens, h, w].
  private var layerSums: [Tensor] = []
  /// For each step the sum over layers of the mean over heads, [tokens, H, W].
  private var stepSums: [Tensor] = []
  /// Maps of single steps by step and layer, [heads, tokens, h, w].
  private var kept: [Int: [Tensor]] = [:]

  /// - Parameters:
  ///   - height, width: of the latents.
  ///   - keepsStep: of which steps, counted from 0, every single map is kept.
  public init(height: Int, width: Int, keepingSteps keepsStep: @escaping (Int) -> Bool = { _ in false }) {
    (self.height, self.width, self.keepsStep) = (height, width, keepsStep)
  }

  /// Hands the run's maps to this object, and keeps what `filter` asks for besides.
  public func recorder(where filter: @escaping (String) -> Bool = { _ in false }) -> Recorder {
    Recorder(where: filter) { [self] key, probabilities in
      take(key, probabilities)
      return nil
    }
  }

  private func take(_ key: String, _ probabilities: Tensor) {
    guard let path = Self.path(of: key) else { return }
    let (heads, tokens) = (probabilities.shape[1], probabilities.shape[3])
    let last = probabilities.shape[0] - 1
    let rows = probabilities.sliced(last..<last + 1).reshaped([heads, -1, tokens])
    let sums = rows.sum(along: 2)
    largestRowDeviation = max(largestRowDeviation, sums.max - 1, 1 - sums.min)
    let size = size(ofPlaces: rows.shape[1])
    let maps = rows.permuted([0, 2, 1]).reshaped([heads, tokens, size.height, size.width])
    count += heads
    let index: Int
    if let known = layers.firstIndex(where: { $0.path == path }) {
      index = known
      layerSums[index].add(maps)
    } else {
      index = layers.count
      layers.append(Layer(path: path, height: size.height, width: size.width, heads: heads))
      layerSums.append(maps)
    }
    if index == 0 { steps += 1 }
    if keepsStep(steps - 1) { kept[steps - 1, default: []].append(maps) }
    let mean = enlarged(maps.mean(along: 0))
    if index == 0 { stepSums.append(mean) } else { stepSums[steps - 1].add(mean) }
  }

  /// The layer that recorded a tensor under a key; nil for what is no map of cross-attention.
  private static func path(of key: String) -> String? {
    guard key.hasSuffix(".attn2.probabilities"), let start = key.firstRange(of: "unet.") else { return nil }
    return String(key[start.upperBound...].dropLast(".probabilities".count))
  }

  /// Halving the latents' size until it has as many places.
  private func size(ofPlaces count: Int) -> (height: Int, width: Int) {
    var size = (height: height, width: width)
    while size.height * size.width > count { size = ((size.height + 1) / 2, (size.width + 1) / 2) }
    precondition(size.height * size.width == count, "a map of \(count) places for latents of \(height)×\(width)")
    return size
  }

  /// [tokens, h, w] → [tokens, H, W], every place repeated.
  private func enlarged(_ maps: Tensor) -> Tensor {
    guard maps.shape[1] != height || maps.shape[2] != width else { return maps }
    return maps.upsampledNearest(height: height, width: width)
  }

  // MARK: Averages

  /// The mean over steps, layers and heads, [tokens, H, W].
  public var mean: Tensor {
    var sum = stepSums[0]
    for step in stepSums.dropFirst() { sum.add(step) }
    return sum / Float(steps * layers.count)
  }

  /// The mean over layers and heads at one step, [tokens, H, W].
  public func mean(atStep step: Int) -> Tensor { stepSums[step] / Float(layers.count) }

  /// The mean over steps of every head of one layer, [heads, tokens, h, w].
  public func heads(ofLayer layer: Int) -> Tensor { layerSums[layer] / Float(steps) }

  /// The mean over steps and heads of one layer, [tokens, H, W].
  public func mean(ofLayer layer: Int) -> Tensor { enlarged(heads(ofLayer: layer).mean(along: 0)) }

  /// Every head of one layer at a step that was kept, [heads, tokens, h, w]; nil for another.
  public func heads(ofLayer layer: Int, atStep step: Int) -> Tensor? {
    guard let maps = kept[step], layer < maps.count else { return nil }
    return maps[layer]
  }
}

// MARK: Where a map lies

/// A half of a picture.
public enum PictureHalf: String, Sendable, CaseIterable {
  case left, right, upper, lower

  public var opposite: PictureHalf {
    switch self {
    case .left: .right
    case .right: .left
    case .upper: .lower
    case .lower: .upper
    }
  }
}

extension Tensor {
  /// The maps [tokens, H, W] of several tokens added up, [H, W].
  public func summedMaps(of tokens: [Int]) -> Tensor {
    precondition(!tokens.isEmpty, "the map of no token")
    return tokens.dropFirst().reduce(into: self[index: tokens[0]]) { $0.add(self[index: $1]) }
  }

  /// The part of a map or picture [..., H, W] in a half; the middle row or column of an odd number belongs to none.
  public func half(_ half: PictureHalf) -> Tensor {
    let (height, width) = (shape[rank - 2], shape[rank - 1])
    return switch half {
    case .left: sliced(0..<width / 2, along: rank - 1)
    case .right: sliced((width - width / 2)..<width, along: rank - 1)
    case .upper: sliced(0..<height / 2, along: rank - 2)
    case .lower: sliced((height - height / 2)..<height, along: rank - 2)
    }
  }

  /// The share of a map's mass [H, W] that lies in a half rather than in the opposite one; ½ for a map that is the same
  /// everywhere.
  public func massShare(in half: PictureHalf) -> Double {
    let (own, other) = (Double(self.half(half).sum), Double(self.half(half.opposite).sum))
    return own / (own + other)
  }
}
