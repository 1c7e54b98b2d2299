public import ComponentHost
public import Cryptography
internal import Encoding
public import Primitives
public import Statements
internal import Synchronization

/// An interval as the sandbox came to it.
public struct ReExecutedInterval: Equatable, Sendable {
    /// The interval, with the state hash of the sandbox.
    public var interval: Interval
    /// When its last command was stamped.
    public var time: Timestamp
    /// The venue's log after it.
    public var log: LogHead
}

/// A service contract that waits, as the sandbox has it.
public struct SandboxContract: Equatable, Sendable {
    /// The trade.
    public var trade: TradeID
    /// What was traded.
    public var instrument: InstrumentID
    /// From when on it may be delivered.
    public var windowStart: Timestamp
    /// Until when it may be delivered.
    public var windowEnd: Timestamp
}

/// The venue in the sandbox: an instance of the re-execution component (Components/ReExecution).
///
/// The component's own file says what its functions do. After an error the instance is of no more use.
public final class JournalSandbox: Sendable {
    private let instance: ModuleInstance
    private let lock = Mutex<Void>(())
    private let parties: [UInt8]

    /// What a function of the component answers.
    private enum Status: Int64 {
        case good = 0
        case disagreement = 1
        case malformed = 2
        case unavailable = 3
    }

    /// Makes an instance that starts with the first command.
    ///
    /// - Parameters:
    ///   - module: The component.
    ///   - venue: Whose journal it follows.
    ///   - venueKey: The venue's key.
    ///   - limits: What it may use; its memory must hold the venue's whole state.
    /// - Throws: `sandbox` or `foreignModule`.
    public init(
        _ module: Module,
        venue: VenueName,
        venueKey: Ed25519.PublicKey,
        limits: CallLimits
    ) throws(AttestorError) {
        instance = try Self.host { () throws(ComponentError) in
            try ModuleInstance(module, limits: limits)
        }
        parties = venueKey.bytes + venue.text.utf8
        try give(parties)
        try done(call("begin", parties.count))
    }

    private static func host<Result>(
        _ body: () throws(ComponentError) -> Result
    ) throws(AttestorError) -> Result {
        do throws(ComponentError) { return try body() } catch { throw .sandbox(error) }
    }

    /// How many bytes of memory the instance has.
    public var memoryByteCount: Int { instance.memoryByteCount }

