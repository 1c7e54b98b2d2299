public import BLS12381
public import Cryptography
import Encoding
import Primitives
public import Statements

/// One observer with the keys that check its votes.
public struct Seat: Equatable, Sendable {
    /// What the roster says about it.
    public let statement: EpochStatement.Seat
    /// The key that signs its votes.
    public let identityKey: Ed25519.PublicKey
    /// The public key of its share.
    public let shareKey: PublicKey

    /// The index of its share, 1 … 12.
    public var index: UInt32 { statement.index }

    /// Parses the keys of a seat.
    ///
    /// - Throws: `invalidIdentityKey` or `invalidShareKey`.
    public init(_ statement: EpochStatement.Seat) throws(AttestationError) {
        self.statement = statement
        identityKey = try Self.identityKey(of: statement)
        do throws(BLSError) {
            shareKey = try PublicKey(compressed: statement.shareKey)
        } catch {
            throw .invalidShareKey(seat: statement.index, error)
        }
    }

    /// The identity key of a seat.
    static func identityKey(
        of statement: EpochStatement.Seat
    ) throws(AttestationError) -> Ed25519.PublicKey {
        do throws(Ed25519.KeyError) {
            return try Ed25519.PublicKey(bytes: statement.identityKey)
        } catch {
            throw .invalidIdentityKey(seat: statement.index)
        }
    }
}

/// Who may attest in an epoch: the statement of the epoch with its keys parsed.
public struct Roster: Sendable {
    /// The statement, whose bytes are the roster's.
    public let statement: EpochStatement
    /// The SHA-256 of the roster's bytes.
    public let hash: SHA256.Digest
    /// The group's key.
    public let groupKey: PublicKey
    /// The seats, their indices ascending.
    public let seats: [Seat]

    /// Parses the keys of a roster.
    ///
    /// - Throws: `invalidGroupKey`, `invalidIdentityKey` or `invalidShareKey`.
    public init(_ statement: EpochStatement) throws(AttestationError) {
        self.statement = statement
        hash = SHA256.hash(of: statement.encoded)
        do throws(BLSError) {
            groupKey = try PublicKey(compressed: statement.groupKey)
        } catch {
            throw .invalidGroupKey(error)
        }
        var seats: [Seat] = []
        for seat in statement.seats { seats.append(try Seat(seat)) }
        self.seats = seats
    }

    /// Reads a roster.
    ///
    /// - Throws: `malformedRoster`, or what is wrong with a key.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        let statement: EpochStatement
        do throws(StatementError) {
            statement = try EpochStatement(decoding: bytes)
        } catch {
            throw .malformedRoster(error)
        }
        try self.init(statement)
    }

    /// The seat with an index; none if there is no such seat.
    public func seat(_ index: UInt32) -> Seat? {
        seats.first { seat in seat.index == index }
    }

    /// Checks that an attestation was made under this roster: venue, epoch, hash, and not before it held.
    ///
    /// - Throws: `otherRoster` with what differs, or `rosterNotYetValid`.
    public func check(_ attested: Attested) throws(AttestationError) {
        try Self.check(statement, hash: hash, attested)
    }

    /// The same without the roster's keys.
    ///
    /// - Throws: `otherRoster` with what differs, or `rosterNotYetValid`.
    public static func check(
        _ roster: EpochStatement,
        hash: SHA256.Digest,
        _ attested: Attested
    ) throws(AttestationError) {
        guard roster.venue == attested.venue else { throw .otherRoster(name: "venue") }
        guard roster.epoch == attested.epoch else { throw .otherRoster(name: "epoch") }
        guard hash == attested.rosterHash else { throw .otherRoster(name: "hash") }
        guard roster.validFrom <= attested.time else { throw .rosterNotYetValid }
    }
}
