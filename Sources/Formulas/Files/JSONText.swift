import Foundation

/// Reading JSON into arrays of numbers, with errors in sentences.
enum JSONText {
  /// The most bytes a file may have.
  static let mostBytes = 20_000_000

  static func object(_ data: Data, _ file: String) throws(FormulaError) -> Any {
    guard data.count <= mostBytes else {
      throw FormulaError("\(file) has \(data.count) bytes; at most \(mostBytes) are read")
    }
    guard !data.isEmpty else { throw FormulaError("\(file) is empty") }
    do { return try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) } catch {
      throw FormulaError("\(file) is no JSON: \(reason(error))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    let text = (error as NSError).userInfo["NSDebugDescription"] as? String ?? "\(error)"
    return text.split(separator: "\n").first.map(String.init) ?? "it cannot be read"
  }

  /// A number, or nested lists of numbers of one shape.
  static func numbers(_ value: Any, _ what: String) throws(FormulaError) -> Numbers {
    var elements: [Double] = []
    let shape = try collect(value, what, 0, &elements)
    return Numbers(shape: shape, elements)
  }

  private static func collect(
    _ value: Any, _ what: String, _ depth: Int, _ elements: inout [Double]
  ) throws(FormulaError) -> [Int] {
    if let number = value as? NSNumber {
      guard elements.count < Numbers.mostElements else {
        throw FormulaError("\(what) has more than \(Numbers.mostElements) numbers")
      }
      elements.append(number.doubleValue)
      return []
    }
    guard let list = value as? [Any] else { throw FormulaError("\(what) holds “\(value)” where a number is wanted") }
    guard depth < 8 else { throw FormulaError("\(what) has more than 8 axes") }
    var inner: [Int]?
    for item in list {
      let shape = try collect(item, what, depth + 1, &elements)
      guard inner == nil || inner == shape else {
        throw FormulaError("\(what) has rows of different shapes, \(inner ?? []) and \(shape)")
      }
      inner = shape
    }
    return [list.count] + (inner ?? [])
  }
}
