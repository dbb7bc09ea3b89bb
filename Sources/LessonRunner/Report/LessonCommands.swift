/// Commands among the code of lessons.
enum LessonCommands {
  /// The commands of a block of code, or nil when it is none: the program's name begins it.
  static func find(in code: String) -> [String]? {
    var commands: [String] = []
    for line in code.split(separator: "\n").map({ String($0).trimmed }) where !line.isEmpty {
      if let last = commands.last, last.hasSuffix("\\") {
        commands[commands.count - 1] = String(last.dropLast()).trimmed + " " + line
      } else {
        commands.append(line)
      }
    }
    return !commands.isEmpty && commands.allSatisfy { $0.hasPrefix("diffuse ") } ? commands : nil
  }
}
