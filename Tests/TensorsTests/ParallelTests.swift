import Synchronization
import Tensors
import Testing

private final class Counter: Sendable {
  let count = Atomic<Int>(0)
}

extension SharedStateTests {
  /// Every task runs once, whatever the numbers of tasks and threads, many loops after each other.
  @Test(arguments: [1, 2, 3, 7])
  func everyTaskRunsOnce(_ threads: Int) {
    let before = Parallel.threadCount
    defer { Parallel.threadCount = before }
    Parallel.threadCount = threads
    for tasks in [0, 1, 2, 3, 5, 64, 1000] {
      for _ in 0..<200 {
        let sum = Atomic<Int>(0)
        let count = Atomic<Int>(0)
        Parallel.forEach(tasks) { task in
          sum.add(task, ordering: .relaxed)
          count.add(1, ordering: .relaxed)
        }
        #expect(count.load(ordering: .relaxed) == tasks && sum.load(ordering: .relaxed) == tasks * (tasks - 1) / 2)
      }
    }
  }

  /// A loop inside a task and loops of several threads at a time neither wait for each other forever nor lose tasks.
  @Test func loopsWithinAndBesideLoops() async {
    let counter = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<50 {
            Parallel.forEach(4) { _ in
              Parallel.forRanges(10, grain: 3) { counter.count.add($0.count, ordering: .relaxed) }
            }
          }
        }
      }
    }
    #expect(counter.count.load(ordering: .relaxed) == 8 * 50 * 4 * 10)
  }
}
