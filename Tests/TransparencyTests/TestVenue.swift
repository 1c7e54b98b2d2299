import Cryptography
import Encoding
import Journal
import KeyStore
import Platform
import Primitives
import ReferenceVenue
import Sequencer
import SimulatedPlatform
import Statements
import Transparency
import Venue

/// A venue with fixed keys, so that its logs can be compared byte for byte.
enum TestVenue {
    static let name = "test.parallax"
    static let saltBytes = [UInt8](repeating: 3, count: 32)

    static let configuration = SequencerConfiguration(
        journal: JournalConfiguration(segmentBytes: 1 << 20, batchBytesMax: 512 << 10),
        batchCommandsMax: 64,
        snapshotIntervalNanoseconds: 0,
        stateHashCommands: 50
    )

    static func venueName() throws -> VenueName { try VenueName(Text(name)) }

    static func identity(next: Bool = false) throws -> VenueIdentity {
        try VenueIdentity(
            venue: venueName(),
            origin: Text(name + "/log"),
            venueKey: SigningKey(seed: [UInt8](repeating: 1, count: 32)),
            logKey: SigningKey(seed: [UInt8](repeating: next ? 4 : 2, count: 32)),
            replacedLogKey: next ? SigningKey(seed: [UInt8](repeating: 2, count: 32)) : nil,
            saltKey: SaltKey(bytes: saltBytes)
        )
    }

    /// A session of an ordinary venue, with its times.
    static func session(seed: UInt64, count: Int) -> [(command: Command, time: Timestamp)] {
        var generator = CommandGenerator(seed: seed)
        let reference = ReferenceVenue()
        return (0..<count).map { index in
            let step = generator.next(reference)
            _ = reference.apply(step.command, sequence: UInt64(index + 1), time: step.time)
            return step
        }
    }

    /// Writes a session to a journal, with a document before every hundredth command.
    static func play(_ session: [(command: Command, time: Timestamp)], to disk: SimulatedDisk)
        throws
    {
        let sequencer = try Sequencer(
            disk.directory(),
            configuration: configuration,
            sink: UnheardReplies()
        )
        for (index, step) in session.enumerated() {
            if index.isMultiple(of: 100) {
                let document = try document(index / 100, time: step.time)
                try require(sequencer.file(.document, document, time: step.time))
            }
            try require(sequencer.submit(step.command, time: step.time))
        }
        sequencer.stop()
    }

    /// Each satellite is registered twice.
    static func document(_ number: Int, time: Timestamp) throws -> [UInt8] {
        let venue = try venueName()
        let id = try OrbitDID(kind: .satellite, registrar: venue, id: Text("sat-\(number / 2)"))
        return DIDStatement(
            document: DIDDocument(id: id, controller: venue.did),
            version: UInt64(number % 2 + 1),
            time: time
        ).encoded
    }

    private static func require(_ answer: Sequencer.Answer) throws {
        if answer != .accepted { throw Refused() }
    }

    private struct Refused: Error {}
}
