import Foundation

extension FileOutput {
  /// Makes a folder and those above it; one that is there is fine.
  /// - Throws: with code `cannotCreate` when that is impossible.
  public static func makeFolder(_ path: String) throws(UserError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw UserError("the folder \(path) cannot be made: \(error.localizedDescription)", code: .cannotCreate)
    }
  }
}
