import Foundation

/// A sheet of inputs to work out by hand or with one's own program, and the reading of what came back.
///
/// The sheet holds no answers and nothing from which they could be guessed, so that a teacher can hand it out.
public struct Worksheet: Sendable {
  public let formula: Formula

  public init(_ formula: Formula) { self.formula = formula }

  /// JSON with `"answer": null` to fill in for each case.
  public var json: String {
    let cases = formula.cases.enumerated().map { place, testCase in
      let inputs = testCase.inputs.sorted { $0.key < $1.key }.map { "      \(Self.quoted($0.key)): \($0.value.json)" }
      return """
            {
              "case": \(place + 1),
              "inputs": {
          \(inputs.joined(separator: ",\n"))
              },
              "answer": null
            }
        """
    }
    return """
      {
        "formula": \(Self.quoted(formula.id)),
        "title": \(Self.quoted(formula.title)),
        "answers": "for each case a number or nested lists; three significant digits are enough",
        "cases": [
      \(cases.joined(separator: ",\n"))
        ]
      }

      """
  }

  /// CSV: a row for each number of each input, and a row for each number that is asked for.
  public var csv: String {
    var lines = ["case,symbol,index,value"]
    for (place, testCase) in formula.cases.enumerated() {
      for (name, value) in testCase.inputs.sorted(by: { $0.key < $1.key }) + [("answer", testCase.expected)] {
        for (i, element) in value.elements.enumerated() {
          let index = value.index(of: i).map(String.init).joined(separator: " ")
          let shown = name == "answer" ? "" : Numbers(element).json
          lines.append("\(place + 1),\(name.contains(",") ? Self.quoted(name) : name),\(index),\(shown)")
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
  }
}

// MARK: Answers

extension Worksheet {
  /// The answers in a filled-in sheet, by the case's place from 0. JSON when it starts with a bracket, else CSV.
  ///
  /// JSON may also be a plain list, one answer a case.
  /// - Throws: `FormulaError` that names the file and the case or line.
  public func answers(_ data: Data, file: String) throws(FormulaError) -> [Int: Numbers] {
    guard !data.isEmpty else { throw FormulaError("\(file) is empty") }
    let first = data.first { !" \n\r\t\u{FEFF}".utf8.contains($0) }
    let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    let answers = isJSON ? try jsonAnswers(data, file) : try csvAnswers(data, file)
    guard !answers.isEmpty else { throw FormulaError("\(file) holds no answers yet") }
    return answers
  }

  private func jsonAnswers(_ data: Data, _ file: String) throws(FormulaError) -> [Int: Numbers] {
    let content = try JSONText.object(data, file)
    let sheet = content as? [String: Any]
    if let id = sheet?["formula"] as? String, id != formula.id {
      throw FormulaError("\(file) holds answers to \(id), not to \(formula.id)")
    }
    guard let list = sheet?["cases"] as? [Any] ?? content as? [Any] else {
      throw FormulaError("\(file) holds no list named cases")
    }
    var answers: [Int: Numbers] = [:]
    for (place, item) in list.enumerated() {
      guard let fields = item as? [String: Any] else {
        if !(item is NSNull) { answers[try inRange(place, file)] = try JSONText.numbers(item, "answer \(place + 1)") }
        continue
      }
      let number = (fields["case"] as? NSNumber)?.intValue ?? place + 1
      guard let answer = fields["answer"], !(answer is NSNull) else { continue }
      answers[try inRange(number - 1, file)] = try JSONText.numbers(answer, "the answer to case \(number) in \(file)")
    }
    return answers
  }

  private func inRange(_ place: Int, _ file: String) throws(FormulaError) -> Int {
    let count = formula.cases.count
    guard (0..<count).contains(place) else {
      throw FormulaError("\(file) answers case \(place + 1); \(formula.id) has the cases 1…\(count)")
    }
    return place
  }

  private func csvAnswers(_ data: Data, _ file: String) throws(FormulaError) -> [Int: Numbers] {
    guard data.count <= JSONText.mostBytes else {
      throw FormulaError("\(file) has \(data.count) bytes; at most \(JSONText.mostBytes) are read")
    }
    guard let text = String(data: data, encoding: .utf8) else { throw FormulaError("\(file) is no UTF-8 text") }
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let separator = Self.separator(lines)
    var found: [Int: [[Int]: Double]] = [:]
    for (number, line) in lines.enumerated() {
      var fields = Self.fields(line, separator)
      // A row of one's own may be short: the case and its number.
      if fields.count == 2, Int(fields[0]) != nil { fields = [fields[0], "answer", "", fields[1]] }
      guard fields.count >= 4, fields[1].lowercased() == "answer", !fields[3].isEmpty else { continue }
      let place = "line \(number + 1) of \(file)"
      guard let testCase = Int(fields[0]), let value = Self.number(fields[3]) else {
        throw FormulaError("\(place): case “\(fields[0])”, value “\(fields[3])”; two numbers are wanted")
      }
      let index = fields[2].split(separator: " ").compactMap { Int($0) }
      found[try inRange(testCase - 1, place), default: [:]][index] = value
    }
    if found.isEmpty, !lines.contains(where: { $0.lowercased().contains("answer") }) {
      throw FormulaError(
        "\(file) holds no answers; `diffuse check \(formula.id) --worksheet` prints a sheet to fill in")
    }
    var answers: [Int: Numbers] = [:]
    for (place, values) in found {
      let expected = formula.cases[place].expected
      var elements: [Double] = []
      for flat in 0..<expected.count {
        guard let value = values[expected.index(of: flat)] else {
          throw FormulaError("\(file) has no answer to case \(place + 1) at \(expected.index(of: flat))")
        }
        elements.append(value)
      }
      answers[place] = Numbers(shape: expected.shape, elements)
    }
    return answers
  }

  /// What parts the fields of a sheet: a comma, a semicolon as spreadsheets of half of Europe have it, or a tab.
  private static func separator(_ lines: [Substring]) -> Character {
    let head = lines.prefix(2).joined(separator: " ")
    return head.contains(";") ? ";" : head.contains("\t") ? "\t" : ","
  }

  /// A finite number with a point or a comma before its decimals.
  private static func number(_ text: String) -> Double? {
    let plain = text.map { $0 == "," ? "." : $0 == "−" ? "-" : $0 }
    guard let value = Double(String(plain)), value.isFinite else { return nil }
    return value
  }

  /// The fields of a line, without quotes around them.
  private static func fields(_ line: Substring, _ separator: Character) -> [String] {
    var (fields, field, quoted) = ([String](), "", false)
    for character in line {
      if character == "\"" {
        quoted.toggle()
      } else if character == separator, !quoted {
        fields.append(field)
        field = ""
      } else {
        field.append(character)
      }
    }
    return (fields + [field]).map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
