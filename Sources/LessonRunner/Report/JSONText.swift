/// A string as JSON, which JavaScript reads too.
func jsonString(_ text: String) -> String {
  var result = "\""
  result.reserveCapacity(text.utf8.count + 2)
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\u{2028}": result += "\\u2028"
    case "\u{2029}": result += "\\u2029"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

func jsonArray(_ texts: [String]) -> String { "[" + texts.map(jsonString).joined(separator: ",") + "]" }
