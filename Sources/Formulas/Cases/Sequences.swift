import Foundation

/// The schedules that cases are about, computed here step by step in double precision.
enum Sequences {
  /// 1e-4…0.02 over 1000 steps.
  static let betaLinear = linear(0.0001, 0.02) { $0 }
  /// 0.00085…0.012 over 1000 steps.
  static let betaScaledLinear = linear(0.00085.squareRoot(), 0.012.squareRoot()) { $0 * $0 }
  /// The cosine schedule over 1000 steps.
  static let betaCosine = Numbers(
    (0..<1000).map { t in
      let angle = { (u: Double) in (u / 1000 + 0.008) / 1.008 * Double.pi / 2 }
      let (before, after) = (cos(angle(Double(t))), cos(angle(Double(t) + 1)))
      return min(1 - after * after / (before * before), 0.999)
    })

  static let alphaBarLinear = alphaBar(betaLinear)
  static let alphaBarScaledLinear = alphaBar(betaScaledLinear)
  static let alphaBarCosine = alphaBar(betaCosine)

  /// The sequences under the names by which cases call them.
  static let scope: Scope = {
    var scope = Scope()
    scope.inputs = [
      "beta_linear": betaLinear, "beta_scaled": betaScaledLinear, "beta_cosine": betaCosine,
      "alpha_bar_linear": alphaBarLinear, "alpha_bar_scaled": alphaBarScaledLinear, "alpha_bar_cosine": alphaBarCosine,
    ]
    return scope
  }()

  private static func linear(_ start: Double, _ end: Double, _ shape: (Double) -> Double) -> Numbers {
    Numbers((0..<1000).map { shape(start + Double($0) / 999 * (end - start)) })
  }

  private static func alphaBar(_ beta: Numbers) -> Numbers {
    var product = 1.0
    return beta.map { beta in
      product *= 1 - beta
      return product
    }
  }
}
