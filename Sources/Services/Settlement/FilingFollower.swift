public import Cryptography
internal import Journal
public import Platform
public import Primitives
public import Sequencer
internal import Synchronization
public import Venue

/// A document of the journal.
public struct FiledDocument: Equatable, Sendable {
    /// The command that files it.
    public let sequence: UInt64
    /// When it was stamped.
    public let time: Timestamp
    /// What it is.
    public let kind: FilingKind
    /// Its SHA-256.
    public let digest: SHA256.Digest
    /// The document.
    public let bytes: [UInt8]
}

/// Reads every document of a running venue's journal, from its first command on, once it is durable.
///
/// It passes over everything else without carrying it out, on a thread of its own at the lowest priority.
public final class FilingFollower: Sendable {
    /// How long it waits before it looks for new documents.
    private static let pauseNanoseconds: UInt64 = 10_000_000
    /// After so many of them it says that it is up to date although nothing is new.
    private static let pausesMax = 100

    private let isStopping = Atomic<Bool>(false)
    private let wake = Signal()
    private let thread = Mutex<PlatformThread?>(nil)

    /// Starts to follow.
    ///
    /// - Parameters:
    ///   - directory: The journal.
    ///   - sequencer: The venue that writes it.
    ///   - take: Receives every document, in the journal's order.
    ///   - caughtUp: Called whenever everything that is durable has been read and something was new, at the start,
    ///     and about once a second.
    ///   - failed: Called at most once: the journal cannot be read, and nothing more comes.
    /// - Throws: `SettlementError` when the journal or a thread cannot be had.
    public init(
        _ directory: any StorageDirectory,
        following sequencer: Sequencer,
        take: @escaping @Sendable (FiledDocument) -> Void,
        caughtUp: @escaping @Sendable () -> Void,
        failed: @escaping @Sendable (SettlementError) -> Void
    ) throws(SettlementError) {
        do throws(PlatformError) {
            let started = try PlatformThread.start(name: "filings") {
                PlatformThread.yieldToOthers()
                do throws(JournalError) {
                    try self.follow(directory, sequencer, take, caughtUp)
                } catch {
                    failed(.journal(error))
                }
            }
            thread.withLock { thread in thread = started }
        } catch {
            throw .platform("\(error)")
        }
    }

    /// Ends the thread; a second call does nothing.
    public func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        wake.notify()
        let running = thread.withLock { thread in
            let running = thread
            thread = nil
            return running
        }
        running?.join()
    }

    private func follow(
        _ directory: any StorageDirectory,
        _ sequencer: Sequencer,
        _ take: (FiledDocument) -> Void,
        _ caughtUp: () -> Void
    ) throws(JournalError) {
        var reader = try JournalReader(directory: directory, includingArchive: true)
        var isNew = true
        var pauses = 0
        while !isStopping.load(ordering: .sequentiallyConsistent) {
            let durable = sequencer.durableSequence
            while let record = try reader.next(upTo: durable) {
                isNew = true
                guard case .filed(let filing, let document) = record.content else { continue }
                take(
                    FiledDocument(
                        sequence: record.sequence,
                        time: record.time,
                        kind: filing.kind,
                        digest: filing.digest,
                        bytes: document
                    )
                )
            }
            pauses += 1
            if isNew || pauses >= Self.pausesMax {
                caughtUp()
                pauses = 0
            }
            isNew = false
            wake.wait(timeoutNanoseconds: Self.pauseNanoseconds)
        }
    }
}
