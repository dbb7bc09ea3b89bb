#if canImport(Glibc)
  import Glibc
#endif
import Tensors

/// Single keys from the terminal, without Return.
public enum KeyReader {
  /// The next key, lower-case; nil at the end of input.
  public static func key() -> Character? {
    let restore = TerminalMode.enterKeyMode()
    defer { if restore { TerminalMode.leaveKeyMode() } }
    var byte: UInt8 = 0
    while true {
      let count = read(STDIN_FILENO, &byte, 1)
      if count == 1 { return Character(UnicodeScalar(byte)).lowercased().first }
      if count == 0 || errno != EINTR { return nil }
    }
  }
}

/// The state of the terminal that must be given back, also when Ctrl-C ends the program.
enum TerminalMode {
  // Written by the main thread only, before a key is awaited, and read by the signal handler of the same thread.
  private nonisolated(unsafe) static var saved = termios()
  private nonisolated(unsafe) static var isSaved = false

  /// Keys arrive one by one and unseen; Ctrl-C still interrupts.
  static func enterKeyMode() -> Bool {
    guard isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &saved) == 0 else { return false }
    isSaved = true
    var raw = saved
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    return tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0
  }

  static func leaveKeyMode() {
    guard isSaved else { return }
    tcsetattr(STDIN_FILENO, TCSANOW, &saved)
    isSaved = false
  }
}

/// What happens when the program is told to end.
public enum Interrupts {
  /// Ctrl-C ends the program with exit code 130, SIGTERM with 143, a terminal that hangs up with 129: the terminal is as it
  /// was, and no half-written file is left.
  ///
  /// Only functions that are safe in signal handlers are called: tcsetattr, unlink, write, _exit.
  public static func exitOnSignals() {
    // A parent's worker thread may have started us with its signals blocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    // The handler's variables are made here, outside of it.
    FileOutput.removeUnfinished()
    for number in [SIGINT, SIGTERM, SIGHUP] {
      let before = signal(number) { Interrupts.endAtOnce($0) }
      // nohup asked for this one to be ignored.
      if number == SIGHUP, isIgnored(before) { signal(number, SIG_IGN) }
    }
    // A file that grows past the limit of `ulimit -f` then fails like one on a full disk.
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Ends the program as the signal asks, from its handler.
  public static func endAtOnce(_ number: Int32) -> Never {
    TerminalMode.leaveKeyMode()
    FileOutput.removeUnfinished()
    if number == SIGINT { _ = "\n".withCString { write(STDERR_FILENO, $0, 1) } }
    _exit(128 + number)
  }

  private static func isIgnored(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
    unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
