/// Collects intermediate tensors of a run, each under the path of the module that made it.
///
/// A filter decides before anything is kept, so that one denoising run can record every attention map and nothing else.
/// Tensors are values that share their memory: recording one copies nothing, it only keeps it alive.
public final class Recorder {
  /// What was recorded, in the order it happened.
  public private(set) var entries: [(key: String, tensor: Tensor)] = []
  private let filter: (String) -> Bool
  private let replacement: ((String, Tensor) -> Tensor?)?

  /// Keeps the tensors whose key `filter` accepts; all by default.
  ///
  /// The few places that offer their tensor for change (the probabilities of attention, under "…probabilities") show it to
  /// `replacement` and go on with what it returns, or with their own where that is nil. So attention maps of one run can be
  /// held in another (Hertz et al. 2022).
  public init(
    where filter: @escaping (String) -> Bool = { _ in true },
    replacing replacement: ((String, Tensor) -> Tensor?)? = nil
  ) {
    self.filter = filter
    self.replacement = replacement
  }

  /// The place under which a run reports, for example `recorder.recording("unet")`.
  public func recording(_ path: String = "") -> Recording { Recording(recorder: self, path: path) }

  /// What runs of many steps record a call under, counted from 0: "step.012".
  public static func stepPath(_ call: Int) -> String {
    let number = String(call)
    return "step." + String(repeating: "0", count: max(0, 3 - number.count)) + number
  }

  /// Memory of all tensors kept, in bytes; what several share counts once.
  public var bytes: Int {
    let storages = entries.map { (ObjectIdentifier($0.tensor.storage), $0.tensor.storage.bytes) }
    return Dictionary(storages) { first, _ in first }.values.reduce(0, +)
  }

  /// The tensor recorded last under `key`.
  public subscript(key: String) -> Tensor? { entries.last { $0.key == key }?.tensor }

  fileprivate func keeps(_ key: String) -> Bool { filter(key) }

  fileprivate func keep(_ key: String, _ tensor: () -> Tensor) {
    if filter(key) { entries.append((key, tensor())) }
  }

  fileprivate var replaces: Bool { replacement != nil }
  fileprivate func replaced(_ key: String, _ tensor: Tensor) -> Tensor? { replacement?(key, tensor) }
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

  /// Whether the recorder's filter asks for the output of this place, or for a name below it.
  public func keeps(_ name: String? = nil) -> Bool { recorder.keeps(key(name)) }

  /// Whether somebody may want to replace tensors of this run.
  public var replaces: Bool { recorder.replaces }

  /// What the run shall go on with instead of `tensor`, or nil to leave it; a replacement must have the same shape.
  public func replacement(for tensor: Tensor, as name: String) -> Tensor? {
    guard let result = recorder.replaced(key(name), tensor) else { return nil }
    precondition(result.shape == tensor.shape, "\(key(name)) \(tensor.shape) replaced by \(result.shape)")
    return result
  }

  /// Records `tensor` as the output of this place, or under a name below it.
  public func record(_ tensor: @autoclosure () -> Tensor, as name: String? = nil) {
    recorder.keep(key(name), tensor)
  }

  private func key(_ name: String?) -> String { name.map { self[$0].path } ?? path }
}
