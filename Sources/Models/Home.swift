import Foundation
import Tensors

/// The folder that holds lessons, shipped weights and bundled pictures.
///
/// Two layouts are known. A checkout has `Lessons`, `Sources/Models/Resources/NAME` and `Sources/Stages/Resources`; an
/// installed tree (`share/diffuse`) has `Lessons`, `Models/NAME` and `Resources`.
public struct Home: Sendable, Equatable {
  /// Absolute path without a trailing slash.
  public let root: String

  private init(root: String) { self.root = root }

  /// Looks for the home, in order: `--home`, `$DIFFUSE_HOME`, `share/diffuse` beside the folder of the executable (symbolic
  /// links followed), the ancestors of the working directory, the ancestors of the executable.
  ///
  /// - Throws: one sentence that says where it looked, when no folder holds `Lessons`.
  public static func find(
    option: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment,
    executable: String? = realExecutablePath(), workingDirectory: String = FileManager.default.currentDirectoryPath
  ) throws(UserError) -> Home {
    if let option { return try named(option, by: "--home", from: workingDirectory) }
    if let variable = environment["DIFFUSE_HOME"], !variable.isEmpty {
      return try named(variable, by: "DIFFUSE_HOME", from: workingDirectory)
    }
    var candidates: [String] = []
    var looked: [String] = []
    if let executable {
      let shared = parent(parent(executable)) + "/share/diffuse"
      candidates.append(shared)
      looked.append(shared)
    }
    candidates += ancestors(of: workingDirectory)
    looked.append("\(workingDirectory) and the folders above it")
    if let executable {
      candidates += ancestors(of: parent(executable))
      looked.append("the folders above \(executable)")
    }
    if let root = candidates.first(where: isHome) { return Home(root: root == "/" ? "" : root) }
    throw UserError(
      "no lessons were found in \(looked.joined(separator: ", ")); name their folder with --home or DIFFUSE_HOME",
      code: .noInput)
  }

  // MARK: What is inside

  /// The folder of lesson files.
  public var lessons: String { root + "/Lessons" }

  /// Where the shipped models' folders are.
  public var models: String { isCheckout ? root + "/Sources/Models/Resources" : root + "/Models" }

  /// Where the bundled pictures are.
  public var garments: String {
    isCheckout ? root + "/Sources/Stages/Resources/garments" : root + "/Resources/garments"
  }

  /// Where the bundled scenes of emoji are.
  public var emojiSamples: String {
    isCheckout ? root + "/Sources/Stages/Resources/emoji" : root + "/Resources/emoji"
  }

  /// The folder of a shipped model, or of one the user has: a path when it holds a slash or names a folder.
  ///
  /// - Throws: a sentence with the names there are.
  public func model(_ nameOrPath: String) throws(UserError) -> String {
    if nameOrPath.contains("/") || nameOrPath == "." || nameOrPath == ".." {
      guard Self.isFolder(nameOrPath) else {
        throw UserError("the model folder '\(nameOrPath)' does not exist", code: .noInput)
      }
      return nameOrPath
    }
    let shipped = models + "/" + nameOrPath
    if Self.isFolder(shipped) { return shipped }
    if Self.isFolder(nameOrPath) { return nameOrPath }
    throw .unknown("model in \(models)", nameOrPath, among: Self.folders(in: models), code: .noInput)
  }

  /// The file of a bundled picture.
  ///
  /// - Throws: a sentence with the names there are.
  public func garment(_ name: String) throws(UserError) -> String {
    let names = garmentNames
    guard names.contains(name) else {
      throw .unknown("picture in \(garments)", name, among: names, code: .noInput)
    }
    return "\(garments)/\(name).png"
  }

  /// The names of the bundled pictures, sorted.
  public var garmentNames: [String] {
    Self.contents(of: garments).filter { $0.hasSuffix(".png") }.map { String($0.dropLast(4)) }
  }

  // MARK: Looking

  private var isCheckout: Bool { Self.isFolder(root + "/Sources/Models") }

  private static func named(
    _ path: String, by source: String, from workingDirectory: String
  ) throws(UserError) -> Home {
    var absolute = path.hasPrefix("/") ? path : workingDirectory + "/" + path
    while absolute.count > 1, absolute.hasSuffix("/") { absolute.removeLast() }
    guard !path.isEmpty, isHome(absolute) else {
      throw UserError("\(source) names '\(path)', which holds no folder Lessons", code: .noInput)
    }
    return Home(root: absolute == "/" ? "" : absolute)
  }

  /// A folder with lessons: their names begin with a number, which other projects' folders of that name do not.
  private static func isHome(_ path: String) -> Bool {
    contents(of: path + "/Lessons").contains { $0.hasSuffix(".md") && $0.first?.isNumber == true }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }

  private static func contents(of path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  private static func folders(in path: String) -> [String] { contents(of: path).filter { isFolder("\(path)/\($0)") } }

  private static func parent(_ path: String) -> String {
    let end = path.lastIndex(of: "/") ?? path.startIndex
    return String(path[..<end])
  }

  /// `path` and every folder above it, the root last.
  private static func ancestors(of path: String) -> [String] {
    var (found, current) = ([String](), path)
    while !current.isEmpty, current != "/" {
      found.append(current)
      current = parent(current)
    }
    return found + ["/"]
  }
}

/// The running program's own file with symbolic links followed, or nil where the system does not say.
public func realExecutablePath() -> String? {
  try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
}
