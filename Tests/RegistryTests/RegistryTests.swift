import Encoding
import Primitives
import Registry
import Statements
import Testing

@Suite("Registering DIDs")
struct RegistryTests {
    static func venue() throws -> VenueName { try VenueName("test.parallax") }

    static func did(_ id: Text, _ kind: OrbitDID.Kind = .satellite) throws -> OrbitDID {
        try OrbitDID(kind: kind, registrar: venue(), id: id)
    }

    /// The JSON of a document, as somebody writes it by hand.
    static func json(_ id: String, controller: String, endpoint: String? = nil) -> [UInt8] {
        let service =
            endpoint.map { url in
                """
                , "service": [{"id": "\(id)#home", "type": "Telemetry", "serviceEndpoint": "\(url)"}]
                """
            } ?? ""
        let text = """
            {"id": "\(id)", "controller": "\(controller)",
             "@context": ["https://www.w3.org/ns/did/v1",
                          "https://w3id.org/security/multikey/v1"]\(service)}
            """
        return Array(text.utf8)
    }

    private static let satellite = "did:orbit:satellite:test.parallax:sat-1"
    private static let owner = "did:orbit:operator:test.parallax:venue"

    @Test("versions of a document count up, and the same document is not registered twice")
    func versions() throws {
        var registry = try Registry(venue: Self.venue())
        let first = try registry.statement(
            registering: Self.json(Self.satellite, controller: Self.owner),
            time: Timestamp(1)
        )
        #expect(first.version == 1)
        #expect(first.document.id == (try Self.did("sat-1")))
        registry.take(.did(first))
        #expect(throws: RegistryError.unchanged(try Self.did("sat-1"), version: 1)) {
            try registry.statement(
                registering: Self.json(Self.satellite, controller: Self.owner),
                time: Timestamp(2)
            )
        }
        let second = try registry.statement(
            registering: Self.json(
                Self.satellite,
                controller: Self.owner,
                endpoint: "https://example.org/"
            ),
            time: Timestamp(3)
        )
        #expect(second.version == 2)
    }

    @Test("a revoked DID is never registered again, nor revoked twice")
    func revocation() throws {
        var registry = try Registry(venue: Self.venue())
        let did = try Self.did("sat-1")
        #expect(throws: RegistryError.unknown(did)) {
            try registry.statement(revoking: did, reason: "lost", time: Timestamp(1))
        }
        registry.take(
            .did(
                try registry.statement(
                    registering: Self.json(Self.satellite, controller: Self.owner),
                    time: Timestamp(1)
                )
            )
        )
        registry.take(
            .revocation(try registry.statement(revoking: did, reason: "lost", time: Timestamp(2)))
        )
        #expect(registry[did]?.isRevoked == true)
        #expect(throws: RegistryError.revoked(did)) {
            try registry.statement(revoking: did, reason: "lost", time: Timestamp(3))
        }
        #expect(throws: RegistryError.revoked(did)) {
            try registry.statement(
                registering: Self.json(Self.satellite, controller: Self.owner),
                time: Timestamp(3)
            )
        }
    }

    /// A document that is refused, and why.
    struct Refusal: CustomTestStringConvertible {
        var testDescription: String
        var json: [UInt8]
        var isExpected: @Sendable (RegistryError) -> Bool
    }

    static let refusals = [
        Refusal(
            testDescription: "another registrar's",
            json: json("did:orbit:satellite:other.example:sat-1", controller: owner),
            isExpected: { error in if case .foreignRegistrar = error { true } else { false } }
        ),
        Refusal(
            testDescription: "a contract's",
            json: json("did:orbit:contract:test.parallax:4", controller: owner),
            isExpected: { error in if case .contractReserved = error { true } else { false } }
        ),
        Refusal(
            testDescription: "with an unknown controller",
            json: json(satellite, controller: "did:orbit:operator:test.parallax:stranger"),
            isExpected: { error in if case .controllerUnknown = error { true } else { false } }
        ),
        Refusal(
            testDescription: "empty",
            json: Array("{}".utf8),
            isExpected: { error in if case .documentInvalid = error { true } else { false } }
        ),
        Refusal(
            testDescription: "not JSON",
            json: Array("not JSON".utf8),
            isExpected: { error in if case .documentInvalid = error { true } else { false } }
        ),
        Refusal(
            testDescription: "of another method",
            json: json("did:web:example.org", controller: owner),
            isExpected: { error in if case .documentInvalid = error { true } else { false } }
        ),
    ]

    @Test("what the registrar may not register is refused, with the reason", arguments: refusals)
    func refuses(_ refusal: Refusal) throws {
        let registry = try Registry(venue: Self.venue())
        #expect {
            try registry.statement(registering: refusal.json, time: Timestamp(1))
        } throws: { error in
            guard let error = error as? RegistryError else { return false }
            return refusal.isExpected(error)
        }
    }
}
