public import Cryptography
public import Encoding
public import Primitives

/// That somebody did what auditors want to see, such as reading what is of others.
///
/// The log is public, so a statement names who did it and why, and not whom it concerned: that is in the venue's own
/// record, which the statement fixes by its hash.
public struct AuditStatement: StatementContent {
    /// The kind of statement.
    public static var type: StatementType { .audit }

    /// The venue where it was done.
    public var venue: VenueName
    /// What was done: 1 to 64 lower-case letters, underscores and dots, such as `cross_tenant.read`.
    public var event: Text
    /// Who did it: one line of 1 to 512 bytes.
    public var requestor: Text
    /// Why: one line of 1 to 512 bytes.
    public var reason: Text
    /// The SHA-256 of the venue's record of it.
    public var record: SHA256.Digest
    /// When.
    public var time: Timestamp

    /// Makes a statement of its parts.
    public init(
        venue: VenueName,
        event: Text,
        requestor: Text,
        reason: Text,
        record: SHA256.Digest,
        time: Timestamp
    ) {
        precondition(Self.isEvent(event))
        self.venue = venue
        self.event = event
        self.requestor = requestor
        self.reason = reason
        self.record = record
        self.time = time
    }

    /// Reads a payload.
    ///
    /// - Throws: What is wrong and where.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: payload)
        try object.requireType(.audit)
        venue = try object.venue()
        event = try object.line("event")
        guard Self.isEvent(event) else {
            throw object.invalid("event", "1 to 64 lower-case letters, underscores and dots")
        }
        requestor = try object.line("requestor")
        reason = try object.line("reason")
        record = try object.digest("record")
        time = try object.time()
        try object.requireEnd()
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        var writer = CanonicalWriter(capacity: 512)
        writer.beginObject()
        writer.member("event", plain: event)
        writer.member("reason", text: reason)
        writer.member("record", hexadecimal: record)
        writer.member("requestor", text: requestor)
        writer.member("time", decimal: time.nanoseconds)
        writer.type(.audit)
        writer.member("venue", plain: venue.text)
        writer.endObject()
        return writer.bytes
    }

    /// The venue.
    public var subject: OrbitDID { venue.did }

    /// Whether a text can name what was done.
    public static func isEvent(_ text: Text) -> Bool {
        1...64 ~= text.utf8.count
            && text.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || byte == UInt8(ascii: "_")
                    || byte == UInt8(ascii: ".")
            }
    }
}
