import Foundation
import Tensors

/// A JSON object read from a model folder, with checked access: every mistake is a sentence naming file, key and value.
public struct ConfigurationObject {
  public let path: String
  private let values: [String: Any]

  /// Reads a file.
  public init(contentsOf path: String) throws(UserError) {
    self.path = path
    guard let data = FileManager.default.contents(atPath: path) else {
      throw UserError("\(path) is missing or cannot be read", code: .noInput)
    }
    guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw UserError("\(path) is not a JSON object", code: .data)
    }
    values = object
  }

  /// An object already in memory; `path` names it in errors.
  public init(_ values: [String: Any], path: String) {
    self.path = path
    self.values = values
  }

  public func error(_ sentence: String) -> UserError { UserError("\(path): \(sentence)", code: .config) }

  /// Present and null. (An absent key means the default, which need not be null.)
  public func isNull(_ key: String) -> Bool { values[key] is NSNull }

  private func value(_ key: String) -> Any? { isNull(key) ? nil : values[key] }

  /// Refuses a value that is none of `allowed`; an absent or null key passes.
  public func require(_ key: String, oneOf allowed: [String]) throws(UserError) {
    guard let value = value(key) else { return }
    guard let text = value as? String, allowed.contains(text) else {
      throw error("\(key) \(value) is not supported; supported: \(allowed.joined(separator: ", "))")
    }
  }

  /// Refuses true, alone or in a list.
  public func requireFalse(_ key: String) throws(UserError) {
    guard let value = value(key) else { return }
    let isFalse = ((value as? [Any]) ?? [value]).allSatisfy { isBoolean($0) && $0 as? Bool == false }
    if !isFalse { throw error("\(key) \(value) is not supported; it must be false") }
  }

  /// Refuses any value but null.
  public func requireNull(_ key: String) throws(UserError) {
    if let value = value(key) { throw error("\(key) \(value) is not supported; it must be null") }
  }

  /// An object inside this one; its sentences name the same file.
  public func object(_ key: String) throws(UserError) -> ConfigurationObject? {
    guard let value = value(key) else { return nil }
    guard let object = value as? [String: Any] else { throw error("\(key) is \(value), not an object") }
    return ConfigurationObject(object, path: path)
  }

  public func string(_ key: String) throws(UserError) -> String? {
    guard let value = value(key) else { return nil }
    guard let text = value as? String else { throw error("\(key) is \(value), not a string") }
    return text
  }

  public func flag(_ key: String) throws(UserError) -> Bool? {
    guard let value = value(key) else { return nil }
    guard let flag = value as? Bool, isBoolean(value) else { throw error("\(key) is \(value), not true or false") }
    return flag
  }

  public func number(_ key: String) throws(UserError) -> Double? {
    guard let value = value(key) else { return nil }
    guard let number = value as? NSNumber, !isBoolean(value) else { throw error("\(key) is \(value), not a number") }
    return number.doubleValue
  }

  /// A finite number above 0.
  public func positiveNumber(_ key: String) throws(UserError) -> Double? {
    guard let number = try number(key) else { return nil }
    guard number > 0, number.isFinite else { throw error("\(key) \(number) is not above 0") }
    return number
  }

  /// An integer; with `optional` null is allowed, otherwise null counts as absent too but is the caller's default.
  public func integer(
    _ key: String, in range: ClosedRange<Int>, optional: Bool = false
  ) throws(UserError) -> Int? {
    guard let value = value(key) else {
      if isNull(key) && !optional { throw error("\(key) is null, not an integer") }
      return nil
    }
    return try checked(value, key, range)
  }

  public func integers(_ key: String, in range: ClosedRange<Int>) throws(UserError) -> [Int] {
    guard let list = value(key) as? [Any] else { throw error("\(key) is missing or not a list") }
    var result: [Int] = []
    for value in list { result.append(try checked(value, key, range)) }
    return result
  }

  /// One integer, or a list of them; nil when absent.
  public func integerOrList(_ key: String, in range: ClosedRange<Int>) throws(UserError) -> [Int]? {
    if value(key) is [Any] { return try integers(key, in: range) }
    return try integer(key, in: range).map { [$0] }
  }

  /// A list of strings; nil when absent or when it holds null, as `[null, null]` does for a part a pipeline lacks.
  public func texts(_ key: String) throws(UserError) -> [String]? {
    guard let value = value(key) else { return nil }
    guard let list = value as? [Any] else { throw error("\(key) is \(value), not a list") }
    let texts = list.compactMap { $0 as? String }
    return texts.count == list.count ? texts : nil
  }

  public func strings(_ key: String, each allowed: [String]) throws(UserError) -> [String] {
    guard let list = value(key) as? [Any] else { throw error("\(key) is missing or not a list") }
    var result: [String] = []
    for value in list {
      guard let text = value as? String, allowed.contains(text) else {
        throw error("\(key) has \(value), which is not supported; supported: \(allowed.joined(separator: ", "))")
      }
      result.append(text)
    }
    return result
  }

  private func checked(_ value: Any, _ key: String, _ range: ClosedRange<Int>) throws(UserError) -> Int {
    guard let number = value as? NSNumber, !isBoolean(value), Double(number.intValue) == number.doubleValue else {
      throw error("\(key) is \(value), not an integer")
    }
    guard range.contains(number.intValue) else {
      throw error("\(key) \(number.intValue) is outside \(range.lowerBound)…\(range.upperBound)")
    }
    return number.intValue
  }
}

/// JSON's true and false, which Foundation also offers as the numbers 1 and 0.
private func isBoolean(_ value: Any) -> Bool {
  guard let number = value as? NSNumber else { return value is Bool }
  return String(cString: number.objCType) == "c"
}
