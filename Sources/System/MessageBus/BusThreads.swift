internal import Platform
internal import Synchronization

/// The two threads of a participant.
final class BusThreads: Sendable {
    private let threads: Mutex<[PlatformThread]>
    private let closing = Mutex(())

    init(
        name: String,
        _ delivery: Delivery,
        _ input: @escaping @Sendable () -> Void
    ) throws(PlatformError) {
        let first = try PlatformThread.start(name: "bus \(name) io", input)
        do throws(PlatformError) {
            let second = try PlatformThread.start(name: "bus \(name)") { delivery.run() }
            threads = Mutex([first, second])
        } catch {
            // The first one ends with the process, or when its owner stops it.
            threads = Mutex([first])
            throw error
        }
    }

    /// Waits for both to end; again it does nothing.
    func join() {
        closing.withLock { _ in
            let running = threads.withLock { threads in
                defer { threads = [] }
                return threads
            }
            for thread in running { thread.join() }
        }
    }
}
