import Encoding
public import Statements

/// Asks the observers to attest to an interval: the CBOR map `{"statement": bytes}`.
public struct IntervalRequest: Equatable, Sendable {
    /// What is to be attested.
    public var statement: IntervalStatement

    /// Makes a request.
    public init(statement: IntervalStatement) { self.statement = statement }

    /// Reads a request.
    ///
    /// - Throws: `malformedMessage`, `invalidMessage` or `malformedPayload`.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        let reader = try MessageReader(
            "interval request",
            decoding: bytes,
            members: 1,
            bytesMax: StatementLimits.payloadMax + 64
        )
        let payload = try reader.bytes("statement", count: 1...StatementLimits.payloadMax)
        do throws(StatementError) {
            statement = try IntervalStatement(decoding: payload)
        } catch {
            throw .malformedPayload(error)
        }
    }

    /// The bytes of the message.
    public var encoded: [UInt8] {
        var map = CBORMap()
        map["statement"] = .bytes(statement.encoded)
        return CBORValue.map(map).encoded
    }
}

/// Asks the observers to attest to a claim: the CBOR map `{"report": bytes, "statement": bytes}`.
public struct ClaimRequest: Equatable, Sendable {
    /// What is to be attested.
    public var statement: ClaimStatement
    /// The bytes of the report that was filed; the statement names their hash.
    public var report: [UInt8]

    /// Makes a request.
    public init(statement: ClaimStatement, report: [UInt8]) {
        precondition((1...StatementLimits.payloadMax).contains(report.count))
        self.statement = statement
        self.report = report
    }

    /// Reads a request; whether statement and report belong together is for `ClaimEvidence` to check.
    ///
    /// - Throws: `malformedMessage`, `invalidMessage` or `malformedPayload`.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        let reader = try MessageReader(
            "claim request",
            decoding: bytes,
            members: 2,
            bytesMax: 2 * StatementLimits.payloadMax + 64
        )
        let payload = try reader.bytes("statement", count: 1...StatementLimits.payloadMax)
        report = try reader.bytes("report", count: 1...StatementLimits.payloadMax)
        do throws(StatementError) {
            statement = try ClaimStatement(decoding: payload)
        } catch {
            throw .malformedPayload(error)
        }
    }

    /// The bytes of the message.
    public var encoded: [UInt8] {
        var map = CBORMap()
        map["statement"] = .bytes(statement.encoded)
        map["report"] = .bytes(report)
        return CBORValue.map(map).encoded
    }
}

/// Asks for the journal from a sequence number on: the CBOR map `{"from": number}`.
public struct FetchRequest: Equatable, Sendable {
    /// The sequence number of the first command that is wanted.
    public var from: UInt64

    /// Makes a request.
    public init(from: UInt64) { self.from = from }

    /// Reads a request.
    ///
    /// - Throws: `malformedMessage` or `invalidMessage`.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        let reader = try MessageReader(
            "fetch request",
            decoding: bytes,
            members: 1,
            bytesMax: 64
        )
        from = try reader.unsigned("from")
    }

    /// The bytes of the message.
    public var encoded: [UInt8] {
        var map = CBORMap()
        map["from"] = .unsigned(from)
        return CBORValue.map(map).encoded
    }
}
