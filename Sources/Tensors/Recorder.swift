/// Collects intermediate tensors of a run, each under the path of the module that made it.
///
/// A filter decides before anything is kept, so that one denoising run can record every attention map and nothing else.
/// Tensors are values that share their memory: recording one copies nothing, it only keeps it alive.
public final class Recorder {
  /// What was recorded, in the order it happened.
  public private(set) var entries: [(key: String, tensor: Tensor)] = []
  private let filter: (String) -> Bool

  /// Keeps the tensors whose key `filter` accepts; all by default.
  public init(where filter: @escaping (String) -> Bool = { _ in true }) {
    self.filter = filter
  }

  /// The place under which a run reports, for example `recorder.recording("unet")`.
  public func recording(_ path: String = "") -> Recording { Recording(recorder: self, path: path) }

  /// The tensor recorded last under `key`.
  public subscript(key: String) -> Tensor? { entries.last { $0.key == key }?.tensor }

  fileprivate func keep(_ key: String, _ tensor: () -> Tensor) {
    if filter(key) { entries.append((key, tensor())) }
  }
}

/// A place in the module tree of a run that is being recorded.
///
/// Modules take a `Recording?`, hand `recording?["resnets.0"]` to a child, and end with `recording?.record(output)`;
/// nil, the usual case, costs a comparison.
public struct Recording {
  fileprivate let recorder: Recorder
  public let path: String

  /// The place of a child: components are joined by dots.
  public subscript(component: String) -> Recording {
    Recording(recorder: recorder, path: path.isEmpty ? component : "\(path).\(component)")
  }

  /// Records `tensor` as the output of this place, or under a name below it.
  public func record(_ tensor: @autoclosure () -> Tensor, as name: String? = nil) {
    recorder.keep(name.map { self[$0].path } ?? path, tensor)
  }
}