    /// Replaces everything by a snapshot.
    ///
    /// - Returns: The interval that the snapshot ends with; its first command is not known.
    /// - Throws: `malformed` when the snapshot is damaged or another venue's; `sandbox`.
    public func restore(_ snapshot: [UInt8]) throws(AttestorError) -> ReExecutedInterval {
        try lock.withLock { _ throws(AttestorError) in
            let size = UInt32(parties.count)
            let head = (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * UInt32($0))) }
            let address = try input(4 + parties.count + snapshot.count)
            try write(head + parties, at: address)
            try write(snapshot, at: address + 4 + parties.count)
            try done(call("restore", 4 + parties.count + snapshot.count))
            return try interval()
        }
    }

    /// Applies records.
    ///
    /// - Parameter records: Whole records, as Core/Projection's `RecordCoding.swift` says.
    /// - Throws: `disagreement`, `malformed` or `sandbox`.
    public func apply(_ records: ArraySlice<UInt8>) throws(AttestorError) {
        try lock.withLock { _ throws(AttestorError) in
            try give(records)
            try done(call("apply", records.count))
        }
    }

    /// Checks the leaves of the interval that the last record ended.
    ///
    /// - Returns: What the interval led to.
    /// - Throws: `disagreement`, `malformed` or `sandbox`.
    public func check(leaves: [[UInt8]]) throws(AttestorError) -> ReExecutedInterval {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(leaves.reduce(0) { sum, leaf in sum + leaf.count + 4 })
        for leaf in leaves {
            let size = UInt32(leaf.count)
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: size >> shift))
            }
            bytes += leaf
        }
        return try lock.withLock { _ throws(AttestorError) in
            try give(bytes)
            try done(call("check", bytes.count))
            return try interval()
        }
    }

    /// The waiting service contract of a trade; none if it does not wait.
    ///
    /// - Throws: `sandbox`.
    public func contract(_ trade: TradeID) throws(AttestorError) -> SandboxContract? {
        try lock.withLock { _ throws(AttestorError) in
            let number = Int64(bitPattern: trade.rawValue)
            let status = try Self.host { () throws(ComponentError) in
                try instance.call("contract", [number])
            }
            if status == Status.unavailable.rawValue { return nil }
            try done(status)
            var reader = AnswerReader(try answer())
            let trade = TradeID(try reader.word())
            let instrument = InstrumentID(UInt32(try reader.word(bytes: 4)))
            // Who buys and who sells is not needed.
            _ = try reader.bytes(8)
            return SandboxContract(
                trade: trade,
                instrument: instrument,
                windowStart: Timestamp(try reader.word()),
                windowEnd: Timestamp(try reader.word())
            )
        }
    }

    /// All state, to be given to `restore` of another instance; only where an interval has just ended.
    ///
    /// - Returns: The parts of the snapshot, one behind the other.
    /// - Throws: `malformed` while an interval is open; `sandbox`.
    public func snapshot() throws(AttestorError) -> [UInt8] {
        try lock.withLock { _ throws(AttestorError) in
            try done(call("snapshot"))
            var reader = AnswerReader(try answer())
            var snapshot: [UInt8] = []
            for _ in 0..<(try reader.word(bytes: 4)) {
                let address = Int(try reader.word(bytes: 4))
                let count = Int(try reader.word(bytes: 4))
                snapshot += try Self.host { () throws(ComponentError) in
                    try instance.read(at: address, count: count)
                }
            }
            return snapshot
        }
    }

    // MARK: Calls

    private func call(_ name: String, _ count: Int? = nil) throws(AttestorError) -> Int64 {
        try Self.host { () throws(ComponentError) in
            try instance.call(name, count.map { count in [Int64(count)] } ?? [])
        }
    }

    private func input(_ count: Int) throws(AttestorError) -> Int {
        let address = try call("input", max(count, 1))
        return Int(UInt32(truncatingIfNeeded: address))
    }

    private func give(_ bytes: some Collection<UInt8>) throws(AttestorError) {
        try write(Array(bytes), at: input(bytes.count))
    }

    private func write(_ bytes: [UInt8], at address: Int) throws(AttestorError) {
        try Self.host { () throws(ComponentError) in try instance.write(bytes, at: address) }
    }

    private func answer() throws(AttestorError) -> [UInt8] {
        let place = UInt64(bitPattern: try call("answer"))
        return try Self.host { () throws(ComponentError) in
            try instance.read(at: Int(place >> 32), count: Int(place & 0xffff_ffff))
        }
    }

    private func done(_ status: Int64) throws(AttestorError) {
        switch Status(rawValue: status) {
        case .good: return
        case .disagreement: throw .disagreement(try sentence())
        case .malformed, .unavailable: throw .malformed(try sentence())
        case nil: throw .foreignModule("status \(status)")
        }
    }

    private func sentence() throws(AttestorError) -> String {
        String(decoding: try answer(), as: UTF8.self)
    }

    private func interval() throws(AttestorError) -> ReExecutedInterval {
        var reader = AnswerReader(try answer())
        let number = try reader.word()
        let first = try reader.word()
        let last = try reader.word()
        let time = Timestamp(try reader.word())
        let size = try reader.word()
        let stateHash = SHA256.Digest(bytes: try reader.bytes(SHA256.Digest.byteCount))
        let root = SHA256.Digest(bytes: try reader.bytes(SHA256.Digest.byteCount))
        guard first <= last, let origin = Text(utf8: reader.rest) else {
            throw .foreignModule("an interval that is none")
        }
        return ReExecutedInterval(
            interval: Interval(
                number: number,
                firstSequence: first,
                lastSequence: last,
                stateHash: stateHash
            ),
            time: time,
            log: LogHead(origin: origin, size: size, root: root)
        )
    }
}

/// Reads what the component answers.
private struct AnswerReader {
    private(set) var rest: [UInt8]

    init(_ bytes: [UInt8]) { rest = bytes }

    mutating func bytes(_ count: Int) throws(AttestorError) -> [UInt8] {
        guard rest.count >= count else { throw .foreignModule("an answer that is cut off") }
        defer { rest.removeFirst(count) }
        return Array(rest[..<count])
    }

    mutating func word(bytes count: Int = 8) throws(AttestorError) -> UInt64 {
        try bytes(count).reversed().reduce(0) { word, byte in word << 8 | UInt64(byte) }
    }
}
