import Synchronization
import TestSupport

/// Keeps threads waiting until it is opened.
final class Gate: Sendable {
    private let isOpen = Atomic<Bool>(false)

    /// Waits until it is open, at most ten seconds.
    func pass() { waitUntil { isOpen.load(ordering: .sequentiallyConsistent) } }

    func open() { isOpen.store(true, ordering: .sequentiallyConsistent) }
}
