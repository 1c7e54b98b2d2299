import Attestation
import Attestor
import ComponentHost
import Encoding
import KeyStore
import Platform
import Primitives
import ReferenceVenue
import Statements
import Testing
import Venue

@Suite("The venue in the sandbox", .serialized) struct SandboxTests {
    /// The component that Tools/build-components makes.
    static func module() throws -> Module {
        let bytes = try WholeFile.read(".build/components/reexecute.wasm")
        return try ModuleEngine(.init(usesFuel: false, cacheDirectory: nil)).module(bytes)
    }

    static func sandbox(_ module: Module, _ venue: ScriptedVenue) throws -> JournalSandbox {
        try JournalSandbox(
            module,
            venue: venue.name,
            venueKey: venue.key.publicKey,
            limits: CallLimits(fuel: .max, milliseconds: 60_000, memoryBytes: 1 << 30)
        )
    }

    static func follow(
        _ piece: ScriptedVenue.Piece,
        _ sandbox: JournalSandbox
    ) throws -> ReExecutedInterval {
        try sandbox.apply(piece.chunk.records[...])
        return try sandbox.check(leaves: piece.chunk.leaves)
    }

    @Test("comes to the native hashes and roots, also from a snapshot behind any interval")
    func parity() throws {
        let module = try Self.module()
        for seed in UInt64(0)..<UInt64(GeneratorProfile.all.count) {
            let venue = try FollowerTests.session(seed: seed, intervals: 4)
            var sandbox = try Self.sandbox(module, venue)
            for piece in venue.pieces {
                let found = try Self.follow(piece, sandbox)
                #expect(found.interval == piece.interval)
                #expect(found.time == piece.time)
                let log = LogHead(origin: venue.origin, size: piece.size, root: piece.root)
                #expect(found.log == log)
                let snapshot = try sandbox.snapshot()
                sandbox = try Self.sandbox(module, venue)
                let restored = try sandbox.restore(snapshot)
                #expect(restored.interval.stateHash == piece.interval.stateHash)
                #expect(restored.log == log)
            }
        }
    }

    @Test("refuses what a venue does not do, and says what it is") func disagreement() throws {
        let venue = try ScriptedVenue(seed: 5)
        venue.run(200)
        try venue.close()
        try venue.cheatByOneUnit()
        let sandbox = try Self.sandbox(Self.module(), venue)
        _ = try Self.follow(venue.pieces[0], sandbox)
        #expect {
            _ = try Self.follow(venue.pieces[1], sandbox)
        } throws: { error in
            guard case .disagreement(let what) = error as? AttestorError else { return false }
            return what.hasPrefix("the state hash after command \(venue.sequence) is")
        }
    }

    @Test("knows which service contracts wait, and until when") func contracts() throws {
        let module = try Self.module()
        var waiting = 0
        for seed in UInt64(0)..<UInt64(GeneratorProfile.all.count) {
            let venue = try FollowerTests.session(seed: seed, intervals: 2, commands: 400)
            let sandbox = try Self.sandbox(module, venue)
            for piece in venue.pieces { _ = try Self.follow(piece, sandbox) }
            for trade in stride(from: UInt64(1), through: venue.tradeCount, by: 1) {
                let expected = venue.waitingContract(TradeID(trade))
                let found = try sandbox.contract(TradeID(trade))
                #expect(found?.windowStart == expected?.windowStart)
                #expect(found?.windowEnd == expected?.windowEnd)
                #expect(found?.instrument == expected?.instrument)
                if expected != nil { waiting += 1 }
            }
        }
        #expect(waiting > 0)
    }
}
