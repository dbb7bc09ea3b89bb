import Foundation

/// Calls `body` with a folder that holds the pipeline of Goldens/pipeline and its tokenizer, and may be spoiled.
public func withTinyPipeline<R>(_ body: (String) throws -> R) throws -> R {
  try withTemporaryFolder { folder in
    let pipeline = folder + "/tiny"
    try FileManager.default.copyItem(atPath: Goldens.path("pipeline/tiny"), toPath: pipeline)
    try FileManager.default.copyItem(atPath: Goldens.path("tokenizer/emoji"), toPath: pipeline + "/tokenizer")
    return try body(pipeline)
  }
}
