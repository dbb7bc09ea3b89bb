/// Reads JSON (RFC 8259) value by value as the caller expects it, for headers that may be hostile.
///
/// Nothing is built for values that are skipped, nesting is limited, and a key that occurs twice in an object, which most
/// readers overlook, is refused.
struct JSONScanner {
  private let bytes: [UInt8]
  private var position = 0
  /// The error for "… at byte n".
  private let failure: (String) -> UserError

  init(_ bytes: [UInt8], failure: @escaping (String) -> UserError) {
    self.bytes = bytes
    self.failure = failure
  }

  /// An error about the byte the scanner is at.
  func error(_ what: String) -> UserError { failure("\(what) at byte \(position)") }

  /// The next byte that is no white space, or nil at the end.
  private mutating func peek() -> UInt8? {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    return position < bytes.count ? bytes[position] : nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(UserError) {
    guard take(UInt8(ascii: character)) else { throw error("'\(character)' is missing") }
  }

  /// Only white space may follow.
  mutating func end() throws(UserError) {
    if peek() != nil { throw error("something follows the end") }
  }

  /// An object; `member` reads or skips the value of each key.
  mutating func object(
    _ member: (inout JSONScanner, String) throws(UserError) -> Void
  ) throws(UserError) {
    try expect("{")
    if take(UInt8(ascii: "}")) { return }
    var keys = Set<String>()
    repeat {
      let key = try string()
      guard keys.insert(key).inserted else { throw error("the key \(quoted(key)) is there twice") }
      try expect(":")
      try member(&self, key)
    } while take(UInt8(ascii: ","))
    try expect("}")
  }

  /// An array; `element` reads or skips each value.
  mutating func array(_ element: (inout JSONScanner) throws(UserError) -> Void) throws(UserError) {
    try expect("[")
    if take(UInt8(ascii: "]")) { return }
    repeat { try element(&self) } while take(UInt8(ascii: ","))
    try expect("]")
  }

  /// An integer that fits Int; fractions and exponents are refused.
  mutating func integer() throws(UserError) -> Int {
    let start = position
    guard let text = number(), let value = Int(text) else {
      position = start
      _ = peek()
      throw error("an integer is missing")
    }
    return value
  }

  mutating func string() throws(UserError) -> String {
    guard peek() == UInt8(ascii: "\"") else { throw error("a string is missing") }
    position += 1
    var content: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else { throw error("a string is not UTF-8") }
        position += 1
        return text
      case UInt8(ascii: "\\"):
        position += 1
        content += try escape()
      case ..<0x20:
        throw error("a string holds a control character")
      default:
        content.append(byte)
        position += 1
      }
    }
    throw error("a string does not end")
  }

  /// Any value.
  mutating func skip(depth: Int = 0) throws(UserError) {
    guard depth < 64 else { throw error("more than 64 nested values") }
    switch peek() {
    case UInt8(ascii: "{"): try object { (scanner, _) throws(UserError) in try scanner.skip(depth: depth + 1) }
    case UInt8(ascii: "["): try array { (scanner) throws(UserError) in try scanner.skip(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try string()
    default:
      for word in ["true", "false", "null"] where bytes[position...].starts(with: word.utf8) {
        position += word.utf8.count
        return
      }
      if number() == nil { throw error("a value is missing") }
    }
  }

  /// The text of a number, or nil when there is none.
  private mutating func number() -> String? {
    _ = peek()
    let start = position
    func digits(_ at: Int) -> Int { bytes[at...].prefix { (0x30...0x39).contains($0) }.count }
    func has(_ characters: String, _ at: Int) -> Bool { at < bytes.count && characters.utf8.contains(bytes[at]) }
    var end = start + (has("-", start) ? 1 : 0)
    let whole = digits(end)
    guard whole > 0, whole == 1 || bytes[end] != UInt8(ascii: "0") else { return nil }
    end += whole
    if has(".", end) {
      guard digits(end + 1) > 0 else { return nil }
      end += 1 + digits(end + 1)
    }
    if has("eE", end) {
      end += has("+-", end + 1) ? 2 : 1
      guard end <= bytes.count, digits(end) > 0 else { return nil }
      end += digits(end)
    }
    position = end
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  /// The UTF-8 of what follows a backslash.
  private mutating func escape() throws(UserError) -> [UInt8] {
    guard position < bytes.count else { throw error("a string does not end") }
    let letter = bytes[position]
    let plain: [UInt8: UInt8] = [
      0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09,
    ]
    if let byte = plain[letter] {
      position += 1
      return [byte]
    }
    guard letter == UInt8(ascii: "u") else { throw error("an unknown escape") }
    position += 1
    var code = try hexadecimal()
    if (0xD800..<0xDC00).contains(code), bytes[position...].starts(with: [0x5C, 0x75]) {
      position += 2
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw error("half a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw error("half a surrogate pair") }
    return Array(String(scalar).utf8)
  }

  private mutating func hexadecimal() throws(UserError) -> UInt32 {
    let digits = bytes[position...].prefix(4)
    let text = String(decoding: digits, as: UTF8.self)
    guard digits.count == 4, digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
      let value = UInt32(text, radix: 16)
    else { throw error("four hexadecimal digits are missing") }
    position += 4
    return value
  }
}

/// `text` as a JSON string with its quotes, which JavaScript reads too.
package func jsonString(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    case "\r": result += "\\r"
    case "\u{8}": result += "\\b"
    case "\u{c}": result += "\\f"
    case "\u{2028}": result += "\\u2028"
    case "\u{2029}": result += "\\u2029"
    case "\0"..<" ":
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
