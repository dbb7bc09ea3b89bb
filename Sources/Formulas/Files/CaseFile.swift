import Foundation

/// Cases in JSON, the catalogue's own and anybody's:
///
///     {"cases": [{"name": "…", "inputs": {"x": [1, 2]}, "expected": [2, 4], "tolerance": 1e-9}]}
public enum CaseFile {
  /// Reads the cases of a file given with `--cases`.
  ///
  /// - Parameters:
  ///   - data: the file's content.
  ///   - file: its name, for messages.
  /// - Throws: `FormulaError` that names the file, the case and what is wrong with it.
  public static func cases(_ data: Data, file: String) throws(FormulaError) -> [Formula.Case] {
    let content = try JSONText.object(data, file)
    guard let list = (content as? [String: Any])?["cases"] as? [Any] ?? content as? [Any], !list.isEmpty else {
      throw FormulaError("\(file) holds no list named cases")
    }
    var cases: [Formula.Case] = []
    for (place, item) in list.enumerated() {
      guard let fields = item as? [String: Any] else {
        throw FormulaError("case \(place + 1) of \(file) is no object with inputs and expected")
      }
      cases.append(try Self.testCase(fields, "case \(place + 1) of \(file)", origin: .independent(file)))
    }
    return cases
  }

  /// One case from its fields.
  static func testCase(
    _ fields: [String: Any], _ place: String, origin: Formula.Case.Origin
  ) throws(FormulaError) -> Formula.Case {
    guard let given = fields["inputs"] as? [String: Any] else { throw FormulaError("\(place) has no inputs") }
    guard let expected = fields["expected"] else { throw FormulaError("\(place) has no expected values") }
    var inputs: [String: Numbers] = [:]
    for (name, value) in given { inputs[name] = try JSONText.numbers(value, "\(name) in \(place)") }
    _ = try Scope(inputs: inputs)
    var tolerance = Tolerance.relative(1e-9)
    for (key, kind) in [("tolerance", Tolerance.relative), ("bound", Tolerance.absolute)] {
      guard let value = fields[key] else { continue }
      guard let number = (value as? NSNumber)?.doubleValue, number >= 0, number.isFinite else {
        throw FormulaError("the \(key) in \(place) is “\(value)”; a number from 0 on is wanted")
      }
      tolerance = kind(number)
    }
    var engine: Formula.Case.EngineBound?
    if let bound = (fields["engine"] as? NSNumber)?.doubleValue {
      engine = .init(bound, fields["engineReason"] as? String ?? "")
    }
    return Formula.Case(
      fields["name"] as? String ?? "case", origin, inputs, try JSONText.numbers(expected, "expected in \(place)"),
      tolerance: tolerance, engine: engine)
  }
}

/// The cases which other programs computed, written by Tests/Goldens/formulas.
enum RecordedCases {
  private static let byFormula: [String: [Formula.Case]] = {
    var table: [String: [Formula.Case]] = [:]
    for text in texts {
      do {
        let content = try JSONText.object(Data(text.utf8), "a recorded group")
        for item in content as? [[String: Any]] ?? [] {
          guard let id = item["formula"] as? String, let origin = item["origin"] as? String else {
            preconditionFailure("a recorded case without formula or origin: \(item)")
          }
          let kind: Formula.Case.Origin = item["bound"] == nil ? .independent(origin) : .monteCarlo(origin)
          table[id, default: []].append(try CaseFile.testCase(item, "a case of \(id)", origin: kind))
        }
      } catch {
        preconditionFailure("recorded cases: \(error)")
      }
    }
    return table
  }()

  static func cases(of id: String) -> [Formula.Case] { byFormula[id] ?? [] }

  /// Every formula that has recorded cases.
  static var formulas: Set<String> { Set(byFormula.keys) }
}

extension Formula {
  /// All cases: those worked out by hand, then those of other programs.
  public var cases: [Case] { handCases + RecordedCases.cases(of: id) }
}
