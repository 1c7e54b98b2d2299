import Platform
import Sequencer
import Transparency

/// The transparency log that a venue process keeps beside its journal.
struct VenueLog {
    /// An interval ends so long after its first command, also if nothing more comes.
    static let intervalNanoseconds: UInt64 = 250_000_000

    let path: String
    let identity: VenueIdentity

    /// Starts to log what a venue makes durable.
    ///
    /// - Parameters:
    ///   - sequencer: The venue.
    ///   - journal: Its journal.
    ///   - chunks: Where to keep the journal in pieces for observers; none without observers.
    ///   - attester: The quorum; none without observers.
    ///   - publish: Receives those pieces.
    ///   - terminal: Where to say that the log fails.
    /// - Returns: The service, to be stopped after the sequencer.
    /// - Throws: `ConsoleError` when the log cannot be opened, or is not of this journal.
    func start(
        _ sequencer: Sequencer,
        journal: LinuxDirectory,
        chunks: ChunkStore? = nil,
        attester: (any IntervalAttester)? = nil,
        publish: @escaping @Sendable ([StoredChunk]) -> Void = { _ in },
        _ terminal: Terminal
    ) throws(ConsoleError) -> TransparencyService {
        let directory = try Console.makeDirectory(path)
        let builder = try Console.transparency { () throws(TransparencyError) in
            try LogBuilder.open(
                journal: journal,
                log: directory,
                identity: identity,
                chunks: chunks
            )
        }
        do throws(PlatformError) {
            return try TransparencyService(
                sequencer: sequencer,
                builder: builder,
                identity: identity,
                attester: attester,
                publish: publish,
                warn: { error in terminal.note("parallax: the log has stopped: \(error)") }
            )
        } catch {
            throw .environment("\(error)")
        }
    }
}

extension VenueLog: VenueCompanionPlan {
    func start(
        beside sequencer: Sequencer,
        journal: LinuxDirectory,
        _ terminal: Terminal
    ) throws(ConsoleError) -> any VenueCompanion {
        try start(sequencer, journal: journal, terminal)
    }
}

extension TransparencyService: VenueCompanion {}
