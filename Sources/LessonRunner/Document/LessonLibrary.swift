import Foundation
import Models
import Tensors

/// The lessons of a home.
public struct LessonLibrary: Sendable {
  /// A lesson file by its name.
  public struct Entry: Sendable, Equatable {
    /// Two digits.
    public let number: String
    public let slug: String
    public let path: String
    /// "02-forward-noising".
    public var name: String { "\(number)-\(slug)" }
  }

  public let home: Home
  /// Sorted by number.
  public let entries: [Entry]

  /// - Throws: when the folder of lessons cannot be read.
  public init(home: Home) throws(UserError) {
    self.home = home
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: home.lessons)
    } catch {
      throw UserError("the folder of lessons \(home.lessons) cannot be read", code: .noInput)
    }
    entries = names.sorted().compactMap { file in
      let parts = file.split(separator: "-", maxSplits: 1).map(String.init)
      guard file.hasSuffix(".md"), parts.count == 2, parts[0].count == 2, Int(parts[0]) != nil else { return nil }
      return Entry(number: parts[0], slug: String(parts[1].dropLast(3)), path: "\(home.lessons)/\(file)")
    }
  }

  /// The lesson that a number ("3", "03"), a slug or both ("03-noise-prediction") name.
  public func find(_ name: String) throws(UserError) -> Entry {
    let lower = name.lowercased()
    let found = entries.first {
      $0.slug == lower || $0.name == lower || $0.number == lower || (Int(lower) != nil && Int($0.number) == Int(lower))
    }
    if let found { return found }
    if Int(lower) != nil {
      throw UserError(
        "there is no lesson \(name); the lessons are \(entries.map(\.name).joined(separator: ", "))")
    }
    throw .unknown("lesson", name, among: entries.map(\.name) + entries.map(\.slug))
  }

  /// Reads and checks a lesson, its prerequisites included.
  public func load(_ entry: Entry, parser: LessonParser = LessonParser()) throws(UserError) -> LessonDocument {
    let shown = displayed(entry.path)
    guard let data = FileManager.default.contents(atPath: entry.path) else {
      throw UserError("the lesson file \(shown) cannot be read", code: .noInput)
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw UserError("the lesson file \(shown) is not UTF-8 text", code: .config)
    }
    let document = try parser.parse(text, file: shown, name: entry.name)
    let slugs = entries.map(\.slug)
    for need in document.header.needs where !slugs.contains(need) {
      throw .unknown("lesson", need, among: slugs, at: "\(shown), the needs at its top", code: .config)
    }
    return document
  }

  /// The path as short as it can be: relative to the working directory when it is inside.
  private func displayed(_ path: String) -> String {
    let here = FileManager.default.currentDirectoryPath + "/"
    return here != "//" && path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
  }
}
