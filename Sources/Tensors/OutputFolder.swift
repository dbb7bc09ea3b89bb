import Glibc

extension FileOutput {
  /// Makes a folder and those above it where they are missing.
  /// - Throws: with code `cannotCreate` when that is impossible.
  public static func makeFolder(_ path: String) throws(UserError) {
    var reached = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      reached += part
      if mkdir(reached, 0o777) != 0 && errno != EEXIST {
        let reason = String(cString: strerror(errno))
        throw UserError("the folder \(path) cannot be created: \(reason)", code: .cannotCreate)
      }
      reached += "/"
    }
    var status = stat()
    guard path.isEmpty || (stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR) else {
      throw UserError("\(path) is not a folder, so nothing can be written into it", code: .cannotCreate)
    }
  }
}
