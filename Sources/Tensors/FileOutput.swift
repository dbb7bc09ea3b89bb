import Glibc
import Synchronization

/// A file being written that appears under its name only when it is complete.
///
/// The bytes go to a temporary file in the same folder, which is forced to the disk and then renamed; after any error
/// it is removed and what was under the name before is untouched, also when a signal handler ends the program by way of
/// `removeUnfinished`. What exists and is no regular file (a terminal, a pipe, /dev/null) is written to directly.
public final class FileOutput {
  private let path: String
  private let descriptor: Int32

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  /// Writes the file `path` by what `body` hands to `write`.
  ///
  /// Throws what `body` throws, code `cannotCreate` when the folder does not allow a new file, and `io` when writing
  /// fails, for example because the disk is full.
  public static func write(
    to path: String, _ body: (FileOutput) throws(UserError) -> Void
  ) throws(UserError) {
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT == S_IFDIR {
      throw UserError("\(path) cannot be written: it is a folder", code: .cannotCreate)
    }
    if exists, status.st_mode & S_IFMT != S_IFREG {
      return try writeDirectly(to: path, body)
    }
    let target = exists ? resolved(path) : path
    let (temporary, descriptor) = try createTemporary(beside: target, for: path)
    defer { forget() }
    do throws(UserError) {
      let output = FileOutput(path: path, descriptor: descriptor)
      do throws(UserError) {
        try body(output)
        if exists { fchmod(descriptor, status.st_mode & 0o777) }
        if fsync(descriptor) != 0 { throw output.failure() }
      } catch {
        close(descriptor)
        throw error
      }
      if close(descriptor) != 0 { throw output.failure() }
      if rename(temporary, target) != 0 { throw output.failure() }
    } catch {
      unlink(temporary)
      throw error
    }
    syncFolder(of: target)
  }

  /// Makes and removes a file beside `path`, to see before a long run whether it can be written there.
  ///
  /// Throws with code `cannotCreate` when the folder does not allow a new file.
  public static func tryPlace(of path: String) throws(UserError) {
    let (temporary, descriptor) = try createTemporary(beside: path, for: path)
    close(descriptor)
    unlink(temporary)
    forget()
  }

  /// Writes `bytes` as the whole content of the file `path`.
  public static func write(_ bytes: [UInt8], to path: String) throws(UserError) {
    try write(to: path) { (output) throws(UserError) in try output.write(bytes) }
  }

  /// Writes `text` in UTF-8 as the whole content of the file `path`.
  public static func write(_ text: String, to path: String) throws(UserError) { try write(Array(text.utf8), to: path) }

  /// Appends to the file.
  public func write(_ bytes: [UInt8]) throws(UserError) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent) }
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw failure() }
      sent += count
    }
  }

  private func failure() -> UserError { UserError("\(path) could not be written: \(lastSystemError())", code: .io) }

  private static func writeDirectly(
    to path: String, _ body: (FileOutput) throws(UserError) -> Void
  ) throws(UserError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw uncreatable(path) }
    defer { close(descriptor) }
    try body(FileOutput(path: path, descriptor: descriptor))
  }

  private static func createTemporary(beside target: String, for path: String) throws(UserError) -> (String, Int32) {
    while true {
      let name = ".diffuse-\(getpid())-\(UInt32.random(in: 0 ... .max)).part"
      let temporary = folder(of: target) + name
      remember(temporary)
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (temporary, descriptor) }
      let reason = errno
      forget()
      errno = reason
      if reason != EEXIST { throw uncreatable(path) }
    }
  }

  // MARK: Signals

  /// The temporary file there is, as the C string a signal handler needs. One is enough: the command writes its files one
  /// after another. Unsafe only by its type: whoever exchanges the pointer for another owns the string.
  private nonisolated(unsafe) static let unfinished = Atomic<UnsafeMutablePointer<CChar>?>(nil)

  /// Removes the file that is being written, before the program is ended in the middle of it.
  ///
  /// Safe in a signal handler: it exchanges a pointer and calls unlink.
  public static func removeUnfinished() {
    if let path = unfinished.exchange(nil, ordering: .acquiringAndReleasing) { unlink(path) }
  }

  private static func remember(_ temporary: String) {
    free(unfinished.exchange(strdup(temporary), ordering: .acquiringAndReleasing))
  }

  private static func forget() {
    free(unfinished.exchange(nil, ordering: .acquiringAndReleasing))
  }

  private static func uncreatable(_ path: String) -> UserError {
    let full = errno == ENOSPC || errno == EDQUOT
    return UserError("\(path) cannot be written: \(lastSystemError())", code: full ? .io : .cannotCreate)
  }

  /// The file a chain of symbolic links leads to.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// "a/b/" of "a/b/c", "" of "c".
  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  /// Makes the new name itself survive a loss of power; file systems that cannot are left alone.
  private static func syncFolder(of path: String) {
    let folder = folder(of: path)
    let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
