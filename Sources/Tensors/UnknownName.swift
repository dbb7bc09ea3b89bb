extension UserError {
  /// "no lesson is named 'nosing'; did you mean forward-noising? known: …": a name that is not among those there are.
  ///
  /// - Parameters:
  ///   - kind: what was looked for, in the singular, such as "lesson".
  ///   - name: what the user wrote.
  ///   - known: the names there are; the nearest are suggested, all are listed when they are few.
  ///   - place: where the name was written ("Lessons/02.md, line 14"), or nil for the command line.
  public static func unknown(
    _ kind: String, _ name: String, among known: [String], at place: String? = nil, code: Code = .usage
  ) -> UserError {
    let near = nearMatches(to: name, among: known)
    var sentence = "no \(kind) is named '\(name)'"
    if let place { sentence = "\(place): \(sentence)" }
    if !near.isEmpty { sentence += "; did you mean \(near.joined(separator: " or "))?" }
    if known.isEmpty { return UserError(sentence + "; there are none", code: code) }
    if near.isEmpty || known.count <= 12 { sentence += "\(near.isEmpty ? ";" : "") known: \(shortList(known))" }
    return UserError(sentence, code: code)
  }

  private static func shortList(_ names: [String]) -> String {
    names.count <= 40
      ? names.joined(separator: ", ") : names.prefix(40).joined(separator: ", ") + ", … (\(names.count) in all)"
  }
}

/// The names nearest to a mistyped one, best first, at most three: an edit distance of up to a third of the length, or one
/// containing the other.
public func nearMatches(to name: String, among known: [String]) -> [String] {
  let wanted = name.lowercased()
  guard !wanted.isEmpty else { return [] }
  let scored = known.compactMap { candidate -> (score: Int, name: String)? in
    let lower = candidate.lowercased()
    let distance = editDistance(wanted, lower)
    if distance <= max(1, max(wanted.count, lower.count) / 3) { return (distance, candidate) }
    let contained = lower.contains(wanted) || wanted.contains(lower)
    return contained && min(wanted.count, lower.count) >= 3 ? (distance, candidate) : nil
  }
  return scored.sorted { ($0.score, $0.name) < ($1.score, $1.name) }.prefix(3).map(\.name)
}

/// How many insertions, deletions, substitutions of one character and swaps of two neighbours lead from `a` to `b`
/// (optimal string alignment).
private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a), Array(b))
  var rows = [Array(0...b.count)]
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var best = min(rows[i][j] + (a[i] == b[j] ? 0 : 1), row[j] + 1, rows[i][j + 1] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
      row.append(best)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
