internal import Cryptography
internal import Synchronization

/// Documents that wait for their filing to be sequenced.
///
/// Commands have a fixed size and documents do not, so a document waits here, by its hash, while its command
/// is in the queue.
final class WaitingDocuments: Sendable {
    private struct Entry {
        var document: [UInt8]
        /// How many filings in the queue name it.
        var count: Int
    }

    private let entries = Mutex<[SHA256.Digest: Entry]>([:])

    func put(_ document: [UInt8], _ digest: SHA256.Digest) {
        entries.withLock { entries in
            entries[digest, default: Entry(document: document, count: 0)].count += 1
        }
    }

    func take(_ digest: SHA256.Digest) -> [UInt8]? {
        entries.withLock { entries in
            guard var entry = entries[digest] else { return nil }
            entry.count -= 1
            entries[digest] = entry.count == 0 ? nil : entry
            return entry.document
        }
    }
}
