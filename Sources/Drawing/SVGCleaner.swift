/// Makes Cairo's SVG reproducible and fit to stand with others in one page.
///
/// Cairo numbers ids by what the process drew before. Here they are numbered in the order they appear and prefixed
/// with the figure's name; title and description for screen readers are put in.
struct SVGCleaner {
  let prefix: String
  let title: String
  let description: String

  func clean(_ svg: [UInt8]) -> [UInt8] { clean(svg, adding: header) }

  /// Without title and description, for a part of a picture.
  func cleanIDs(_ svg: [UInt8]) -> [UInt8] { clean(svg, adding: [UInt8(ascii: ">")]) }

  private func clean(_ svg: [UInt8], adding header: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(svg.count + 1024)
    var names: [[UInt8]: [UInt8]] = [:]
    func renamed(_ id: ArraySlice<UInt8>) -> [UInt8] {
      let key = Array(id)
      if let known = names[key] { return known }
      let new = Array("\(prefix)-\(names.count + 1)".utf8)
      names[key] = new
      return new
    }
    var position = 0
    var isTitled = false
    while position < svg.count {
      if let (end, terminator) = SVGCleaner.reference(in: svg, at: position) {
        result += svg[position..<end]
        let close = svg[end...].firstIndex(of: terminator) ?? svg.count
        result += renamed(svg[end..<close])
        position = close
      } else if !isTitled && SVGCleaner.starts("<svg ", in: svg, at: position) {
        let close = svg[position...].firstIndex(of: UInt8(ascii: ">")) ?? svg.count - 1
        result += svg[position..<close]
        result += header
        position = close + 1
        isTitled = true
      } else {
        result.append(svg[position])
        position += 1
      }
    }
    return result
  }

  private var header: [UInt8] {
    Array(
      """
       role="img" aria-labelledby="\(prefix)-title \(prefix)-desc">
      <title id="\(prefix)-title">\(escapedXML(title))</title>
      <desc id="\(prefix)-desc">\(escapedXML(description))</desc>
      """.utf8)
  }

  /// Where an id begins when one stands at `position`, and the byte that ends it.
  private static func reference(in svg: [UInt8], at position: Int) -> (Int, UInt8)? {
    let quote = UInt8(ascii: "\"")
    if starts(" id=\"", in: svg, at: position) { return (position + 5, quote) }
    if starts("href=\"#", in: svg, at: position) { return (position + 7, quote) }
    if starts("url(#", in: svg, at: position) { return (position + 5, UInt8(ascii: ")")) }
    return nil
  }

  private static func starts(_ text: StaticString, in bytes: [UInt8], at position: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    for i in 0..<count where bytes[position + i] != text.utf8Start[i] { return false }
    return true
  }
}

/// Text with what XML and HTML would read as markup written as entities, in quoted attributes too.
package func escapedXML(_ text: some StringProtocol) -> String {
  var result = ""
  result.reserveCapacity(text.utf8.count)
  for character in text {
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    default: result.append(character)
    }
  }
  return result
}
