public import Cryptography
import Encoding
public import Primitives
public import Venue

/// What a public statement says instead of an account: a hash that only the opening explains.
///
/// It is SHA-256(`parallax.account/1` ‖ 00 ‖ salt ‖ account ‖ side) with a salt of 16 bytes, the account's
/// number in 4 bytes, the highest first, and one byte for the side: 0 for the buyer, 1 for the seller.
public struct AccountCommitment: Hashable, Sendable {
    /// How many bytes a salt has.
    public static var saltSize: Int { 16 }

    /// The hash.
    public let digest: SHA256.Digest

    /// Takes a hash as a commitment.
    public init(digest: SHA256.Digest) { self.digest = digest }

    /// Commits to an account.
    ///
    /// - Parameters:
    ///   - account: The account.
    ///   - side: The side on which the account traded.
    ///   - salt: 16 bytes that only those know who may know the account.
    public init(account: AccountID, side: Side, salt: [UInt8]) {
        precondition(salt.count == Self.saltSize)
        var message: [UInt8] = []
        message.reserveCapacity(64)
        message.append(contentsOf: "parallax.account/1".utf8)
        message.append(0)
        message.append(contentsOf: salt)
        for shift in [UInt32(24), 16, 8, 0] {
            message.append(UInt8(truncatingIfNeeded: account.rawValue >> shift))
        }
        message.append(side.rawValue)
        digest = SHA256.hash(of: message)
    }
}

/// The commitments of both sides of one trade.
public struct AccountCommitments: Hashable, Sendable {
    /// That of the account that pays.
    public var buyer: AccountCommitment
    /// That of the account that delivers.
    public var seller: AccountCommitment

    /// Joins the commitments of both sides.
    public init(buyer: AccountCommitment, seller: AccountCommitment) {
        self.buyer = buyer
        self.seller = seller
    }

    /// Commits to the accounts of a trade, with salts that the key gives.
    public init(_ trade: Trade, key: borrowing SaltKey) {
        buyer = AccountCommitment(
            account: trade.buyer,
            side: .buy,
            salt: key.salt(trade: trade.trade, side: .buy)
        )
        seller = AccountCommitment(
            account: trade.seller,
            side: .sell,
            salt: key.salt(trade: trade.trade, side: .sell)
        )
    }
}

/// The secret from which the salt of every commitment is made, so that a log that is rebuilt has the same bytes.
///
/// The salt is the first 16 bytes of HMAC-SHA256(key, `parallax.salt/1` ‖ trade ‖ side), the trade's number in
/// 8 bytes, the highest first, the side in one byte. What HMAC makes of the key alone is computed once; it lies
/// in one place and is wiped there.
@safe public struct SaltKey: ~Copyable, @unchecked Sendable {
    private struct States: BitwiseCopyable {
        var inner = SHA256.Hasher()
        var outer = SHA256.Hasher()
    }

    // The pointer is not shared: the key cannot be copied, and nothing writes between init and deinit.
    private let states: UnsafeMutablePointer<States>

    /// Takes 32 secret bytes as the key; any other number of bytes is an error of the caller.
    public init(bytes: [UInt8]) {
        precondition(bytes.count == 32, "a salt key has 32 bytes")
        var states = States()
        let zeros = [UInt8](repeating: 0, count: 32)
        states.inner.update((bytes + zeros).map { byte in byte ^ 0x36 })
        states.outer.update((bytes + zeros).map { byte in byte ^ 0x5c })
        states.inner.update(Array("parallax.salt/1".utf8))
        unsafe self.states = .allocate(capacity: 1)
        unsafe self.states.initialize(to: states)
    }

    deinit {
        unsafe Self.wipe(states)
        unsafe states.deallocate()
    }

    /// Overwrites the key; not optimized, because nothing reads what is written.
    @inline(never) @_optimize(none)
    private static func wipe(_ states: UnsafeMutablePointer<States>) {
        unsafe states.pointee = States()
    }

    /// The salt of one side of a trade, 16 bytes.
    public func salt(trade: TradeID, side: Side) -> [UInt8] {
        var message: [UInt8] = []
        message.reserveCapacity(9)
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            message.append(UInt8(truncatingIfNeeded: trade.rawValue >> shift))
        }
        message.append(side.rawValue)
        var inner = unsafe states.pointee.inner
        inner.update(message)
        var outer = unsafe states.pointee.outer
        outer.update(inner.finalize())
        return Array(outer.finalize().bytes[..<AccountCommitment.saltSize])
    }
}

/// The opening of one side's commitment: what the venue hands to that side alone.
///
/// Its bytes are canonical JSON: `{"account":17,"salt":"…","side":"buy","trade":"1"}`.
public struct Disclosure: Equatable, Sendable {
    /// The trade.
    public var trade: TradeID
    /// Which side is opened.
    public var side: Side
    /// The account on that side.
    public var account: AccountID
    /// The salt of the commitment, 16 bytes.
    public var salt: [UInt8]

    /// Makes an opening of its parts.
    public init(trade: TradeID, side: Side, account: AccountID, salt: [UInt8]) {
        precondition(salt.count == AccountCommitment.saltSize)
        self.trade = trade
        self.side = side
        self.account = account
        self.salt = salt
    }

    /// Opens one side of a trade.
    public init(_ trade: Trade, side: Side, key: borrowing SaltKey) {
        self.init(
            trade: trade.trade,
            side: side,
            account: side == .buy ? trade.buyer : trade.seller,
            salt: key.salt(trade: trade.trade, side: side)
        )
    }

    /// Reads an opening.
    ///
    /// - Throws: What is wrong and where.
    public init(decoding bytes: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: bytes)
        account = AccountID(try object.number("account"))
        salt = try object.hexadecimal("salt", count: AccountCommitment.saltSize)
        side = try object.side("side")
        trade = TradeID(try object.decimal("trade", in: StatementLimits.trades))
        try object.requireEnd()
    }

    /// The canonical bytes of the opening.
    public var encoded: [UInt8] {
        var writer = CanonicalWriter(capacity: 128)
        writer.beginObject()
        writer.member("account", number: account.rawValue)
        writer.member("salt", hexadecimal: salt)
        writer.member("side", plain: side.text)
        writer.member("trade", decimal: trade.rawValue)
        writer.endObject()
        return writer.bytes
    }

    /// The commitment that it opens.
    public var commitment: AccountCommitment {
        AccountCommitment(account: account, side: side, salt: salt)
    }
}
