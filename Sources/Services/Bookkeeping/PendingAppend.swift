internal import LedgerStore
internal import Platform
internal import Synchronization

/// A batch that another thread stores while the next one is gathered.
final class PendingAppend: Sendable {
    private struct State {
        var thread: PlatformThread?
        var fault: LedgerStoreError?
    }

    private let store: any LedgerStore
    private let batch: LedgerBatch
    private let state = Mutex(State())

    /// Begins to store a batch.
    init(_ batch: LedgerBatch, _ store: any LedgerStore) {
        self.batch = batch
        self.store = store
        do throws(PlatformError) {
            let thread = try PlatformThread.start(name: "ledger append") { self.append() }
            state.withLock { state in state.thread = thread }
        } catch {
            // A system without room for a thread has it stored here.
            append()
        }
    }

    private func append() {
        do throws(LedgerStoreError) {
            try store.append(batch)
            state.withLock { state in state.fault = nil }
        } catch {
            state.withLock { state in state.fault = error }
        }
    }

    /// Waits until the batch is stored; after a fault it is tried again, here.
    ///
    /// - Throws: What the store throws; then it may be called again.
    func finish() throws(LedgerStoreError) {
        let (thread, isFirst) = state.withLock { state in
            let thread = state.thread
            state.thread = nil
            return (thread, thread != nil)
        }
        thread?.join()
        var fault = state.withLock { state in state.fault }
        if !isFirst, fault != nil {
            append()
            fault = state.withLock { state in state.fault }
        }
        if let fault { throw fault }
    }

    deinit {
        // The thread holds this object until its work is done; it may be the one that lets go of it last, so it
        // cannot be waited for.
        state.withLock { state in state.thread }?.detach()
    }
}
