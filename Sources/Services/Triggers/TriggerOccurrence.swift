public import ComponentHost
internal import Cryptography

/// Something that happened in the world, on its way to the workflows that wait for it.
public struct TriggerOccurrence: Equatable, Sendable {
    /// Who is told.
    public enum Audience: Equatable, Sendable {
        /// Every workflow with exactly this trigger.
        case watchers(of: Trigger)
        /// One workflow, whatever its trigger is: by hand, and for events of the venue.
        case workflow(serviceID: String, workflowID: String)
    }

    /// Who is told.
    public let audience: Audience
    /// What happened.
    public let data: TriggerData
    /// Equal for two occurrences that are the same thing seen twice, and different for all others.
    ///
    /// It is a digest of 32 bytes. What two honest sources may say differently about one thing is not part of it:
    /// neither the block that an event of a chain ended up in, nor a time that not every provider gives.
    public let identity: [UInt8]

    /// Makes an occurrence.
    ///
    /// - Parameters:
    ///   - audience: Who is told.
    ///   - data: What happened.
    ///   - name: Tells it from all others; any number of parts, each of any length.
    public init(_ audience: Audience, _ data: TriggerData, name: [[UInt8]]) {
        self.audience = audience
        self.data = data
        identity = Self.identity(name)
    }

    /// The digest of a name whose parts cannot be confused: each is hashed behind its length.
    static func identity(_ name: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in name {
            bytes += part.count.littleEndianBytes
            bytes += part
        }
        return SHA256.hash(of: bytes).bytes
    }
}

/// What became of occurrences that were handed over.
public enum Acceptance: Equatable, Sendable {
    /// All are on the disk, or refused for a reason that was recorded: the source may go on.
    case accepted
    /// There is no room for all of them now; the source hands the same ones over again later.
    case heldBack
}

/// Takes occurrences from all sources; several threads may call it at once.
public protocol TriggerSink: Sendable {
    /// Takes occurrences in their order.
    ///
    /// When it returns `accepted`, they survive the loss of power. An occurrence that was taken before is passed
    /// over, so that a source may hand one over again whenever it is not sure.
    ///
    /// - Throws: `SinkFault.unavailable` when they could not be written; the source tries again.
    func accept(_ occurrences: [TriggerOccurrence]) throws(SinkFault) -> Acceptance
}

/// Why something could not be handed on.
public enum SinkFault: Error, Equatable, Sendable {
    /// It may work later; the reason is for people.
    case unavailable(reason: String)
}

extension SinkFault: CustomStringConvertible {
    /// The reason.
    public var description: String {
        switch self {
        case .unavailable(let reason): reason
        }
    }
}

extension FixedWidthInteger {
    /// The bytes in memory order of a little-endian machine, the same on all.
    var littleEndianBytes: [UInt8] {
        (0..<Self.bitWidth / 8).map { index in UInt8(truncatingIfNeeded: self >> (8 * index)) }
    }
}
