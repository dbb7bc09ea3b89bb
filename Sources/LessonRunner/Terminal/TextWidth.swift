import CChafa

/// How many columns of a terminal a text fills.
///
/// GLib's Unicode tables decide, so that the result does not depend on the locale: combining marks (the hat of ε̂) fill none, East
/// Asian wide characters and emoji two.
public func displayWidth(_ text: some StringProtocol) -> Int {
  text.reduce(0) { $0 + displayWidth($1) }
}

func displayWidth(_ character: Character) -> Int {
  if let ascii = character.asciiValue { return ascii < 32 ? 0 : 1 }
  return character.unicodeScalars.reduce(0) { width, scalar in
    if g_unichar_iszerowidth(scalar.value) != 0 { return width }
    return max(width, g_unichar_iswide(scalar.value) != 0 ? 2 : 1)
  }
}
