import Cryptography
import Encoding
import Testing
import TestSupport

/// Stands in for a signature: the hash of a key and the message.
///
/// Encoding knows no algorithm; what matters here is
/// that the signature depends on every byte of the message.
struct HashSigner {
    var key: [UInt8]

    func sign(_ message: [UInt8]) -> [UInt8] {
        let digest = SHA256.hash(of: key + message)
        return [digest.words.0, digest.words.1, digest.words.2, digest.words.3]
            .flatMap(\.bigEndianBytes)
    }

    func verify(_ message: [UInt8], _ signature: [UInt8]) -> Bool { sign(message) == signature }
}

@Suite("signed messages") struct COSETests {
    private let signer = HashSigner(key: [1, 2, 3])

    @Test("the example of RFC 9052 decodes, is signed as it says, and encodes to the same bytes")
    func example() throws {
        let lines = try vectorLines("RFC9052/sign1.txt", parts: 2)
        let bytes = try hex(lines[0][1])
        let signed = try hex(lines[1][1])
        let message = try COSESign1(decoding: bytes)
        #expect(message.protected.algorithm?.rawValue == -7)
        #expect(message.protectedBytes == [0xa1, 0x01, 0x26])
        #expect(message.unprotected.keyID == Array("11".utf8))
        #expect(message.payload == Array("This is the content.".utf8))
        #expect(message.signature.count == 64)
        #expect(message.encoded == bytes)
        #expect(message.message() == signed)
        var asked: [UInt8] = []
        let made = COSESign1(
            protected: message.protected,
            unprotected: message.unprotected,
            payload: try #require(message.payload)
        ) { bytes in
            asked = bytes
            return message.signature
        }
        #expect(asked == signed)
        #expect(made == message)
    }

    @Test("external data and a detached payload are signed, and needed again to verify")
    func detached() throws {
        let made = COSESign1(
            protected: COSEHeaders(algorithm: .edDSA),
            payload: [1, 2],
            isDetached: true,
            externalData: [3],
            signer: signer.sign
        )
        let message = try COSESign1(decoding: made.encoded)
        #expect(message == made)
        #expect(message.payload == nil)
        func isValid(_ payload: [UInt8]?, _ external: [UInt8]) -> Bool {
            message.isValid(
                detachedPayload: payload,
                externalData: external,
                verifier: signer.verify
            )
        }
        #expect(isValid([1, 2], [3]))
        #expect(!isValid([1], [2, 3]))
        #expect(!isValid([1, 2], []))
        #expect(!isValid(nil, [3]))
        #expect(message.message() == nil)
        let attached = COSESign1(
            protected: COSEHeaders(algorithm: .edDSA),
            payload: [1],
            signer: signer.sign
        )
        #expect(attached.isValid(verifier: signer.verify))
        // Two payloads leave open which one is meant.
        #expect(!attached.isValid(detachedPayload: [1], verifier: signer.verify))
    }

    @Test("an empty protected header is signed as no bytes in both of its forms") func empty()
        throws
    {
        for protected in ["40", "41a0"] {
            let bytes = try hex("d284\(protected)a0410141ff")
            let message = try COSESign1(decoding: bytes)
            #expect(message.encoded == bytes)
            #expect(try message.message() == hex("846a5369676e61747572653140404101"))
        }
        #expect(COSEHeaders().encoded == [])
    }

