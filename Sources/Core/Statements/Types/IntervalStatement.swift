public import Cryptography
public import Encoding
public import Primitives

/// A log as it was at some size.
public struct LogHead: Hashable, Sendable {
    /// The log's origin: the first line of its checkpoints.
    public var origin: Text
    /// How many leaves it had.
    public var size: UInt64
    /// The root of its tree.
    public var root: SHA256.Digest

    /// Makes a head of its parts.
    public init(origin: Text, size: UInt64, root: SHA256.Digest) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Whether both are the same.
    public static func == (left: Self, right: Self) -> Bool {
        left.origin == right.origin && left.size == right.size && left.root == right.root
    }

    /// Feeds the parts to a hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(origin.utf8)
        hasher.combine(size)
        hasher.combine(root)
    }
}

/// What observers attest to: the venue's state and its log after an interval of commands.
public struct IntervalStatement: StatementContent {
    /// The kind of statement.
    public static var type: StatementType { .interval }

    /// The venue that is observed.
    public var venue: VenueName
    /// The epoch of the roster.
    public var epoch: UInt64
    /// The interval of commands and the state after it.
    public var interval: Interval
    /// When the last command was stamped.
    public var time: Timestamp
    /// The log after the interval's own leaves were appended.
    public var log: LogHead
    /// The SHA-256 of the roster's bytes.
    public var rosterHash: SHA256.Digest

    /// Makes a statement of its parts.
    public init(
        venue: VenueName,
        epoch: UInt64,
        interval: Interval,
        time: Timestamp,
        log: LogHead,
        rosterHash: SHA256.Digest
    ) {
        self.venue = venue
        self.epoch = epoch
        self.interval = interval
        self.time = time
        self.log = log
        self.rosterHash = rosterHash
    }

    /// Reads a payload.
    ///
    /// - Throws: What is wrong and where.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: payload)
        try object.requireType(.interval)
        venue = try object.venue()
        epoch = try object.decimal("epoch")
        let first = try object.decimal("firstSequence")
        let last = try object.decimal("lastSequence")
        guard first <= last else {
            throw object.invalid("lastSequence", "at least the first sequence number")
        }
        interval = Interval(
            number: try object.decimal("number", in: 0...UInt64.max / 2),
            firstSequence: first,
            lastSequence: last,
            stateHash: try object.digest("stateHash")
        )
        time = try object.time()
        var logObject = try object.object("log")
        log = LogHead(
            origin: try logObject.line("origin"),
            size: try logObject.decimal("size"),
            root: try logObject.digest("root")
        )
        try logObject.requireEnd()
        rosterHash = try object.digest("roster")
        try object.requireEnd()
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        var writer = CanonicalWriter(capacity: 640)
        writer.beginObject()
        writer.member("epoch", decimal: epoch)
        writer.member("firstSequence", decimal: interval.firstSequence)
        writer.member("lastSequence", decimal: interval.lastSequence)
        writer.name("log")
        writer.beginObject()
        writer.member("origin", text: log.origin)
        writer.member("root", hexadecimal: log.root)
        writer.member("size", decimal: log.size)
        writer.endObject()
        writer.member("number", decimal: interval.number)
        writer.member("roster", hexadecimal: rosterHash)
        writer.member("stateHash", hexadecimal: interval.stateHash)
        writer.member("time", decimal: time.nanoseconds)
        writer.type(.interval)
        writer.member("venue", plain: venue.text)
        writer.endObject()
        return writer.bytes
    }

    /// The SHA-256 of the payload: what votes and the group's signature are about.
    public var digest: SHA256.Digest { SHA256.hash(of: encoded) }

    /// The venue.
    public var subject: OrbitDID { venue.did }
}

extension ObjectReader {
    /// A text of one line that is not empty: no control characters, at most 512 bytes.
    package mutating func line(_ name: Text) throws(StatementError) -> Text {
        let text = try text(name)
        guard (1...StatementLimits.textMax).contains(text.utf8.count),
            text.utf8.allSatisfy({ byte in byte >= 0x20 && byte != 0x7f })
        else {
            throw invalid(name, "a text of one line of 1 to 512 bytes")
        }
        return text
    }
}
