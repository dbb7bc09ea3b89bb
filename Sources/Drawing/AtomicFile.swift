#if canImport(Glibc)
  import Glibc
#endif
import Tensors

/// Writes whole files or none: under a temporary name beside the target, then renamed.
package enum AtomicFile {
  /// Replaces the file at `path`; nothing is left behind when it fails.
  package static func write(_ bytes: [UInt8], to path: String) throws(UserError) {
    let temporary = path + ".part\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw UserError("\(path) cannot be created: \(reason(errno)).", code: .cannotCreate)
    }
    var failure = writeAll(bytes, to: descriptor)
    if close(descriptor) != 0 && failure == 0 { failure = errno }
    if failure == 0 && rename(temporary, path) != 0 { failure = errno }
    if failure != 0 {
      unlink(temporary)
      throw UserError("\(path) cannot be written: \(reason(failure)).", code: .io)
    }
  }

  /// Makes the folder and those above it where they are missing.
  package static func makeFolder(_ path: String) throws(UserError) {
    var reached = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      reached += part
      if mkdir(reached, 0o755) != 0 && errno != EEXIST {
        throw UserError("The folder \(path) cannot be created: \(reason(errno)).", code: .cannotCreate)
      }
      reached += "/"
    }
    var status = stat()
    guard path.isEmpty || (stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR) else {
      throw UserError("\(path) is not a folder, so nothing can be written into it.", code: .cannotCreate)
    }
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        done += count
      }
      return 0
    }
  }

  private static func reason(_ number: Int32) -> String {
    strerror(number).map { String(cString: $0) } ?? "error \(number)"
  }
}
