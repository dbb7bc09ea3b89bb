/// All formulas, in the order in which a course would meet them.
public enum Catalogue {
  public static let groups: [Group] = [
    Group("Forward process", ForwardProcess.formulas),
    Group("Noise schedules", Schedules.formulas),
    Group("Posterior and predictions", Predictions.formulas),
    Group("Losses and divergences", Losses.formulas),
    Group("Samplers", SamplerSteps.formulas),
    Group("Guidance", GuidanceFormulas.formulas),
    Group("Attention and text", AttentionFormulas.formulas),
    Group("Network parts", NetworkParts.formulas),
    Group("Cost", Costs.formulas),
    Group("Training", TrainingFormulas.formulas),
    Group("Evaluation", EvaluationFormulas.formulas),
  ]

  public static let formulas: [Formula] = groups.flatMap(\.formulas)

  private static let byID = Dictionary(uniqueKeysWithValues: formulas.map { ($0.id, $0) })

  /// The formula with an id such as `forward.closed_form`.
  ///
  /// - Throws: `FormulaError` that names the nearest ids.
  public static func formula(_ id: String) throws(FormulaError) -> Formula {
    if let formula = byID[id] { return formula }
    let part = id.split(separator: ".").last.map(String.init) ?? id
    let near = formulas.map(\.id).filter { !part.isEmpty && $0.contains(part) || $0.hasPrefix(id + ".") }
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
