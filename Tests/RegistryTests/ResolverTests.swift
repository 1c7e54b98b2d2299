import Cryptography
import Encoding
import Journal
import KeyStore
import MerkleLog
import Platform
import Primitives
import Registry
import Sequencer
import SimulatedPlatform
import Statements
import Testing
import Transparency
import Venue

@Suite("Resolving DIDs from the log")
struct ResolverTests {

    private static let satellite = "did:orbit:satellite:test.parallax:sat-1"
    private static let owner = "did:orbit:operator:test.parallax:venue"

    private static func identity() throws -> VenueIdentity {
        try VenueIdentity(
            venue: RegistryTests.venue(),
            origin: "test.parallax/log",
            venueKey: SigningKey(seed: [UInt8](repeating: 1, count: 32)),
            logKey: SigningKey(seed: [UInt8](repeating: 2, count: 32)),
            saltKey: SaltKey(bytes: [UInt8](repeating: 3, count: 32))
        )
    }

    /// A log with two versions of a document, another that was revoked, and one trade.
    private static func log() throws -> SimulatedDisk {
        let journal = SimulatedDisk(seed: 1)
        let configuration = SequencerConfiguration(
            journal: JournalConfiguration(segmentBytes: 1 << 20, batchBytesMax: 512 << 10),
            snapshotIntervalNanoseconds: 0,
            stateHashCommands: 1
        )
        let sequencer = try Sequencer(
            journal.directory(),
            configuration: configuration,
            sink: UnheardReplies()
        )
        var registry = try Registry(venue: RegistryTests.venue())
        let documents = [
            RegistryTests.json(satellite, controller: owner),
            RegistryTests.json(satellite, controller: owner, endpoint: "https://example.org/"),
            RegistryTests.json(satellite + "-lost", controller: owner),
        ]
        for (index, json) in documents.enumerated() {
            let time = Timestamp(UInt64(index + 1))
            let statement = try registry.statement(registering: json, time: time)
            registry.take(.did(statement))
            #expect(sequencer.file(.document, statement.encoded, time: time) == .accepted)
        }
        let lost = try RegistryTests.did("sat-1-lost")
        let time = Timestamp(9)
        let revocation = try registry.statement(revoking: lost, reason: "debris", time: time)
        #expect(sequencer.file(.revocation, revocation.encoded, time: time) == .accepted)
        for command in trade {
            #expect(sequencer.submit(command, time: Timestamp(10)) == .accepted)
        }
        sequencer.stop()
        let log = SimulatedDisk(seed: 2)
        var builder = try LogBuilder.open(
            journal: journal.directory(),
            log: log.directory(),
            identity: identity()
        )
        while try builder.advance() {}
        return log
    }

    /// Two members trade once.
    private static var trade: [Command] {
        let (quote, base) = (AssetID(0), AssetID(1))
        let instrument = InstrumentID(0)
        var commands: [Command] = [
            .defineAsset(quote), .defineAsset(base),
            .defineInstrument(
                InstrumentDefinition(instrument: instrument, base: base, quote: quote)
            ),
        ]
        for account in [AccountID(20), AccountID(21)] {
            commands.append(.openAccount(account))
            for asset in [quote, base] {
                commands.append(
                    .deposit(Transfer(account: account, asset: asset, amount: 1_000))
                )
            }
        }
        commands.append(.setPhase(PhaseChange(instrument: instrument, phase: .continuous)))
        for (account, side) in [(AccountID(20), Side.sell), (AccountID(21), .buy)] {
            commands.append(
                .placeOrder(
                    NewOrder(
                        account: account,
                        instrument: instrument,
                        side: side,
                        price: Price(7),
                        quantity: Quantity(3)
                    )
                )
            )
        }
        return commands
    }

    private func resolve(_ did: OrbitDID) throws -> DIDResolution {
        try DIDResolver(log: Self.log().directory(), venue: RegistryTests.venue()).resolve(did)
    }

    /// The proof is good for the leaf, and the checkpoint is the log's.
    private func check(_ resolution: DIDResolution) throws {
        let signed = resolution.proof.checkpoint
        let proof = InclusionProof(
            index: resolution.proof.index,
            size: signed.checkpoint.size,
            path: resolution.proof.path
        )
        let leafHash = MerkleTree.leafHash(resolution.leaf)
        #expect(proof.verifies(leafHash: leafHash, root: signed.checkpoint.root))
        let verifier: Ed25519Verifier = { signature, message, key in
            Ed25519.verifies(signature, of: message, by: key)
        }
        #expect(signed.note.isSigned(by: try Self.identity().logKeys[0], verifier: verifier))
    }

    @Test("the newest version of a document is found, with a proof")
    func newest() throws {
        let resolution = try resolve(RegistryTests.did("sat-1"))
        #expect(resolution.version == 2)
        #expect(resolution.document?.services.first?.endpoint == "https://example.org/")
        #expect(resolution.revocationReason == nil)
        try check(resolution)
    }

    @Test("a revoked DID has no document, and a reason")
    func revoked() throws {
        let resolution = try resolve(RegistryTests.did("sat-1-lost"))
        #expect(resolution.document == nil)
        #expect(resolution.revocationReason == "debris")
        try check(resolution)
    }

    @Test("both contracts of a trade resolve to it", arguments: [2, 3] as [UInt64])
    func contracts(number: UInt64) throws {
        let did = OrbitDID(contract: ContractID(number), at: try RegistryTests.venue())
        let resolution = try resolve(did)
        #expect(resolution.document?.id == did)
        #expect(resolution.trade?.price == Price(7))
        #expect(resolution.trade?.quantity == Quantity(3))
        try check(resolution)
    }

    @Test("what is not in the log is unknown, and other registrars' DIDs are not answered")
    func unknown() throws {
        let venue = try RegistryTests.venue()
        for did in [
            try RegistryTests.did("sat-2"), OrbitDID(contract: ContractID(4), at: venue),
        ] {
            #expect(throws: RegistryError.unknown(did)) { _ = try resolve(did) }
        }
        let other = try OrbitDID(
            kind: .satellite,
            registrar: VenueName("other.example"),
            id: "sat-1"
        )
        #expect(throws: RegistryError.foreignRegistrar(other, expected: venue)) {
            _ = try resolve(other)
        }
    }
}
