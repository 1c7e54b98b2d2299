import Journal
import Platform
import Primitives
import Sequencer
import Synchronization

/// Keeps all replies, and lets a test wait for them.
final class RecordingSink: ReplySink {
    private let replies = Mutex<[Reply]>([])
    private let reason = Mutex<JournalError?>(nil)
    private let signal = Signal()

    func deliver(_ batch: borrowing DurableBatch) {
        var new: [Reply] = []
        for index in 0..<batch.count { new.append(batch.replies[index]) }
        replies.withLock { replies in replies += new }
        signal.notify()
    }

    func stopped(_ reason: JournalError) {
        self.reason.withLock { kept in kept = reason }
        signal.notify()
    }

    var all: [Reply] { replies.withLock { replies in replies } }

    var stopReason: JournalError? { reason.withLock { reason in reason } }

    /// Waits until there are `count` replies or the sequencer stopped.
    func wait(for count: Int) {
        while all.count < count, stopReason == nil { signal.wait() }
    }
}

/// Holds the journal up until it is opened.
final class GateSink: ReplySink {
    private let gate = Signal()
    private let isOpen = Atomic<Bool>(false)
    private let delivered = Atomic<Int>(0)

    func deliver(_ batch: borrowing DurableBatch) {
        while !isOpen.load(ordering: .acquiring) { gate.wait() }
        delivered.wrappingAdd(Int(batch.count), ordering: .relaxed)
    }

    func stopped(_ reason: JournalError) {}

    func open() {
        isOpen.store(true, ordering: .releasing)
        gate.notify()
    }

    var count: Int { delivered.load(ordering: .relaxed) }
}
