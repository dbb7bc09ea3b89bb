/// All formulas, in the order in which a course would meet them.
public enum Catalogue {
  public static let groups: [Group] = [
    Group("Forward process", ForwardProcess.formulas),
    Group("Noise schedules", Schedules.formulas + NoiseLevelFormulas.formulas + TimestepFormulas.formulas),
    Group("Posterior and predictions", PosteriorFormulas.formulas + Predictions.formulas),
    Group("Losses and divergences", Losses.formulas + DivergenceFormulas.formulas),
    Group("Samplers", SamplerSteps.formulas + NoiseLevelSamplers.formulas),
    Group("Guidance", GuidanceFormulas.formulas),
    Group("Autoencoder", AutoencoderFormulas.formulas + AutoencoderLosses.formulas),
    Group("Pictures compared", ImageMetrics.formulas),
    Group("Attention and text", AttentionFormulas.formulas + TextFormulas.formulas),
    Group(
      "Network parts", NormalizationFormulas.formulas + ActivationFormulas.formulas + LayerFormulas.formulas),
    Group("Cost", Costs.formulas),
    Group("Training", TrainingFormulas.formulas),
    Group("Evaluation", EvaluationFormulas.formulas + MixtureFormulas.formulas),
  ]

  public static let formulas: [Formula] = groups.flatMap(\.formulas)

  private static let byID = Dictionary(uniqueKeysWithValues: formulas.map { ($0.id, $0) })

  /// The formula with an id such as `forward.closed_form`.
  ///
  /// - Throws: `FormulaError` that names the nearest ids.
  public static func formula(_ id: String) throws(FormulaError) -> Formula {
    if let formula = byID[id] { return formula }
    let part = id.split(separator: ".").last.map(String.init) ?? id
    var near = formulas.map(\.id).filter { !part.isEmpty && $0.contains(part) || $0.hasPrefix(id + ".") }
    if near.isEmpty, id.count < 60 { near = formulas.map(\.id).filter { Builtin.distance($0, id) <= 3 } }
    let hint = near.isEmpty ? "`diffuse check --list` shows them all" : "there is \(near.joined(separator: ", "))"
    throw FormulaError("no formula is called \(id); \(hint)")
  }

  /// Formulas that belong together, with a heading.
  public struct Group: Sendable {
    public let title: String
    public let formulas: [Formula]

    init(_ title: String, _ formulas: [Formula]) {
      self.title = title
      self.formulas = formulas
    }
  }
}
