public import Cryptography
public import Primitives

/// The exchange and clearing house as one deterministic state machine.
///
/// `apply` turns a command into events and reads nothing but its arguments and its own state.
/// `docs/rules.md` is its specification.
public struct Venue: ~Copyable {
    /// The sequence number of the last command applied; 0 before the first.
    public private(set) var sequence: UInt64 = 0
    /// The time of the last command.
    public private(set) var time: Timestamp = .zero

    /// Makes an empty venue; `ordersCapacity` live orders fit before memory grows.
    public init(ordersCapacity: UInt32 = 1 << 16) {}

    /// Applies one command.
    ///
    /// - Parameters:
    ///   - command: What to do.
    ///   - sequence: Its number: one more than that of the command before.
    ///   - time: When the sequencer stamped it; a time before the last one counts as the last one.
    ///   - events: Receives what happened, after what it holds already.
    public mutating func apply(
        _ command: Command, sequence: UInt64, time: Timestamp, into events: inout EventBuffer
    ) {
        precondition(sequence == self.sequence + 1)
        self.sequence = sequence
        self.time = max(time, self.time)
    }

    /// The hash over all state: equal on every machine that applied the same commands.
    public mutating func stateHash() -> SHA256.Digest { SHA256.hash(of: []) }

    /// What an account has of an asset; zero where it never had any.
    public func balance(of account: AccountID, in asset: AssetID) -> Balance {
        Balance(available: 0, locked: 0)
    }

    /// What the venue holds of an asset for its members.
    public func custody(of asset: AssetID) -> Amount { 0 }

    /// How many orders are live, waiting stops included.
    public var liveOrderCount: UInt32 { 0 }

    /// How many trades there were.
    public var tradeCount: UInt64 { 0 }

    /// Checks everything that must hold between commands and stops the process where it does not.
    ///
    /// - Complexity: O(state).
    public func checkInvariants() {}

    /// Writes all state, in pieces.
    public mutating func writeSnapshot<Failure: Error>(
        _ write: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {}

    /// Restores a venue from the bytes that `writeSnapshot` wrote.
    ///
    /// - Throws: `SnapshotError` when the bytes are not a whole and undamaged snapshot.
    public init(snapshot: RawSpan) throws(SnapshotError) { throw .truncated }
}

/// What an account has of one asset, in its smallest units; both parts are never negative.
public struct Balance: Equatable, BitwiseCopyable, Sendable {
    /// What can be withdrawn or reserved.
    public var available: Amount
    /// What is reserved for orders and waiting contracts.
    public var locked: Amount
}

/// Why a snapshot cannot be used.
public enum SnapshotError: Error, Equatable, Sendable {
    /// It ends too early.
    case truncated
    /// It is of another format or version.
    case unknownFormat
    /// Its contents do not give the state hash that it carries.
    case damaged
}
