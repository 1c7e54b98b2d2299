import BLS12381
public import Cryptography
public import Encoding
public import Statements

/// That enough observers attest to an interval or a claim: the group's signature, and the signed votes behind it.
///
/// In a bundle it is the CBOR map `{"payload": bytes, "signature": 48 bytes, "signers": bitmap, "votes": [bytes]}`;
/// bit i − 1 of the bitmap stands for seat i, and the votes are in the order of their seats.
public struct QuorumCertificate: Equatable, Sendable {
    /// What is attested, as the bytes that were hashed.
    public let payload: [UInt8]
    /// What is attested.
    public let attested: Attested
    /// The SHA-256 of the payload.
    public let digest: SHA256.Digest
    /// The signature of the digest by the group's key, 48 bytes.
    public let signature: [UInt8]
    /// Which seats signed: bit i − 1 stands for seat i.
    public let signers: UInt64
    /// The votes, 1 to 12; in the order in which they stand in the certificate.
    public let votes: [Vote]

    /// Makes a certificate of votes in any order, by putting the first eight partial signatures together.
    ///
    /// Nothing is verified here: see `check`.
    ///
    /// - Throws: `tooFewVotes` for fewer than 8, `repeatedSeat`, `otherVote` for one about something else,
    ///   `invalidPartial` or `notCombined`.
    public init(attested: Attested, votes: [Vote]) throws(AttestationError) {
        payload = attested.encoded
        self.attested = attested
        let digest = SHA256.hash(of: payload)
        self.digest = digest
        let sorted = votes.sorted { left, right in left.index < right.index }
        guard sorted.count >= Int(StatementLimits.threshold) else {
            throw .tooFewVotes(found: sorted.count, needed: Int(StatementLimits.threshold))
        }
        for (position, vote) in sorted.enumerated() {
            guard vote.digest == digest else { throw .otherVote(seat: vote.index, name: "digest") }
            guard position == 0 || sorted[position - 1].index < vote.index else {
                throw .repeatedSeat(vote.index)
            }
        }
        self.votes = sorted
        signers = Self.signers(of: sorted)
        signature = try Self.combine(Self.partials(of: sorted)).compressed
    }

    /// Reads a certificate from the map that a bundle has; whether its signatures are good is not checked here.
    ///
    /// - Throws: `invalidCertificate`, `malformedPayload`, `malformedVote` or `invalidVote`.
    public init(_ map: CBORMap) throws(AttestationError) {
        guard map.entries.count == 4 else { throw .invalidCertificate(name: "set of members") }
        guard let payload = map["payload"]?.bytes else {
            throw .invalidCertificate(name: "payload")
        }
        guard let signature = map["signature"]?.bytes, signature.count == Vote.partialSize else {
            throw .invalidCertificate(name: "signature")
        }
        guard let signers = map["signers"]?.unsigned else {
            throw .invalidCertificate(name: "signers")
        }
        guard let items = map["votes"]?.array, (1...StatementLimits.seatsMax).contains(items.count)
        else { throw .invalidCertificate(name: "votes") }
        do throws(StatementError) {
            attested = try Attested(decoding: payload)
        } catch {
            throw .malformedPayload(error)
        }
        var votes: [Vote] = []
        for (position, item) in items.enumerated() {
            guard let bytes = item.bytes else { throw .invalidCertificate(name: "votes") }
            votes.append(try Vote(decoding: bytes, position: position))
        }
        self.payload = payload
        self.signature = signature
        self.signers = signers
        self.votes = votes
        digest = SHA256.hash(of: payload)
    }

    /// Reads a certificate from the bytes that a leaf has.
    ///
    /// - Throws: `malformedCertificate`, or what is wrong with its map.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        let value: CBORValue
        do throws(CBORError) {
            value = try CBORValue(decoding: bytes)
        } catch {
            throw .malformedCertificate(error)
        }
        guard let map = value.map else { throw .invalidCertificate(name: "map") }
        try self.init(map)
    }

    /// The interval that is attested; none if it is a claim.
    public var interval: IntervalStatement? {
        switch attested {
        case .interval(let interval): interval
        case .claim: nil
        }
    }

    /// The claim that is attested; none if it is an interval.
    public var claim: ClaimStatement? {
        switch attested {
        case .interval: nil
        case .claim(let claim): claim
        }
    }

    /// The map that a bundle has.
    public var map: CBORMap {
        var map = CBORMap()
        map["payload"] = .bytes(payload)
        map["signature"] = .bytes(signature)
        map["signers"] = .unsigned(signers)
        map["votes"] = .array(votes.map { vote in .bytes(vote.encoded) })
        return map
    }

    /// The bytes of the map: what the leaf of an attestation has.
    public var encoded: [UInt8] { CBORValue.map(map).encoded }

    /// The bitmap of the seats that vote.
    static func signers(of votes: [Vote]) -> UInt64 {
        votes.reduce(0) { bits, vote in bits | 1 << UInt64(vote.index - 1) }
    }

    /// The partial signatures of votes, decoded.
    static func partials(of votes: [Vote]) throws(AttestationError) -> [Threshold.PartialSignature]
    {
        var parts: [Threshold.PartialSignature] = []
        for vote in votes {
            do throws(BLSError) {
                let signature = try Signature(compressed: vote.partial)
                parts.append(.init(index: vote.index, signature: signature))
            } catch {
                throw .invalidPartial(seat: vote.index, error)
            }
        }
        return parts
    }

    /// The signature that the first eight parts give.
    static func combine(
        _ parts: [Threshold.PartialSignature]
    ) throws(AttestationError) -> Signature {
        do throws(BLSError) {
            return try Threshold.combine(Array(parts.prefix(Int(StatementLimits.threshold))))
        } catch {
            throw .notCombined(error)
        }
    }
}
