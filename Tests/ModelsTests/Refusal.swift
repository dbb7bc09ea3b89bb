import Foundation
import Models
import TestSupport
import Tensors
import Testing

/// A change to a good configuration and what the sentence that refuses it must name.
struct Refusal: Sendable, CustomTestStringConvertible {
  let key: String
  /// As JSON; nil removes the key.
  let json: String?
  let mentions: [String]
  var testDescription: String { "\(key): \(json ?? "absent")" }

  init(_ key: String, _ json: String?, _ mentions: String...) {
    self.key = key
    self.json = json
    self.mentions = mentions
  }
}

/// The `config.json` of a golden folder with one key changed; `json` nil removes it.
func configuration(_ golden: String, changing key: String? = nil, to json: String? = nil) throws -> ConfigurationObject
{
  let data = try #require(FileManager.default.contents(atPath: Goldens.path("\(golden)/config.json")))
  var values = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  if let key {
    values[key] = try json.map { try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed) }
  }
  return ConfigurationObject(values, path: "folder/config.json")
}
