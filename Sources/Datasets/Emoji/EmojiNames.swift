import Foundation
import FoundationXML
import Tensors

/// An emoji and what people call it.
public struct NamedEmoji: Sendable, Hashable {
  /// Its Unicode characters, without variation selectors.
  public let symbol: String
  /// The English short name, as CLDR writes it: "red heart", "Santa Claus".
  public let name: String
  /// The Chinese short name, where CLDR has one.
  public let chineseName: String?
}

/// The short names of characters in CLDR: `annotations` and `annotationsDerived`, the entries of type "tts".
///
/// Source: Unicode CLDR, UTS 35 part 2, "Annotations"; read from the files of the Debian package unicode-cldr-core.
package enum EmojiNames {
  /// Where Debian's package puts the files; the variable DIFFUSE_CLDR names another folder.
  package static var defaultFolder: String {
    guard let variable = getenv("DIFFUSE_CLDR"), variable.pointee != 0 else { return "/usr/share/unicode/cldr/common" }
    return String(cString: variable)
  }

  /// All named characters in the order of the files, which is that of emoji keyboards.
  /// - Throws: with code `unavailable`, naming the package, when a file is missing, `data` when one is damaged.
  package static func read(folder: String = defaultFolder) throws(UserError) -> [NamedEmoji] {
    let english = try names("en", folder)
    let chinese = Dictionary(try names("zh", folder), uniquingKeysWith: { first, _ in first })
    return english.map { NamedEmoji(symbol: $0.0, name: $0.1, chineseName: chinese[$0.0]) }
  }

  private static func names(_ language: String, _ folder: String) throws(UserError) -> [(String, String)] {
    var found: [(String, String)] = []
    for part in ["annotations", "annotationsDerived"] {
      found += try AnnotationFile("\(folder)/\(part)/\(language).xml").names
    }
    return found
  }
}

/// Collects `<annotation cp="🍕" type="tts">pizza</annotation>`.
private final class AnnotationFile: NSObject, XMLParserDelegate {
  private(set) var names: [(String, String)] = []
  /// The character whose name is being read.
  private var symbol: String?
  private var text = ""

  init(_ path: String) throws(UserError) {
    super.init()
    guard let data = FileManager.default.contents(atPath: path) else {
      throw UserError(
        "the names of emoji are not installed (\(path) is missing): run `apt-get install unicode-cldr-core`, or name "
          + "CLDR's folder common with DIFFUSE_CLDR", code: .unavailable)
    }
    let parser = XMLParser(data: data)
    parser.delegate = self
    guard parser.parse() else {
      throw UserError("\(path) is damaged: it is no XML at line \(parser.lineNumber)", code: .data)
    }
    guard !names.isEmpty else { throw UserError("\(path) is damaged: it names no characters", code: .data) }
  }

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    guard element == "annotation", attributes["type"] == "tts" else { return }
    symbol = attributes["cp"]
    text = ""
  }

  func parser(_ parser: XMLParser, foundCharacters characters: String) {
    if symbol != nil { text += characters }
  }

  func parser(
    _ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?
  ) {
    guard let symbol else { return }
    names.append((symbol, text))
    self.symbol = nil
  }
}
