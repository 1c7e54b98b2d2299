public import Cryptography
public import Encoding
public import Primitives
public import Statements

/// What somebody with a right to say so tells about a seat: a COSE_Sign1 message with the protected header
/// `{1: -8, 4: key id}` over canonical JSON with the members `epoch`, `index`, `time`, `type`, `venue` and those
/// of its type.
public struct CommitteeNotice: Equatable, Sendable {
    /// Most bytes of a message.
    public static var bytesMax: Int { 8_192 }

    /// What is said.
    public enum Content: Equatable, Sendable {
        /// The key that signs this is in the hands of somebody else: type `keyCompromise`.
        ///
        /// Whoever can sign it shows that it is so: the observer, because it says so, or anybody else, because
        /// nobody else should have the key.
        case keyCompromise
        /// The observer belongs to somebody else than the roster says: type `affiliation`, with the members
        /// `group`, `operator` and `region`.
        case affiliation(operator: Text, group: Text, region: Text)
        /// An authority's order that the seat must not sign, or may again: type `sanction`, with the members
        /// `order` (`suspend`, `lift`), `reason` and `until`.
        case sanction(ProvenFault.Order, reason: Text)
    }

    /// The venue.
    public let venue: VenueName
    /// The epoch of the roster that the seat is in.
    public let epoch: UInt64
    /// The seat, 1 … 12.
    public let index: UInt32
    /// When it was said.
    public let time: Timestamp
    /// What is said.
    public let content: Content
    /// The signed message.
    public let message: COSESign1

    /// Signs a notice.
    ///
    /// - Parameters:
    ///   - content: What is said; its texts are lines of 1 to 512 bytes.
    ///   - venue: The venue.
    ///   - epoch: The epoch of the roster that the seat is in.
    ///   - index: The seat, 1 … 12.
    ///   - time: When it is said.
    ///   - key: The public key of `signer`, 32 bytes.
    ///   - signer: Signs the bytes it is given.
    /// - Throws: What `signer` throws.
    public init<Failure: Error>(
        _ content: Content,
        venue: VenueName,
        epoch: UInt64,
        index: UInt32,
        time: Timestamp,
        key: [UInt8],
        signer: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) {
        precondition((1...UInt32(StatementLimits.seatsMax)).contains(index))
        self.venue = venue
        self.epoch = epoch
        self.index = index
        self.time = time
        self.content = content
        var object = JSONObject()
        object["venue"] = .string(venue.text)
        object["epoch"] = .string(Text("\(epoch)"))
        object["index"] = JSONNumber(Double(index)).map(JSONValue.number)
        object["time"] = .string(Text("\(time.nanoseconds)"))
        content.add(to: &object)
        message = try COSESign1(
            protected: COSEHeaders(algorithm: .edDSA, keyID: StatementIssuer.keyID(of: key)),
            payload: JSONValue.object(object).canonical,
            signer: signer
        )
    }

    /// Reads a notice; whether its signature is good is not checked here.
    ///
    /// - Throws: `malformedNotice`, `invalidMessage` or `invalidNotice`.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        do throws(COSEError) {
            let limits = DecodingLimits(bytesMax: Self.bytesMax, depthMax: 8)
            message = try COSESign1(decoding: bytes, limits: limits)
        } catch {
            throw .malformedNotice(error)
        }
        let header = message.protected
        guard header.map.entries.count == 2, header.algorithm == .edDSA,
            header.keyID?.count == StatementIssuer.keyIDSize,
            message.unprotected.map.entries.isEmpty
        else { throw .invalidMessage(kind: "notice", name: "header") }
        do throws(StatementError) {
            var object = try ObjectReader(decoding: message.payload ?? [])
            venue = try object.venue()
            epoch = try object.decimal("epoch")
            index = try object.number("index", in: 1...UInt32(StatementLimits.seatsMax))
            time = try object.time()
            content = try Content(&object)
            try object.requireEnd()
        } catch {
            throw .invalidNotice(error)
        }
    }

    /// The bytes of the message.
    public var encoded: [UInt8] { message.encoded }

    /// Whether one of some keys signed the notice.
    public func isSigned(
        byOneOf keys: [Ed25519.PublicKey],
        verifier: Ed25519Verifier
    ) -> Bool {
        for key in keys where message.protected.keyID == StatementIssuer.keyID(of: key.bytes) {
            let isSigned = message.isValid { message, signature in
                verifier(signature, message, key)
            }
            if isSigned { return true }
        }
        return false
    }
}

extension CommitteeNotice.Content {
    fileprivate init(_ object: inout ObjectReader) throws(StatementError) {
        let type = try object.text("type")
        if type == "keyCompromise" {
            self = .keyCompromise
        } else if type == "affiliation" {
            self = .affiliation(
                operator: try object.line("operator"),
                group: try object.line("group"),
                region: try object.line("region")
            )
        } else if type == "sanction" {
            let until = try object.time("until")
            let reason = try object.line("reason")
            let order = try object.text("order")
            if order == "suspend" {
                self = .sanction(.suspend(until: until), reason: reason)
            } else if order == "lift", until == .zero {
                self = .sanction(.lift, reason: reason)
            } else {
                throw object.invalid("order", "suspend, or lift without an end")
            }
        } else {
            throw .wrongType(found: type)
        }
    }

    fileprivate func add(to object: inout JSONObject) {
        switch self {
        case .keyCompromise: object["type"] = .string("keyCompromise")
        case .affiliation(let name, let group, let region):
            object["type"] = .string("affiliation")
            object["operator"] = .string(name)
            object["group"] = .string(group)
            object["region"] = .string(region)
        case .sanction(let order, let reason):
            object["type"] = .string("sanction")
            object["reason"] = .string(reason)
            switch order {
            case .suspend(let until):
                object["order"] = .string("suspend")
                object["until"] = .string(Text("\(until.nanoseconds)"))
            case .lift:
                object["order"] = .string("lift")
                object["until"] = .string("0")
            }
        }
    }
}
