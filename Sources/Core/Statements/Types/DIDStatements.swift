public import Encoding
public import Primitives

/// A version of a DID document.
public struct DIDStatement: StatementContent {
    /// The kind of statement.
    public static var type: StatementType { .did }

    /// The document.
    public var document: DIDDocument
    /// The version of the document, from 1.
    public var version: UInt64
    /// When the version was registered.
    public var time: Timestamp

    /// Makes a statement of its parts.
    public init(document: DIDDocument, version: UInt64, time: Timestamp) {
        precondition(version >= 1)
        self.document = document
        self.version = version
        self.time = time
    }

    /// Reads a payload.
    ///
    /// - Throws: What is wrong and where.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: payload)
        try object.requireType(.did)
        var documentObject = try object.object("document")
        document = try documentObject.document()
        version = try object.decimal("version", in: 1...UInt64.max)
        time = try object.time()
        try object.requireEnd()
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        var writer = CanonicalWriter(capacity: 1024)
        writer.beginObject()
        writer.name("document")
        writer.document(document)
        writer.member("time", decimal: time.nanoseconds)
        writer.type(.did)
        writer.member("version", decimal: version)
        writer.endObject()
        return writer.bytes
    }

    /// The DID.
    public var subject: OrbitDID { document.id }
}

/// The end of a DID's validity.
public struct RevocationStatement: StatementContent {
    /// The kind of statement.
    public static var type: StatementType { .revocation }

    /// The DID that is no longer valid.
    public var did: OrbitDID
    /// Why: one line of at most 512 bytes.
    public var reason: Text
    /// From when on.
    public var time: Timestamp

    /// Makes a statement of its parts.
    public init(did: OrbitDID, reason: Text, time: Timestamp) {
        self.did = did
        self.reason = reason
        self.time = time
    }

    /// Reads a payload.
    ///
    /// - Throws: What is wrong and where.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: payload)
        try object.requireType(.revocation)
        did = try object.did("did")
        reason = try object.line("reason")
        time = try object.time()
        try object.requireEnd()
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        var writer = CanonicalWriter(capacity: 512)
        writer.beginObject()
        writer.member("did", did: did)
        writer.member("reason", text: reason)
        writer.member("time", decimal: time.nanoseconds)
        writer.type(.revocation)
        writer.endObject()
        return writer.bytes
    }

    /// The DID.
    public var subject: OrbitDID { did }
}
