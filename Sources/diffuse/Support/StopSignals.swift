import Dispatch
import Glibc
import Synchronization

/// Turns Ctrl-C and SIGTERM into a flag that a long run looks at between two steps; the second one ends the program at once.
final class StopSignals: Sendable {
  private let first = Atomic<Int32>(0)
  private let sources: [any DispatchSourceSignal]

  init() {
    let queue = DispatchQueue(label: "stop-signals")
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: queue)
    }
    for (number, source) in zip([SIGINT, SIGTERM], sources) {
      source.setEventHandler { [self] in
        let (exchanged, _) = first.compareExchange(expected: 0, desired: number, ordering: .relaxed)
        if !exchanged { _exit(128 + number) }
      }
      source.resume()
    }
  }

  /// The signal that asked to stop.
  var received: Int32? {
    let number = first.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}