    @Test("the tag must be there, or must not, as the reader says") func tag() throws {
        let untagged = try hex("8440a0410141ff")
        #expect(throws: COSEError.malformed(.message, .unexpectedType(position: 0))) {
            try COSESign1(decoding: untagged)
        }
        #expect(try COSESign1(decoding: untagged, isTagged: false).signature == [0xff])
        #expect(throws: COSEError.malformed(.message, .unexpectedType(position: 0))) {
            try COSESign1(decoding: [0xd2] + untagged, isTagged: false)
        }
    }

    @Test("what signer and verifier throw comes through") func failures() {
        struct Failure: Error, Equatable { var code: Int }
        #expect(throws: Failure(code: 1)) {
            try COSESign1(protected: COSEHeaders(), payload: []) { _ throws(Failure) in
                throw Failure(code: 1)
            }
        }
        let message = COSESign1(protected: COSEHeaders(), payload: [], signer: signer.sign)
        #expect(throws: Failure(code: 2)) {
            try message.isValid { _, _ throws(Failure) in throw Failure(code: 2) }
        }
    }

    @Test("the numbers of algorithms are the registered ones") func algorithms() {
        #expect(COSEAlgorithm.edDSA.rawValue == -8)
        #expect(COSEAlgorithm.ed25519.rawValue == -19)
        #expect(COSEAlgorithm.mlDSA65.rawValue == -49)
    }

    /// A message with these two headers, in hexadecimal.
    private func message(_ protected: String, _ unprotected: String = "a0") throws -> [UInt8] {
        [0xd2, 0x84] + CBORValue.bytes(try hex(protected)).encoded + (try hex(unprotected))
            + [0x40, 0x40]
    }

    @Test("headers that break a rule are refused") func headers() throws {
        let rows: [(String, String, COSEError)] = [
            ("a1f600", "a0", .invalidLabel), ("a0", "a14000", .invalidLabel),
            ("a10140", "a0", .invalidValue(label: 1)), ("a1018126", "a0", .invalidValue(label: 1)),
            ("a10280", "a0", .invalidValue(label: 2)), ("a10201", "a0", .invalidValue(label: 2)),
            ("a10320", "a0", .invalidValue(label: 3)),
            ("a1046131", "a0", .invalidValue(label: 4)), ("a0", "a10401", .invalidValue(label: 4)),
            ("a10f80", "a0", .invalidValue(label: 15)), ("a10fa10101", "a0", .invalidClaim(1)),
            ("a10fa10240", "a0", .invalidClaim(2)), ("a10fa10660", "a0", .invalidClaim(6)),
            ("a10fa14001", "a0", .invalidLabel),
            ("a119018a80", "a0", .invalidValue(label: 394)),
            ("a119018b60", "a0", .invalidValue(label: 395)),
            ("a0", "a119018c80", .invalidValue(label: 396)),
            ("a10126", "a10127", .repeatedLabel(.unsigned(1))),
            ("a1617801", "a1617802", .repeatedLabel(.text("x"))),
            ("a1028118ff", "a0", .notUnderstood(.unsigned(255))),
            ("a10281617a", "a0", .notUnderstood(.text("z"))),
            ("a1028104", "a0", .notUnderstood(.unsigned(4))),
            ("a1028102", "a0", .notUnderstood(.unsigned(2))),
            ("a0", "a1028104", .unexpected(.unsigned(2))),
        ]
        for (protected, unprotected, error) in rows {
            let bytes = try message(protected, unprotected)
            #expect(throws: error, "\(protected) \(unprotected)") {
                try COSESign1(decoding: bytes)
            }
        }
        // A critical header that is understood, claims with a float as time and a text as name, and a text
        // as algorithm are good.
        for good in [
            "a3012602810404 4131", "a10fa401616902617306fb41d00000002000006178 01", "a1016178",
        ] {
            let bytes = try message(good.filter { character in character != " " })
            #expect(throws: Never.self, "\(good)") { try COSESign1(decoding: bytes) }
        }
    }

    @Test("messages of another shape are refused where they differ") func shapes() {
        let rows: [(String, COSEError)] = [
            ("", .malformed(.message, .truncated(position: 0))),
            ("d18440a04040", .malformed(.message, .unexpectedType(position: 0))),
            ("d2", .malformed(.message, .truncated(position: 1))),
            ("d2a0", .malformed(.message, .unexpectedType(position: 1))),
            ("d28340a040", .malformed(.message, .unexpectedType(position: 1))),
            ("d28540a0404040", .malformed(.message, .unexpectedType(position: 1))),
            ("d284a0a04040", .malformed(.message, .unexpectedType(position: 2))),
            ("d28440804040", .malformed(.message, .unexpectedType(position: 3))),
            ("d28440a00040", .malformed(.message, .unexpectedType(position: 4))),
            ("d28440a040f6", .malformed(.message, .unexpectedType(position: 5))),
            ("d28440a0404000", .malformed(.message, .trailingBytes(position: 6))),
            ("d2844180a04040", .malformed(.protectedHeader, .unexpectedType(position: 0))),
            ("d28442a000a04040", .malformed(.protectedHeader, .trailingBytes(position: 1))),
            (
                "d28445a201260126a04040",
                .malformed(.protectedHeader, .duplicateKey(position: 3))
            ),
            ("d28440a204400440", .malformed(.message, .duplicateKey(position: 6))),
        ]
        for (bytes, error) in rows {
            #expect(throws: error, "\(bytes)") { try COSESign1(decoding: try hex(bytes)) }
        }
    }
}
