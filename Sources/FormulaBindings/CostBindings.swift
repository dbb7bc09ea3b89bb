import Formulas
import Gradients
import Layers
import Models
import Tensors

/// Counts of multiply-adds and parameters.
enum CostBindings {
  /// A module by itself, so that an inspection has a place for it.
  private struct Holder<Part: Module>: Module {
    let part: Part
    var children: [(name: String, module: any Module)] { [("part", part)] }
  }

  /// What `diffuse inspect` counts for a module that was run once.
  private static func multiplyAdds<Part: Module>(_ part: Part, _ run: (Part, Recording) -> Void) -> Tensor {
    let recorder = Recorder()
    run(part, recorder.recording()["part"])
    let rows = ModelInspection(Holder(part: part), recorder).rows
    // A row counts what is below it too; of attention the projections are left out.
    let own = rows.reduce(0) { $0 + ($1.path == "part" ? $1.multiplyAdds : -$1.multiplyAdds) }
    return Tensor(Float(own))
  }

  static let all: [Binding] = [
    Binding("unet.macs_conv", "ModelInspection, Conv2d") { given in
      let kernel = given.integer("k")
      let layer = Conv2d(
        given.integer("C_in"), given.integer("C_out"), kernel: kernel, padding: Padding(kernel / 2))
      let input = Tensor.zeros([1, given.integer("C_in"), given.integer("H_out"), given.integer("W_out")])
      return multiplyAdds(layer) { _ = $0(Variable(input), $1) }
    },
    Binding("cost.macs_linear", "ModelInspection, Linear") { given in
      let input = Tensor.zeros([given.integer("L"), given.integer("D_in")])
      return multiplyAdds(Linear(given.integer("D_in"), given.integer("D_out"))) { _ = $0(Variable(input), $1) }
    },
    Binding("cost.macs_attention", "ModelInspection, SpatialAttention") { given in
      // Attention over pixels: as many keys as queries.
      guard given.integer("L_q") == given.integer("L_k") else { return nil }
      let width = given.integer("D")
      let attention = SpatialAttention(width, headDim: width, groups: 1, epsilon: 1e-5)
      let input = Tensor.zeros([1, width, given.integer("L_q"), 1])
      return multiplyAdds(attention) { _ = $0(Variable(input), $1) }
    },
    Binding("cost.params_conv", "Module.parameterCount, Conv2d") { given in
      let layer = Conv2d(given.integer("C_in"), given.integer("C_out"), kernel: given.integer("k"))
      return Tensor(Float(layer.parameterCount))
    },
  ]
}
