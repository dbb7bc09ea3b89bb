/// A mistake of the person using the program, told in one sentence.
///
/// Whatever a user can cause (a value out of range, a torn file, a full disk) is thrown as a `UserError`; a programmer's
/// mistake is a `precondition`. The command line prints `sentence` on standard error and exits with `code`.
public struct UserError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Exit codes of BSD's sysexits(3), as far as they are used.
  public enum Code: Int32, Sendable {
    /// Wrong command-line usage: an unknown name, a value outside its range.
    case usage = 64
    /// The content of an input file is wrong.
    case data = 65
    /// An input file does not exist or cannot be read.
    case noInput = 66
    /// A package, font or data set that must be installed is missing.
    case unavailable = 69
    /// An output file cannot be created.
    case cannotCreate = 73
    /// An error while reading or writing, a full disk among them.
    case io = 74
    /// A configuration (model folder, lesson file) that does not fit.
    case config = 78
  }

  /// What went wrong: the value, the allowed range, the file and line where there is one.
  public let sentence: String
  public let code: Code

  public init(_ sentence: String, code: Code = .usage) {
    self.sentence = sentence
    self.code = code
  }

  public var description: String { sentence }
}
