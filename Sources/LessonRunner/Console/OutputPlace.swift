#if canImport(Glibc)
  import Glibc
#endif
import Tensors

/// Looks at where results will go before a long run, so that the run is not in vain.
public enum OutputPlace {
  /// Makes the folder where it is missing.
  /// - Throws: with code `cannotCreate` when that is impossible or no file can be created in it.
  public static func check(folder path: String) throws(UserError) {
    try FileOutput.makeFolder(path)
    try FileOutput.tryPlace(of: path.hasSuffix("/") ? path : path + "/")
  }

  /// - Throws: with code `cannotCreate` when the file cannot be created there.
  public static func check(file path: String) throws(UserError) {
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR {
        throw UserError("\(path) is a folder, so it cannot be written as a file", code: .cannotCreate)
      }
      if status.st_mode & S_IFMT != S_IFREG { return }
    }
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw UserError("the folder \(folder) does not exist, so \(path) cannot be written", code: .cannotCreate)
    }
    // Root may write everywhere by its rights, but not to every file system.
    try FileOutput.tryPlace(of: path)
  }
}
