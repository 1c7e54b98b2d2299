public import Encoding
public import Primitives

/// The first leaf of a log: whose log it is, and with which keys it begins.
public struct GenesisStatement: StatementContent {
    /// The kind of statement.
    public static var type: StatementType { .genesis }

    /// The log's origin.
    public var origin: Text
    /// Whose log it is.
    public var venue: VenueName
    /// The log's key in the form of a verifier key of signed notes.
    public var logKey: Text
    /// The venue's Ed25519 key, 32 bytes.
    public var venueKey: [UInt8]
    /// The observers' group key, 96 bytes; none if there is none yet.
    public var groupKey: [UInt8]?
    /// When the log began.
    public var time: Timestamp

    /// Makes a statement of its parts; origin and key are lines of at most 512 bytes.
    public init(
        origin: Text,
        venue: VenueName,
        logKey: Text,
        venueKey: [UInt8],
        groupKey: [UInt8]?,
        time: Timestamp
    ) {
        precondition(venueKey.count == 32)
        precondition(groupKey == nil || groupKey?.count == 96)
        self.origin = origin
        self.venue = venue
        self.logKey = logKey
        self.venueKey = venueKey
        self.groupKey = groupKey
        self.time = time
    }

    /// Reads a payload.
    ///
    /// - Throws: What is wrong and where.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: payload)
        try object.requireType(.genesis)
        origin = try object.line("origin")
        venue = try object.venue()
        logKey = try object.line("logKey")
        venueKey = try object.hexadecimal("venueKey", count: 32)
        groupKey = object.has("groupKey") ? try object.hexadecimal("groupKey", count: 96) : nil
        time = try object.time()
        try object.requireEnd()
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        var writer = CanonicalWriter(capacity: 768)
        writer.beginObject()
        if let groupKey { writer.member("groupKey", hexadecimal: groupKey) }
        writer.member("logKey", text: logKey)
        writer.member("origin", text: origin)
        writer.member("time", decimal: time.nanoseconds)
        writer.type(.genesis)
        writer.member("venue", plain: venue.text)
        writer.member("venueKey", hexadecimal: venueKey)
        writer.endObject()
        return writer.bytes
    }

    /// The venue.
    public var subject: OrbitDID { venue.did }
}

/// The replacement of the log's key, with the word of both keys.
public struct KeyRotationStatement: StatementContent {
    /// The kind of statement.
    public static var type: StatementType { .keyRotation }

    /// Whose log it is.
    public var venue: VenueName
    /// The log's origin, which stays.
    public var origin: Text
    /// The first size of the log whose checkpoint the new key signs.
    public var size: UInt64
    /// The key before, in the form of a verifier key of signed notes.
    public var oldKey: Text
    /// The key from then on, in the same form.
    public var newKey: Text
    /// The signature of `signedMessage` with the old key, 64 bytes.
    public var oldSignature: [UInt8]
    /// The signature of `signedMessage` with the new key, 64 bytes.
    public var newSignature: [UInt8]
    /// When the key was replaced.
    public var time: Timestamp

    /// Makes a statement, and lets both keys sign it.
    ///
    /// - Parameters:
    ///   - venue: Whose log it is.
    ///   - origin: The log's origin, one line of at most 512 bytes.
    ///   - size: The first size of the log whose checkpoint the new key signs.
    ///   - oldKey: The key before, one line of at most 512 bytes.
    ///   - newKey: The key from then on, one line of at most 512 bytes.
    ///   - time: When the key was replaced.
    ///   - oldSigner: Signs the bytes it is given with the old key.
    ///   - newSigner: Signs the bytes it is given with the new key.
    /// - Throws: What a signer throws.
    public init<Failure: Error>(
        venue: VenueName,
        origin: Text,
        size: UInt64,
        oldKey: Text,
        newKey: Text,
        time: Timestamp,
        oldSigner: (_ message: [UInt8]) throws(Failure) -> [UInt8],
        newSigner: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) {
        self.venue = venue
        self.origin = origin
        self.size = size
        self.oldKey = oldKey
        self.newKey = newKey
        self.time = time
        let message = Self.signedMessage(
            origin: origin,
            size: size,
            oldKey: oldKey,
            newKey: newKey
        )
        oldSignature = try oldSigner(message)
        newSignature = try newSigner(message)
        precondition(oldSignature.count == 64)
        precondition(newSignature.count == 64)
    }

