import Drawing

/// A name for an address inside a page: lower-case letters, digits and dashes.
func anchorName(_ text: String) -> String {
  let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
  return words.isEmpty ? "part" : words.joined(separator: "-")
}

/// Text with its symbols set in MathML; what belongs to a symbol without a blank stays on its line.
func proseHTML(_ text: String) -> String {
  var html = ""
  var pieces = ProseMath.pieces(text)[...]
  while let piece = pieces.popFirst() {
    switch piece {
    case .text(let text): html += escapedXML(text)
    case .symbol(let expression):
      let math = inlineMath(expression.mathML)
      guard case .text(let next)? = pieces.first, let mark = next.first, ",.;:)?!]%’²".contains(mark) else {
        html += math
        continue
      }
      let tail = next.prefix { !$0.isWhitespace }
      html += "<span class=\"n\">\(math)\(escapedXML(tail))</span>"
      pieces[pieces.startIndex] = .text(String(next[tail.endIndex...]))
    }
  }
  return html
}

/// A `<math>` element that stands in a line.
func inlineMath(_ mathML: String) -> String {
  mathML.replacing(" xmlns=\"http://www.w3.org/1998/Math/MathML\"", with: "").replacing(" display=\"block\"", with: "")
}

/// A `<math>` element that stands by itself.
func displayMath(_ mathML: String) -> String {
  mathML.replacing(" xmlns=\"http://www.w3.org/1998/Math/MathML\"", with: "")
}
