import Stages
import Tensors

extension LessonRun {
  /// Every fact and parameter of the stages as JSON values, by names as placeholders write them: `strip.snr`. They go beside the
  /// tensors, so that a program that reads those knows what the run was. Compared runs have their value in the name.
  ///
  /// - Parameter alias: of the only stage wanted; nil for all.
  public func facts(of alias: String? = nil) throws(UserError) -> [String: String] {
    var result: [String: String] = [:]
    for block in document.stages where alias == nil || block.alias == alias {
      for run in try outcome(of: block).runs {
        let variant = run.variant.compared.map { "\($0.parameter)=\($0.value)." } ?? ""
        for name in block.stage.placeholderNames {
          result["\(block.alias).\(variant)\(name)"] = run.value(named: name)?.json
        }
      }
    }
    return result
  }
}

extension FactValue {
  /// The value as JSON; numbers with all their digits, those that are none as null.
  var json: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): Self.json(value)
    case .text(let text): jsonString(text)
    // Whole numbers stay such, so that they can count and index.
    case .numbers(let values):
      "[" + values.map { Int(exactly: $0).map(String.init) ?? Self.json($0) }.joined(separator: ",") + "]"
    }
  }

  private static func json(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }
}
