import Gradients
import Layers
import Tensors
import TestSupport
import Testing

/// Compares a run with what a peer's submodules computed, stored as "trace.PATH".
///
/// Modules report in the order they finish, so the first that differs is where the error is made.
func expectSameTrace(
  _ recorder: Recorder, _ golden: SafetensorsFile, prefix: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let paths = Set(golden.names.filter { $0.hasPrefix("trace.") }.map { prefix + $0.dropFirst("trace.".count) })
  #expect(!paths.isEmpty, sourceLocation: sourceLocation)
  let missing = paths.subtracting(recorder.entries.map(\.key)).sorted()
  #expect(missing == [], "modules that did not report", sourceLocation: sourceLocation)
  for (path, tensor) in recorder.entries where paths.contains(path) {
    let theirs = try golden.tensor("trace.\(path.dropFirst(prefix.count))")
    if let difference = difference(tensor, theirs, .norm(1e-4)) {
      Issue.record("the first that differs is \(path): \(difference)", sourceLocation: sourceLocation)
      return
    }
  }
}

/// Compares the gradient of every parameter with "gradient.NAME" of a golden.
///
/// Some gradients are 0 but for rounding (that of a key's bias), so the bound has a share of the whole gradient's norm.
func expectSameGradients(
  _ module: some Module, _ golden: SafetensorsFile, prefix: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var pairs: [(name: String, ours: Tensor, theirs: Tensor)] = []
  for (name, parameter) in module.namedParameters() {
    let ours = try #require(parameter.gradient, "\(name) got no gradient", sourceLocation: sourceLocation)
    pairs.append((name, ours, try golden.tensor("gradient.\(name.dropFirst(prefix.count))")))
  }
  #expect(
    pairs.count == golden.names.count { $0.hasPrefix("gradient.") }, "parameters", sourceLocation: sourceLocation)
  let whole = pairs.reduce(0.0) { $0 + $1.theirs.squaredNorm }.squareRoot()
  for (name, ours, theirs) in pairs {
    let error = (ours - theirs).squaredNorm.squareRoot()
    let bound = 1e-4 * theirs.squaredNorm.squareRoot() + 1e-6 * whole
    #expect(
      error <= bound, "\(name): error \(error), norm \(theirs.squaredNorm.squareRoot()), whole \(whole)",
      sourceLocation: sourceLocation)
  }
}

extension SafetensorsFile {
  /// Rows of an integer matrix, for ids.
  func rows(_ name: String) throws -> [[Int]] {
    let (all, length) = (try integers(name), self[name]?.shape.last ?? 1)
    return stride(from: 0, to: all.count, by: length).map { Array(all[$0..<($0 + length)]) }
  }
}
