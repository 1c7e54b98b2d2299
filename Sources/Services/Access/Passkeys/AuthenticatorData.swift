internal import Cryptography
internal import Encoding

/// What an authenticator says and signs (Web Authentication, Level 2, §6.1).
///
///     bytes 0–31    SHA-256 of the party's domain
///     byte 32       flags
///     bytes 33–36   the signature counter, highest byte first
///     then, if the flag AT is set: 16 bytes of the authenticator's model, two bytes with the length of the
///                   credential's identifier, the identifier, and its public key as a COSE key
///     then, if the flag ED is set: extensions, a map of CBOR
///
/// Nothing may stand behind that.
package struct AuthenticatorData: Sendable {
    /// The bits of the flags that have a meaning here.
    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Somebody touched it (UP).
        package static let userPresent = Flags(rawValue: 1)
        /// It checked who that was (UV).
        package static let userVerified = Flags(rawValue: 4)
        /// The credential may be copied (BE; Level 3, which browsers send).
        package static let backupEligible = Flags(rawValue: 8)
        /// The credential was copied (BS).
        package static let backedUp = Flags(rawValue: 16)
        /// A credential follows (AT).
        package static let credential = Flags(rawValue: 64)
        /// Extensions follow (ED).
        package static let extensions = Flags(rawValue: 128)
    }

    /// A new credential.
    package struct Credential: Sendable {
        package var id: [UInt8]
        package var key: PasskeyKey
    }

    /// Most bytes of a credential's identifier (§5.8.3).
    static let credentialBytesMax = 1_023
    private static let bytesMax = 16_384
    private static let headCount = 37

    package let partyHash: [UInt8]
    package let flags: Flags
    package let counter: UInt32
    package let credential: Credential?

    /// Reads it.
    ///
    /// - Throws: `malformed`; what `PasskeyKey` throws.
    package init(_ bytes: [UInt8]) throws(AccessError) {
        guard (Self.headCount...Self.bytesMax).contains(bytes.count) else {
            throw .passkey(.malformed)
        }
        partyHash = Array(bytes[..<32])
        flags = Flags(rawValue: bytes[32])
        counter = bytes[33..<37].reduce(0) { $0 << 8 | UInt32($1) }
        var rest = bytes[Self.headCount...]
        var id: [UInt8]?
        if flags.contains(.credential) {
            // The authenticator's model is of no interest without an attestation.
            guard rest.count >= 18 else { throw .passkey(.malformed) }
            let count = Int(rest[rest.startIndex + 16]) << 8 | Int(rest[rest.startIndex + 17])
            rest = rest.dropFirst(18)
            guard (1...Self.credentialBytesMax).contains(count), rest.count > count else {
                throw .passkey(.malformed)
            }
            id = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        let items = try Self.items(
            Array(rest),
            count: (id == nil ? 0 : 1) + (flags.contains(.extensions) ? 1 : 0)
        )
        if flags.contains(.extensions), items.last?.map == nil { throw .passkey(.malformed) }
        credential =
            if let id, let item = items.first {
                Credential(id: id, key: try PasskeyKey(cose: item))
            } else {
                nil
            }
    }

    /// Items of CBOR, as CTAP2 encodes them, and nothing behind them.
    private static func items(_ bytes: [UInt8], count: Int) throws(AccessError) -> [CBORValue] {
        do throws(CBORError) {
            let limits = DecodingLimits(bytesMax: bytesMax, depthMax: 8)
            var decoder = try CBORDecoder(bytes, limits: limits)
            var items: [CBORValue] = []
            for _ in 0..<count { items.append(try decoder.readValue()) }
            try decoder.requireEnd()
            return items
        } catch {
            throw .passkey(.malformed)
        }
    }

    /// The party's domain, and the flags that every ceremony needs.
    ///
    /// - Throws: `wrongParty`, `userNotPresent`, `userNotVerified`, `backupFlags`.
    package func check(_ party: PasskeyParty) throws(AccessError) {
        guard partyHash == SHA256.hash(of: Array(party.id.utf8)).bytes else {
            throw .passkey(.wrongParty)
        }
        guard flags.contains(.userPresent) else { throw .passkey(.userNotPresent) }
        if party.requiresUserVerification, !flags.contains(.userVerified) {
            throw .passkey(.userNotVerified)
        }
        if flags.contains(.backedUp), !flags.contains(.backupEligible) {
            throw .passkey(.backupFlags)
        }
    }
}

/// What an authenticator returns when it has made a credential (§6.5.4).
///
/// Statements about the authenticator itself are not asked for, and are ignored where they come.
package enum AttestationObject {
    private static let bytesMax = 32_768

    /// The authenticator data in it.
    ///
    /// - Throws: `malformed` when it is not a map with exactly `fmt`, `attStmt` and `authData`, or when there is a
    ///   statement where the format says that there is none.
    package static func authenticatorData(_ bytes: [UInt8]) throws(AccessError) -> [UInt8] {
        let value: CBORValue
        do throws(CBORError) {
            let limits = DecodingLimits(bytesMax: bytesMax, depthMax: 8)
            // Others' statements are in forms of their makers, and nothing in them is compared.
            var decoder = try CBORDecoder(bytes, limits: limits, accepting: .all)
            value = try decoder.readValue()
            try decoder.requireEnd()
        } catch {
            throw .passkey(.malformed)
        }
        guard let map = value.map, map.entries.count == 3, let format = map["fmt"]?.text,
            let statement = map["attStmt"]?.map, let data = map["authData"]?.bytes,
            format.utf8.count <= 32, format != "none" || statement.entries.isEmpty
        else { throw .passkey(.malformed) }
        return data
    }
}
