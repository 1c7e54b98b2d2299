internal import Platform
internal import Synchronization

/// The two threads of a participant.
final class BusThreads: Sendable {
    private let all: [PlatformThread]
    private let areEnded = Mutex(false)

    init(
        name: String,
        _ delivery: Delivery,
        _ input: @escaping @Sendable () -> Void
    ) throws(PlatformError) {
        let first = try PlatformThread.start(name: "bus \(name)") { delivery.run() }
        do throws(PlatformError) {
            all = [first, try PlatformThread.start(name: "bus \(name) io", input)]
        } catch {
            delivery.stop()
            first.join()
            throw error
        }
    }

    /// The last user of a participant may be one of its own handlers; then its threads end by themselves.
    deinit {
        if !areEnded.withLock({ $0 }) {
            for thread in all { thread.detach() }
        }
    }

    /// Waits for both to end, unless the caller is one of them; again it does nothing.
    func join() {
        guard !all.contains(where: \.isCurrent) else { return }
        areEnded.withLock { areEnded in
            guard !areEnded else { return }
            for thread in all { thread.join() }
            areEnded = true
        }
    }
}
