import Tensors

/// A file of an export: its path inside the folder, and its text.
public struct ExportedFile: Sendable {
  public let path: String
  public let text: String

  public init(path: String, text: String) {
    self.path = path
    self.text = text
  }
}

/// A way to write the course into files; each has a folder of its own beside this one.
///
/// It works from the lesson as it was parsed and run (`LessonRun`, `StageReport`), as the terminal does; it reads no lesson file and
/// knows no stage.
public protocol CourseExporter {
  /// The files of one lesson.
  func files(of run: LessonRun) throws(UserError) -> [ExportedFile]
  /// The files that belong to no lesson, such as an index.
  func commonFiles() throws(UserError) -> [ExportedFile]
}
