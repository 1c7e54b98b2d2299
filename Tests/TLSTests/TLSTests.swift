import Cryptography
import KeyStore
import SeededRandomness
import TLS
import Testing

/// Both sides of connections in memory.
@Suite("TLS") struct TLSTests {
    private static func identity(_ number: UInt64) throws -> TLSIdentity {
        var random = RandomSource(seed: number)
        let key = SigningKey(seed: random.bytes(SigningKey.seedByteCount))
        return try key.withSeed { seed throws(TLSError) in try TLSIdentity(seed: seed) }
    }

    /// Two sides and the wire between them.
    private struct Pair {
        let client: TLSSession
        let server: TLSSession

        init(
            client: UInt64 = 1,
            server: UInt64 = 2,
            clientProtocol: String = "test/1",
            clientAdmits: @escaping @Sendable (Ed25519.PublicKey) -> Bool = { _ in true },
            serverAdmits: @escaping @Sendable (Ed25519.PublicKey) -> Bool = { _ in true }
        ) throws {
            self.client = try TLSSession(
                TLSContext(
                    .client,
                    identity: identity(client),
                    protocolName: clientProtocol,
                    admits: clientAdmits
                )
            )
            self.server = try TLSSession(
                TLSContext(
                    .server,
                    identity: identity(server),
                    protocolName: "test/1",
                    admits: serverAdmits
                )
            )
        }

        /// Moves what waits from one side to the other in pieces of this size.
        static func move(_ source: TLSSession, _ target: TLSSession, piece: Int) {
            var buffer = [UInt8](repeating: 0, count: piece)
            while source.outputCount > 0 {
                let count = source.takeOutput(into: &buffer)
                target.receive(buffer, count: count)
            }
        }

        func handshake(piece: Int = 4_096) throws {
            for _ in 0..<4 {
                try client.handshake()
                Self.move(client, server, piece: piece)
                try server.handshake()
                Self.move(server, client, piece: piece)
            }
        }
    }

    @Test("an identity has the key of its seed, and the same one each time")
    func identity() throws {
        let key = SigningKey.generate()
        let first = try key.withSeed { seed throws(TLSError) in try TLSIdentity(seed: seed) }
        #expect(first.publicKey == key.publicKey)
    }

    @Test(
        "both sides know each other's keys, in whatever pieces the handshake comes",
        arguments: [1, 7, 100, 4_096]
    )
    func peers(_ piece: Int) throws {
        let pair = try Pair()
        #expect(pair.client.peer == nil)
        try pair.handshake(piece: piece)
        #expect(pair.client.isReady)
        #expect(pair.server.isReady)
        #expect(pair.client.peer == (try Self.identity(2).publicKey))
        #expect(pair.server.peer == (try Self.identity(1).publicKey))
    }

    @Test("what is written on one side is read on the other, and the end is seen")
    func data() throws {
        let pair = try Pair()
        try pair.handshake()
        var random = RandomSource(seed: 5)
        for (source, target) in [(pair.client, pair.server), (pair.server, pair.client)] {
            let bytes = random.bytes(100_000)
            try source.write(bytes)
            Pair.move(source, target, piece: 1_000)
            var read: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 5_000)
            while read.count < bytes.count {
                let count = try target.read(into: &buffer)
                guard count > 0 else { break }
                read += buffer[..<count]
            }
            #expect(read == bytes)
            #expect(try target.read(into: &buffer) == 0)
            #expect(!target.isEnded)
            source.end()
            Pair.move(source, target, piece: 1_000)
            #expect(try target.read(into: &buffer) == 0)
            #expect(target.isEnded)
        }
    }

    @Test("a client that finds another key than it expects ends the handshake")
    func wrongServer() throws {
        let expected = try Self.identity(3).publicKey
        let pair = try Pair(clientAdmits: { $0 == expected })
        #expect(throws: TLSError.self) { try pair.handshake() }
        #expect(!pair.client.isReady)
        #expect(pair.client.peer == nil)
        // It has told the server why.
        Pair.move(pair.client, pair.server, piece: 4_096)
        #expect(throws: TLSError.self) { try pair.server.handshake() }
    }

    @Test("a server that does not admit the client's key ends the handshake")
    func wrongClient() throws {
        let pair = try Pair(serverAdmits: { _ in false })
        #expect(throws: TLSError.self) { try pair.handshake() }
        #expect(!pair.server.isReady)
        #expect(pair.server.peer == nil)
    }

    @Test("a client that speaks another protocol is refused")
    func wrongProtocol() throws {
        let pair = try Pair(clientProtocol: "test/2")
        #expect(throws: TLSError.self) { try pair.handshake() }
        #expect(!pair.server.isReady)
    }

    @Test(
        "changed bytes of the handshake or of what follows never give a connection or other bytes",
        arguments: 0..<60 as Range<UInt64>
    )
    func mutation(_ seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        let pair = try Pair()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let isEarly = random.chance(50)
        do throws(TLSError) {
            try pair.client.handshake()
            if isEarly {
                // The first flight of one of the sides.
                let isClient = random.chance(50)
                if !isClient {
                    Pair.move(pair.client, pair.server, piece: 4_096)
                    try pair.server.handshake()
                }
                let source = isClient ? pair.client : pair.server
                let target = isClient ? pair.server : pair.client
                let count = source.takeOutput(into: &buffer)
                buffer[random.below(count)] ^= 1 << UInt8(random.below(8))
                target.receive(buffer, count: count)
                try target.handshake()
                Pair.move(target, source, piece: 4_096)
                for _ in 0..<3 {
                    try source.handshake()
                    Pair.move(source, target, piece: 4_096)
                    try target.handshake()
                    Pair.move(target, source, piece: 4_096)
                }
                #expect(!(pair.client.isReady && pair.server.isReady))
            } else {
                for _ in 0..<3 {
                    Pair.move(pair.client, pair.server, piece: 4_096)
                    try pair.server.handshake()
                    Pair.move(pair.server, pair.client, piece: 4_096)
                    try pair.client.handshake()
                }
                try pair.client.write([1, 2, 3])
                let count = pair.client.takeOutput(into: &buffer)
                // Behind the record's outer type and version, which TLS 1.3 ignores in part.
                buffer[5 + random.below(count - 5)] ^= 1
                pair.server.receive(buffer, count: count)
                #expect(try pair.server.read(into: &buffer) == 0)
                Issue.record("a changed record was accepted")
            }
        } catch {
            #expect(!error.description.isEmpty)
        }
    }

    @Test("random bytes are no handshake")
    func garbage() throws {
        var random = RandomSource(seed: 1)
        for _ in 0..<50 {
            let pair = try Pair()
            let bytes = random.bytes(1 + random.below(2_000))
            pair.server.receive(bytes, count: bytes.count)
            do throws(TLSError) {
                try pair.server.handshake()
            } catch {
                continue
            }
            #expect(!pair.server.isReady)
        }
    }
}
