import Attestation
import Cryptography
import Encoding
import Statements
import Venue

extension SeatEvidence {
    private static var domain: Text { "parallax.evidence/1" }

    /// Reads evidence.
    ///
    /// - Throws: `malformed` with what is wrong.
    public init(decoding bytes: [UInt8]) throws(EvidenceError) {
        do throws(AttestationError) {
            let reader = try MessageReader(
                "evidence",
                decoding: bytes,
                members: nil,
                bytesMax: Self.bytesMax
            )
            guard try reader.text("type") == Self.domain else { throw reader.wrong("type") }
            let name = try reader.text("venue")
            do throws(StatementError) {
                venue = try VenueName(name)
            } catch {
                throw reader.wrong("venue")
            }
            epoch = try reader.unsigned("epoch")
            let seat = try reader.unsigned("seat")
            guard (1...UInt64(StatementLimits.seatsMax)).contains(seat) else {
                throw reader.wrong("seat")
            }
            index = UInt32(seat)
            let faultName = try reader.text("fault")
            let fault = SeatFault.allCases.first { fault in fault.text == faultName }
            guard let fault else { throw reader.wrong("fault") }
            body = try Body(fault, reader)
            guard reader.memberCount == 5 + fault.memberCount else { throw reader.wrong("set") }
        } catch {
            throw .malformed(error)
        }
    }

    /// The bytes of the file: a map in deterministic CBOR.
    public var encoded: [UInt8] {
        var map = CBORMap()
        map["type"] = .text(Self.domain)
        map["venue"] = .text(venue.text)
        map["epoch"] = .unsigned(epoch)
        map["seat"] = .unsigned(UInt64(index))
        map["fault"] = .text(fault.text)
        switch body {
        case .equivocation(let first, let second):
            map["first"] = .bytes(first)
            map["second"] = .bytes(second)
        case .invalidShares(let votes):
            map["votes"] = .array(
                votes.map { cast in .array([.bytes(cast.vote), .bytes(cast.payload)]) }
            )
        case .attendance(let absence): absence.add(to: &map)
        case .diversityBreach(let rule, let notice):
            map["rule"] = .unsigned(UInt64(rule.rawValue) + 1)
            map["notice"] = .bytes(notice)
        case .keyCompromise(let notice), .sanction(let notice):
            map["notice"] = .bytes(notice)
        case .badDeal(let ceremony, let evidence):
            map["ceremony"] = .bytes(ceremony)
            map["evidence"] = .bytes(evidence)
        }
        return CBORValue.map(map).encoded
    }
}

extension SeatFault {
    /// How many members evidence has besides those that all have.
    fileprivate var memberCount: Int {
        switch self {
        case .equivocation, .diversityBreach, .badDeal: 2
        case .invalidShares, .keyCompromise, .sanction: 1
        case .attendance: 6
        }
    }
}

extension SeatEvidence.Body {
    fileprivate init(_ fault: SeatFault, _ reader: MessageReader) throws(AttestationError) {
        let some = 1...SeatEvidence.bytesMax
        switch fault {
        case .equivocation:
            self = .equivocation(
                first: try reader.bytes("first", count: some),
                second: try reader.bytes("second", count: some)
            )
        case .invalidShares: self = .invalidShares(try Self.votes(reader))
        case .attendance: self = .attendance(try SeatEvidence.Absence(reader))
        case .diversityBreach:
            let number = try reader.unsigned("rule")
            let rule = DiversityViolation.Rule.allCases.first { rule in
                UInt64(rule.rawValue) + 1 == number
            }
            guard let rule else { throw reader.wrong("rule") }
            let notice = try reader.bytes("notice", count: 0...CommitteeNotice.bytesMax)
            self = .diversityBreach(rule: rule, notice: notice)
        case .keyCompromise: self = .keyCompromise(notice: try reader.bytes("notice", count: some))
        case .sanction: self = .sanction(notice: try reader.bytes("notice", count: some))
        case .badDeal:
            self = .badDeal(
                ceremony: try reader.bytes("ceremony", count: some),
                evidence: try reader.bytes("evidence", count: some)
            )
        }
    }

    private static func votes(
        _ reader: MessageReader
    ) throws(AttestationError) -> [SeatEvidence.CastVote] {
        guard let items = try reader.value("votes").array,
            items.count == SeatEvidence.invalidShareCount
        else { throw reader.wrong("votes") }
        var votes: [SeatEvidence.CastVote] = []
        for item in items {
            guard let parts = item.array, parts.count == 2, let vote = parts[0].bytes,
                let payload = parts[1].bytes
            else { throw reader.wrong("votes") }
            votes.append(SeatEvidence.CastVote(vote: vote, payload: payload))
        }
        return votes
    }
}

extension SeatEvidence.Absence {
    fileprivate init(_ reader: MessageReader) throws(AttestationError) {
        checkpoint = try reader.bytes("checkpoint", count: 1...(1 << 16))
        first = try reader.unsigned("first")
        count = try reader.unsigned("count")
        certificates = try reader.unsigned("certificates")
        present = try reader.unsigned("present")
        guard let items = try reader.value("leaves").array,
            items.count <= SeatEvidence.leavesMax
        else { throw reader.wrong("leaves") }
        leaves = []
        for item in items {
            guard let parts = item.array, parts.count == 2, let bytes = parts[0].bytes,
                let hashes = parts[1].array, hashes.count <= ProvenLeaf.pathMax
            else { throw reader.wrong("leaves") }
            var path: [SHA256.Digest] = []
            for hash in hashes {
                guard let hash = hash.bytes, hash.count == SHA256.Digest.byteCount else {
                    throw reader.wrong("leaves")
                }
                path.append(SHA256.Digest(bytes: hash))
            }
            leaves.append(ProvenLeaf(bytes: bytes, path: path))
        }
    }

    fileprivate func add(to map: inout CBORMap) {
        map["checkpoint"] = .bytes(checkpoint)
        map["first"] = .unsigned(first)
        map["count"] = .unsigned(count)
        map["certificates"] = .unsigned(certificates)
        map["present"] = .unsigned(present)
        map["leaves"] = .array(
            leaves.map { leaf in
                .array([
                    .bytes(leaf.bytes), .array(leaf.path.map { hash in .bytes(hash.bytes) }),
                ])
            }
        )
    }
}