    /// Reads a payload; whether the signatures are good is for the reader to check.
    ///
    /// - Throws: What is wrong and where.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: payload)
        try object.requireType(.keyRotation)
        venue = try object.venue()
        origin = try object.line("origin")
        size = try object.decimal("size")
        oldKey = try object.line("oldKey")
        newKey = try object.line("newKey")
        oldSignature = try object.hexadecimal("oldSignature", count: 64)
        newSignature = try object.hexadecimal("newSignature", count: 64)
        time = try object.time()
        try object.requireEnd()
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        var writer = CanonicalWriter(capacity: 1024)
        writer.beginObject()
        writer.member("newKey", text: newKey)
        writer.member("newSignature", hexadecimal: newSignature)
        writer.member("oldKey", text: oldKey)
        writer.member("oldSignature", hexadecimal: oldSignature)
        writer.member("origin", text: origin)
        writer.member("size", decimal: size)
        writer.member("time", decimal: time.nanoseconds)
        writer.type(.keyRotation)
        writer.member("venue", plain: venue.text)
        writer.endObject()
        return writer.bytes
    }

    /// What both keys sign: five lines, `parallax.key-rotation/1`, origin, size, old key and new key, each ended
    /// by a line feed.
    public var signedMessage: [UInt8] {
        Self.signedMessage(origin: origin, size: size, oldKey: oldKey, newKey: newKey)
    }

    private static func signedMessage(
        origin: Text,
        size: UInt64,
        oldKey: Text,
        newKey: Text
    ) -> [UInt8] {
        var message = Array("parallax.key-rotation/1\n".utf8)
        for line in [origin, Text("\(size)"), oldKey, newKey] {
            message += line.utf8
            message.append(UInt8(ascii: "\n"))
        }
        return message
    }

    /// The venue.
    public var subject: OrbitDID { venue.did }
}

/// The certificate of a quorum, kept in the log so that votes can be held against their signers.
public struct AttestationStatement: StatementContent {
    /// The kind of statement.
    public static var type: StatementType { .attestation }

    /// The venue that was observed.
    public var venue: VenueName
    /// The number of the slot that was attested: of an interval its number, of a claim see `AttestedSlot`.
    public var number: UInt64
    /// The quorum's map in CBOR.
    public var certificate: [UInt8]
    /// The time that the certificate's payload names.
    public var time: Timestamp

    /// Makes a statement of its parts.
    public init(venue: VenueName, number: UInt64, certificate: [UInt8], time: Timestamp) {
        self.venue = venue
        self.number = number
        self.certificate = certificate
        self.time = time
    }

    /// Reads a payload; whether the certificate is good is for the reader to check.
    ///
    /// - Throws: What is wrong and where.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: payload)
        try object.requireType(.attestation)
        venue = try object.venue()
        number = try object.decimal("number")
        guard AttestedSlot(rawValue: number) != nil else {
            throw object.invalid("number", "the number of an interval or a claim")
        }
        let text = try object.text("certificate")
        do throws(Base64.DecodingError) {
            certificate = try Base64.standard.decode(text.utf8)
        } catch {
            throw object.invalid("certificate", "base64")
        }
        time = try object.time()
        try object.requireEnd()
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        var writer = CanonicalWriter(capacity: 256 + certificate.count / 3 * 4)
        writer.beginObject()
        writer.member("certificate", plain: Text(Base64.standard.encode(certificate)))
        writer.member("number", decimal: number)
        writer.member("time", decimal: time.nanoseconds)
        writer.type(.attestation)
        writer.member("venue", plain: venue.text)
        writer.endObject()
        return writer.bytes
    }

    /// What was attested, by its slot; none if no slot has the number.
    public var slot: AttestedSlot? { AttestedSlot(rawValue: number) }

    /// The buyer's contract of a claim, the venue of an interval.
    public var subject: OrbitDID {
        guard let trade = slot?.trade else { return venue.did }
        return OrbitDID(contract: trade.buyerContract, at: venue)
    }
}
