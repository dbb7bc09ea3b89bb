import Glibc

/// A file seen as memory, read only: pages are loaded when they are looked at.
///
/// A file that another program shortens while it is mapped stops this one with a bus error; files written by
/// `FileOutput` never shrink in place. Unchecked Sendable: the memory is never written.
final class MappedFile: @unchecked Sendable {
  let path: String
  let bytes: UnsafeRawBufferPointer

  init(_ path: String) throws(UserError) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.unreadable(path, lastSystemError()) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(path, lastSystemError()) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw Self.unreadable(path, isFolder ? "it is a folder" : "it is no regular file")
    }
    let count = Int(status.st_size)
    if count == 0 {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw Self.unreadable(path, lastSystemError())
    }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
  }

  deinit {
    if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
  }

  private static func unreadable(_ path: String, _ reason: String) -> UserError {
    UserError("\(path) cannot be read: \(reason)", code: .noInput)
  }
}

/// What went wrong in the last call of the operating system, for example "No such file or directory".
func lastSystemError() -> String { String(cString: strerror(errno)) }

/// A name from a file, for an error sentence: in quotes, control characters shown as escapes, at most 80 characters.
func quoted(_ name: String) -> String {
  let shown = name.unicodeScalars.prefix(80).map { scalar in
    scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
  }
  return "'" + shown.joined() + (name.unicodeScalars.count > 80 ? "…" : "") + "'"
}
