public import BLS12381
public import Cryptography
import Encoding
public import MerkleLog
public import Statements

/// What a client knows beforehand and relies on; everything else is in the bundle and proven by it.
public struct Trust: Sendable {
    /// Most bytes of a trust file.
    public static var bytesMax: Int { 1 << 18 }
    /// Most keys of an issuer.
    public static var issuerKeysMax: Int { 16 }

    /// The venue whose statements are accepted.
    public var venue: VenueName
    /// The keys with which the venue signs statements; at least one.
    public var issuerKeys: [Ed25519.PublicKey]
    /// The key of the observers' group.
    public var groupKey: PublicKey
    /// The logs that are known, and which witnesses must have cosigned.
    public var policy: WitnessPolicy
    /// A checkpoint that the client saw before.
    public var checkpoint: SignedCheckpoint?
    /// Whether signatures of a checkpoint by unknown keys are ignored instead of refused.
    public var ignoresUnknownSignatures: Bool

    /// Makes trust of its parts.
    public init(
        venue: VenueName,
        issuerKeys: [Ed25519.PublicKey],
        groupKey: PublicKey,
        policy: WitnessPolicy,
        checkpoint: SignedCheckpoint? = nil,
        ignoresUnknownSignatures: Bool = false
    ) {
        self.venue = venue
        self.issuerKeys = issuerKeys
        self.groupKey = groupKey
        self.policy = policy
        self.checkpoint = checkpoint
        self.ignoresUnknownSignatures = ignoresUnknownSignatures
    }

    /// Reads a trust file: JSON in any form, with exactly the members that `docs/bundle.md` lists.
    ///
    /// - Throws: What is wrong and where.
    public init(decoding bytes: [UInt8]) throws(VerificationError) {
        guard bytes.count <= Self.bytesMax else { throw .tooLarge(limit: Self.bytesMax) }
        let members: Members
        do throws(StatementError) {
            members = try Members(bytes)
        } catch {
            throw .malformed(error)
        }
        venue = members.venue
        ignoresUnknownSignatures = members.ignoresUnknownSignatures
        issuerKeys = []
        for (index, bytes) in members.issuerKeys.enumerated() {
            do throws(Ed25519.KeyError) {
                issuerKeys.append(try Ed25519.PublicKey(bytes: bytes))
            } catch {
                throw .invalidIssuerKey(index: index)
            }
        }
        do throws(BLSError) {
            groupKey = try PublicKey(compressed: members.groupKey)
        } catch {
            throw .invalidGroupKey(error)
        }
        do throws(PolicyError) {
            policy = try WitnessPolicy(parsing: members.policy.utf8)
        } catch {
            throw .invalidPolicy(error)
        }
        if policy.logs.isEmpty { throw .noLog }
        checkpoint = nil
        guard let text = members.checkpoint else { return }
        try setCheckpoint(text.utf8)
    }

    /// Sets the checkpoint that was seen before to the one that some bytes are.
    ///
    /// - Throws: `invalidCheckpoint`.
    public mutating func setCheckpoint(_ bytes: [UInt8]) throws(VerificationError) {
        do throws(NoteError) {
            checkpoint = try SignedCheckpoint(parsing: bytes)
        } catch {
            throw .invalidCheckpoint(error)
        }
    }

    /// The bytes of a trust file.
    public var encoded: [UInt8] {
        var object = JSONObject()
        object["venue"] = .string(venue.text)
        object["issuer"] = .string(venue.did.text)
        object["issuerKeys"] = .array(
            issuerKeys.map { key in .string(Text(Hex.encode(key.bytes))) }
        )
        object["groupKey"] = .string(Text(Hex.encode(groupKey.compressed)))
        object["policy"] = .string(Text(utf8: policy.text) ?? "")
        object["checkpoint"] = checkpoint.map { checkpoint in
            .string(Text(utf8: checkpoint.encoded) ?? "")
        }
        object["ignoreUnknownSignatures"] = .boolean(ignoresUnknownSignatures)
        return JSONValue.object(object).canonical
    }

    /// The members of a trust file as they are read.
    private struct Members {
        var venue: VenueName
        var issuerKeys: [[UInt8]] = []
        var groupKey: [UInt8]
        var policy: Text
        var checkpoint: Text?
        var ignoresUnknownSignatures = false

        init(_ bytes: [UInt8]) throws(StatementError) {
            let value: JSONValue
            do throws(JSONError) {
                value = try JSONValue(decoding: bytes)
            } catch {
                throw .notCanonicalJSON(error)
            }
            var object = try ObjectReader(value, path: [])
            venue = try object.venue()
            let issuer = try object.text("issuer")
            guard issuer == venue.did.text else { throw object.invalid("issuer", venue.did.text) }
            for item in try object.array("issuerKeys", count: 1...Trust.issuerKeysMax) {
                issuerKeys.append(try ObjectReader.hexadecimal(item.value, item.path, count: 32))
            }
            groupKey = try object.hexadecimal("groupKey", count: 96)
            policy = try object.text("policy")
            if object.has("checkpoint") { checkpoint = try object.text("checkpoint") }
            if object.has("ignoreUnknownSignatures") {
                guard case .boolean(let value) = try object.value("ignoreUnknownSignatures") else {
                    throw object.invalid("ignoreUnknownSignatures", "true or false")
                }
                ignoresUnknownSignatures = value
            }
            try object.requireEnd()
        }
    }
}
