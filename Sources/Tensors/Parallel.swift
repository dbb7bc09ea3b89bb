import CKernels
import COpenBLAS
import Glibc
import Synchronization

/// How work is shared among threads.
///
/// Work is cut into tasks whose sizes never depend on the number of threads, each task calls OpenBLAS with one thread, and
/// sums over tasks follow the tasks' order: the same seed gives the same bits at any number of threads.
public enum Parallel {
  private static let requestedThreads = Atomic<Int>(0)

  /// The number of threads tensor operations use; by default the number of cores.
  public static var threadCount: Int {
    get {
      let requested = requestedThreads.load(ordering: .relaxed)
      return requested > 0 ? requested : coreCount
    }
    set {
      precondition(newValue > 0, "thread count \(newValue) is not positive")
      requestedThreads.store(newValue, ordering: .relaxed)
    }
  }

  private static let coreCount: Int = {
    openblas_set_num_threads(1)
    return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }()

  /// The processor whose kernels OpenBLAS chose, for example "SkylakeX".
  public static var blasCoreName: String {
    guard let name = openblas_get_corename() else { return "unknown" }
    return String(cString: name)
  }

  /// Calls `body` with 0 ..< tasks, in any order and on several threads; a call within a task runs on that task's thread.
  ///
  /// Tasks write to disjoint parts of memory.
  public static func forEach(_ tasks: Int, _ body: (Int) -> Void) {
    let threads = min(threadCount, tasks)
    _ = coreCount
    if threads <= 1 {
      for task in 0..<tasks { body(task) }
      return
    }
    withoutActuallyEscaping(body) { body in
      // The closure lies on this stack frame, which outlives the loop: ck_parallel returns when all tasks are done.
      withUnsafePointer(to: body) { pointer in
        ck_parallel(
          threads, tasks,
          { context, task in
            context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee(task)
          }, UnsafeMutableRawPointer(mutating: pointer))
      }
    }
  }

  /// Cuts 0 ..< count into ranges of `grain` and calls `body` with each.
  public static func forRanges(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    let grain = max(grain, 1)
    let tasks = (count + grain - 1) / grain
    forEach(tasks) { body(($0 * grain)..<min(($0 + 1) * grain, count)) }
  }
}
