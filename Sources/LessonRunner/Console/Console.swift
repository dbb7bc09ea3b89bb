#if canImport(Glibc)
  import Glibc
#endif
import Tensors

/// Standard output and standard error, with what is known of the terminal behind them.
public enum Console {
  /// Whether standard output is a terminal.
  public static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  /// Whether standard error is a terminal.
  public static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }
  /// Whether the reader can be asked.
  public static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// Escape sequences are wanted: on a terminal that is not dumb, unless `NO_COLOR` is set (no-color.org).
  public static var colors: Bool {
    outputIsTerminal && (environment("NO_COLOR") ?? "").isEmpty && !terminalIsDumb
  }

  /// Whether standard output can show a picture: a terminal that is not dumb.
  public static var showsPictures: Bool { outputIsTerminal && !terminalIsDumb }

  /// Whether standard error can show a line that is drawn anew.
  public static var showsProgress: Bool { errorIsTerminal && !terminalIsDumb }

  private static var terminalIsDumb: Bool { environment("TERM") == "dumb" }

  /// Columns of the terminal; 80 when standard output is none.
  public static var width: Int { window.map { Int($0.ws_col) } ?? 80 }

  /// Lines of the terminal's window; nil when standard output is none.
  public static var rows: Int? { window.flatMap { $0.ws_row > 0 ? Int($0.ws_row) : nil } }

  /// Pixels of one character of the terminal; where it does not tell, the usual ones.
  static var cell: (width: Int, height: Int) {
    guard let size = window, size.ws_row > 0, size.ws_xpixel > 0, size.ws_ypixel > 0 else { return (10, 20) }
    return (max(1, Int(size.ws_xpixel / size.ws_col)), max(1, Int(size.ws_ypixel / size.ws_row)))
  }

  private static var window: winsize? {
    var size = winsize()
    guard outputIsTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return size
  }

  /// Writes to standard output.
  /// - Throws: when it cannot be written, as on a full disk.
  public static func write(_ text: String) throws(UserError) {
    let failure = writeAll(text, to: STDOUT_FILENO)
    guard failure == 0 else {
      let reason = strerror(failure).map { String(cString: $0) } ?? "error \(failure)"
      throw UserError("standard output cannot be written: \(reason)", code: .io)
    }
  }

  /// Writes a line to standard error; what cannot be written there cannot be told either.
  public static func complain(_ sentence: String) {
    _ = writeAll(sentence + "\n", to: STDERR_FILENO)
  }

  /// Asks for a line of input, on standard error so that results stay clean.
  public static func prompt(_ text: String) { writeError(text) }

  /// Writes to standard error without ending the line.
  static func writeError(_ text: String) { _ = writeAll(text, to: STDERR_FILENO) }

  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// The error number, or 0.
  private static func writeAll(_ text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        done += count
      }
      return 0
    }
  }
}
