import Drawing
import Layers
import Pipelines
import Tensors

extension AttendedRun {
  /// Features of a place at a layer: the inputs of W_Q.
  func channels(ofLayer layer: Int) -> Int {
    model.pipeline.unet.namedParameters().first { $0.name == maps.layers[layer].path + ".to_q.weight" }?
      .parameter.shape[1] ?? 0
  }

  /// Shapes of Q, K, V and the map of every layer.
  var layerTable: StageTable {
    StageTable(
      name: "projections", title: "Q, K and V of one picture, layer by layer",
      columns: [
        .init("layer", numeric: false), .init("places"), .init("heads"), .init("d"), .init("Q"), .init("K"), .init("V"),
        .init("map of a head"), .init("to words"),
      ],
      rows: maps.layers.enumerated().map { index, layer in
        let p = projections(ofLayer: index, atStep: 0)
        func shape(_ tensor: Tensor) -> String { "\(tensor.shape[1])×\(tensor.shape[2])" }
        let words = tokens.places(of: .word)
        let share = words.isEmpty ? 0 : Double(maps.mean(ofLayer: index).summedMaps(of: words).mean)
        return [
          layer.title, "\(layer.height)×\(layer.width)", "\(layer.heads)", "\(p.query.shape[2] / layer.heads)",
          shape(p.query), shape(p.key), shape(p.value), "\(p.query.shape[1])×\(p.key.shape[1])",
          NumberText.fixed(100 * share, decimals: 0) + " %",
        ]
      })
  }

  /// What every token gets of the attention.
  var tokenTable: StageTable {
    let mean = maps.mean
    return StageTable(
      name: "tokens", title: "The tokens and what they get, averaged over places, layers, heads and steps",
      columns: [
        .init("place", numeric: false), .init("token", numeric: false), .init("share of the attention"),
        .init("of it in the left half"), .init("in the upper half"),
      ],
      rows: ShownToken.all(of: tokens, limit: tokens.tokens.count).map { shown in
        let map = mean.summedMaps(of: shown.places)
        func percent(_ share: Double, _ decimals: Int) -> String {
          NumberText.fixed(100 * share, decimals: decimals) + " %"
        }
        let first = shown.places[0]
        return [
          shown.places.count > 1 ? "\(first)–\(first + shown.places.count - 1)" : "\(first)", shown.label,
          percent(Double(map.mean), 1), percent(map.massShare(in: .left), 0), percent(map.massShare(in: .upper), 0),
        ]
      })
  }
}

extension AttentionMaps.Layer {
  /// "down 1", "middle", "up 2b": the level of the U-Net, and which of several there.
  var title: String { Self.title(ofName: name) }

  static func title(ofName name: String) -> String {
    let parts = name.split(separator: ".").map(String.init)
    func number(after key: String) -> Int? {
      parts.firstIndex(of: key).flatMap { $0 + 1 < parts.count ? Int(parts[$0 + 1]) : nil }
    }
    let letters = Array("abcdefgh")
    let attention = number(after: "attentions").map { $0 < letters.count ? String(letters[$0]) : ".\($0 + 1)" } ?? ""
    let block = number(after: "transformer_blocks").map { ".\($0 + 1)" } ?? ""
    if let level = number(after: "down_blocks") { return "down \(level + 1)\(attention)\(block)" }
    if let level = number(after: "up_blocks") { return "up \(level + 1)\(attention)\(block)" }
    return "middle" + block
  }
}
