internal import Platform
internal import Venue

extension Venue {
    /// The venue before the first command: with the machine's fastest hash, and a secret for its look-ups.
    static func empty() -> Venue {
        Venue(hashSeed: SystemRandom.word(), pageHash: AcceleratedSHA256.hash)
    }

    /// The venue of a snapshot, likewise.
    static func restore(_ snapshot: RawSpan) throws(SnapshotError) -> Venue {
        try restore(
            from: snapshot,
            hashSeed: SystemRandom.word(),
            pageHash: AcceleratedSHA256.hash
        )
    }
}
