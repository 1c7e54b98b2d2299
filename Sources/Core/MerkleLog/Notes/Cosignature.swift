/// A witness's statement that a checkpoint was the largest it had seen of a log at some time, and consistent
/// with all before (C2SP tlog-cosignature, the form with Ed25519).
public struct Cosignature: Equatable, Sendable {
    /// When it was made, in seconds since 1970-01-01T00:00:00Z, at most 2^63 − 1.
    public let timestamp: UInt64
    /// The signature of `message`, 64 bytes.
    public let signature: [UInt8]

    /// Makes a cosignature from its parts.
    public init(timestamp: UInt64, signature: [UInt8]) {
        precondition(timestamp <= UInt64(Int64.max), "the format allows 63 bits")
        precondition(signature.count == 64, "signatures of Ed25519 have 64 bytes")
        self.timestamp = timestamp
        self.signature = signature
    }

    /// Reads `u64 timestamp ‖ signature`; none if it has another length or the time too many bits.
    public init?(decoding bytes: [UInt8]) {
        guard bytes.count == 72 else { return nil }
        timestamp = bytes[..<8].reduce(0) { time, byte in time << 8 | UInt64(byte) }
        guard timestamp <= UInt64(Int64.max) else { return nil }
        signature = Array(bytes[8...])
    }

    /// The time, big-endian, and the signature: what stands behind the key ID in the line.
    public var encoded: [UInt8] {
        (0..<8).map { index in UInt8(truncatingIfNeeded: timestamp >> (56 - 8 * UInt64(index))) }
            + signature
    }

    /// What is signed: `cosignature/v1`, the time and the whole body of the checkpoint.
    ///
    /// - Complexity: O(n).
    public static func message(timestamp: UInt64, body: [UInt8]) -> [UInt8] {
        Array("cosignature/v1\ntime ".utf8) + decimal(timestamp) + [newline] + body
    }
}
