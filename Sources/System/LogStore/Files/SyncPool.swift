internal import Platform
internal import Synchronization

/// Makes several files and directories durable at the same time.
///
/// A file system that keeps a journal, such as ext4, writes it once for all syncs that wait together and once each for
/// syncs that come one after the other, so that waiting together is many times faster.
final class SyncPool: Sendable {
    /// What is to be made durable.
    enum Target: Sendable {
        case file(any StorageFile)
        case directory(any StorageDirectory)

        func sync() throws(PlatformError) {
            switch self {
            case .file(let file): try file.syncData()
            case .directory(let directory): try directory.sync()
            }
        }
    }

    private struct Work {
        var targets: [Target] = []
        var next = 0
        var left = 0
        var fault: PlatformError?
        var isClosed = false
    }

    private let shared: Shared
    private let threads: [PlatformThread]

    /// What the threads share with the pool; they must not keep the pool itself alive.
    private final class Shared: Sendable {
        let work = Mutex(Work())
        let begin: [Signal]
        let done = Signal()

        init(count: Int) { begin = (0..<count).map { _ in Signal() } }

        /// Makes targets durable as long as there are some.
        func help() {
            while true {
                let target = work.withLock { work -> Target? in
                    guard work.next < work.targets.count else { return nil }
                    work.next += 1
                    return work.targets[work.next - 1]
                }
                guard let target else { return }
                var fault: PlatformError?
                do throws(PlatformError) { try target.sync() } catch { fault = error }
                let isLast = work.withLock { work in
                    if work.fault == nil { work.fault = fault }
                    work.left -= 1
                    return work.left == 0
                }
                if isLast { done.notify() }
            }
        }
    }

    /// Starts the threads; without any, targets are synced one after the other by the caller.
    init(threadCount: Int) throws(PlatformError) {
        let shared = Shared(count: threadCount)
        var threads: [PlatformThread] = []
        for index in 0..<threadCount {
            threads.append(
                try PlatformThread.start(name: "log sync") {
                    // It only waits for the device, and everybody waits for it; a refusal makes it slower, no more.
                    _ = PlatformThread.requestRealTime(priority: 1)
                    while true {
                        shared.begin[index].wait()
                        shared.help()
                        if shared.work.withLock({ work in work.isClosed }) { return }
                    }
                }
            )
        }
        self.shared = shared
        self.threads = threads
    }

    deinit {
        shared.work.withLock { work in work.isClosed = true }
        for signal in shared.begin { signal.notify() }
        for thread in threads { thread.join() }
    }

    /// Makes all targets durable.
    ///
    /// - Throws: The first fault; then nothing is known about any of them.
    func sync(_ targets: [Target]) throws(PlatformError) {
        guard !threads.isEmpty, targets.count > 1 else {
            for target in targets { try target.sync() }
            return
        }
        shared.work.withLock { work in
            work = Work(targets: targets, left: targets.count)
        }
        for signal in shared.begin.prefix(targets.count - 1) { signal.notify() }
        shared.help()
        shared.done.wait()
        let fault = shared.work.withLock { work in
            work.targets = []
            return work.fault
        }
        if let fault { throw fault }
    }
}
