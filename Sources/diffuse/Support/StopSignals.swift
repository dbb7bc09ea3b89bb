import Dispatch
import Glibc
import LessonRunner
import Synchronization

/// Turns Ctrl-C and SIGTERM into a flag that a long run looks at between two steps; the second one ends the program at once.
final class StopSignals {
  private final class Flag: Sendable {
    let signal = Atomic<Int32>(0)
  }

  private let flag = Flag()
  private var sources: [any DispatchSourceSignal] = []

  init() {
    let queue = DispatchQueue(label: "stop-signals")
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [flag] in
        let (isFirst, _) = flag.signal.compareExchange(expected: 0, desired: number, ordering: .relaxed)
        if !isFirst { Interrupts.endAtOnce(number) }
      }
      source.resume()
      return source
    }
  }

  /// The signal that asked to stop.
  var received: Int32? {
    let number = flag.signal.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}
