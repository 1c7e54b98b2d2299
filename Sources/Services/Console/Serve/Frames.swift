import Cryptography
import Primitives
import Venue

// The frames between a venue process and its client. docs/protocol-stdio.md describes them.

/// What a client asks for.
struct RequestFrame {
    /// The type number that asks for the venue's state instead of naming a command.
    static let statusType: UInt16 = 0xFFFF
    /// Bytes before the payload.
    private static let headerBytes = 18

    enum Content {
        /// A command to carry out.
        case command(Command)
        /// A question about the venue's state, the top of an instrument's book and what fees earned.
        case status(InstrumentID, feeAsset: AssetID)
    }

    /// The client's number for it, which comes back in the answer.
    var tag: UInt64
    /// The time to stamp; `.zero` for the venue's clock.
    var time: Timestamp
    var content: Content

    /// Appends the frame, its length first.
    func append(to bytes: inout [UInt8], payload: inout ByteWriter) {
        payload.removeAll()
        var type = Self.statusType
        switch content {
        case .command(let command):
            type = command.typeNumber
            command.encode(to: &payload)
        case .status(let instrument, let asset):
            payload.append(instrument.rawValue)
            payload.append(asset.rawValue)
        }
        bytes.append(UInt32(Self.headerBytes + payload.count))
        bytes.append(tag)
        bytes.append(time.nanoseconds)
        bytes.append(type)
        unsafe payload.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    /// Reads a frame.
    ///
    /// - Throws: `FrameError` when it is none.
    init(_ frame: ArraySlice<UInt8>) throws(FrameError) {
        var reader = FrameReader(frame)
        tag = try reader.read(UInt64.self)
        time = Timestamp(try reader.read(UInt64.self))
        let type = try reader.read(UInt16.self)
        if type == Self.statusType {
            content = .status(
                InstrumentID(try reader.read(UInt32.self)),
                feeAsset: AssetID(try reader.read(UInt32.self))
            )
            try reader.end()
            return
        }
        let command: Command
        do {
            let payload = Array(reader.rest)
            command = try unsafe Command(typeNumber: type, payload: payload.span.bytes)
        } catch {
            throw FrameError(what: "no command: \(error)")
        }
        if case .file = command { throw FrameError(what: "documents cannot be filed this way") }
        content = .command(command)
    }

    init(tag: UInt64, time: Timestamp, _ content: Content) {
        self.tag = tag
        self.time = time
        self.content = content
    }
}

/// What a venue process answers.
enum AnswerFrame {
    /// The first frame: what was recovered.
    case ready(Ready)
    /// What became of a command that is durable.
    case reply(CommandReply)
    /// The state of the venue.
    case status(Status)
    /// The journal failed, nothing more becomes durable, and this is why.
    case failed(String)

    struct Ready {
        var durableSequence: UInt64 = 0
        var snapshotSequence: UInt64 = 0
        var replayedCount: UInt64 = 0
        var recoveryNanoseconds: UInt64 = 0
        var stateHash = SHA256.Digest(words: (0, 0, 0, 0))
    }

    struct CommandReply {
        var tag: UInt64
        var sequence: UInt64
        /// The number of the refusal; 0 for none.
        var refusal: UInt16
        var order: OrderID
        var filled: Quantity
        var tradeCount: UInt32
    }

    struct Status {
        var tag: UInt64 = 0
        var sequence: UInt64 = 0
        var durableSequence: UInt64 = 0
        var stateHash = SHA256.Digest(words: (0, 0, 0, 0))
        var tradeCount: UInt64 = 0
        var liveOrderCount: UInt32 = 0
        var waitingContractCount: UInt32 = 0
        var bestBid = Price.none
        var bestAsk = Price.none
        var fees: Amount = 0
        var journalBytes: UInt64 = 0
        var syncCount: UInt64 = 0
        var snapshotCount: UInt64 = 0
        var isTrialBalanceZero = false
    }

    /// Appends the frame, its length first.
    func append(to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(UInt32(0))
        switch self {
        case .ready(let ready):
            bytes.append(UInt8(1))
            bytes.append(ready.durableSequence)
            bytes.append(ready.snapshotSequence)
            bytes.append(ready.replayedCount)
            bytes.append(ready.recoveryNanoseconds)
            bytes.append(contentsOf: ready.stateHash.bytes)
        case .reply(let reply):
            bytes.append(UInt8(2))
            bytes.append(reply.tag)
            bytes.append(reply.sequence)
            bytes.append(reply.refusal)
            bytes.append(reply.order.rawValue)
            bytes.append(reply.filled.lots)
            bytes.append(reply.tradeCount)
        case .status(let status):
            bytes.append(UInt8(3))
            status.append(to: &bytes)
        case .failed(let reason):
            bytes.append(UInt8(4))
            bytes.append(contentsOf: reason.utf8.prefix(1_024))
        }
        var length = UInt32(bytes.count - start - 4)
        for index in start..<start + 4 {
            bytes[index] = UInt8(truncatingIfNeeded: length)
            length >>= 8
        }
    }

    /// Reads a frame.
    ///
    /// - Throws: `FrameError` when it is none.
    init(_ frame: ArraySlice<UInt8>) throws(FrameError) {
        var reader = FrameReader(frame)
        switch try reader.read(UInt8.self) {
        case 1:
            self = .ready(
                Ready(
                    durableSequence: try reader.read(),
                    snapshotSequence: try reader.read(),
                    replayedCount: try reader.read(),
                    recoveryNanoseconds: try reader.read(),
                    stateHash: try reader.digest()
                )
            )
            try reader.end()
        case 2:
            self = .reply(
                CommandReply(
                    tag: try reader.read(),
                    sequence: try reader.read(),
                    refusal: try reader.read(),
                    order: OrderID(try reader.read()),
                    filled: Quantity(try reader.read()),
                    tradeCount: try reader.read()
                )
            )
            try reader.end()
        case 3:
            self = .status(try Status(&reader))
            try reader.end()
        case 4: self = .failed(String(decoding: reader.rest, as: UTF8.self))
        case let kind: throw FrameError(what: "unknown kind \(kind)")
        }
    }
}

extension AnswerFrame.Status {
    fileprivate func append(to bytes: inout [UInt8]) {
        bytes.append(tag)
        bytes.append(sequence)
        bytes.append(durableSequence)
        bytes.append(contentsOf: stateHash.bytes)
        bytes.append(tradeCount)
        bytes.append(liveOrderCount)
        bytes.append(waitingContractCount)
        bytes.append(bestBid.ticks)
        bytes.append(bestAsk.ticks)
        bytes.append(fees)
        bytes.append(journalBytes)
        bytes.append(syncCount)
        bytes.append(snapshotCount)
        bytes.append(UInt8(isTrialBalanceZero ? 1 : 0))
    }

    fileprivate init(_ reader: inout FrameReader) throws(FrameError) {
        tag = try reader.read()
        sequence = try reader.read()
        durableSequence = try reader.read()
        stateHash = try reader.digest()
        tradeCount = try reader.read()
        liveOrderCount = try reader.read()
        waitingContractCount = try reader.read()
        bestBid = Price(try reader.read())
        bestAsk = Price(try reader.read())
        fees = try reader.read()
        journalBytes = try reader.read()
        syncCount = try reader.read()
        snapshotCount = try reader.read()
        isTrialBalanceZero = try reader.read(UInt8.self) == 1
    }
}

/// Bytes that are no frame.
struct FrameError: Error, Equatable {
    let what: String
}

/// Takes values from the bytes of a frame.
struct FrameReader {
    /// What was not taken yet.
    private(set) var rest: ArraySlice<UInt8>

    init(_ frame: ArraySlice<UInt8>) { rest = frame }

    mutating func read<Value: FixedWidthInteger>(
        _: Value.Type = Value.self
    ) throws(FrameError) -> Value {
        let count = Value.bitWidth / 8
        if rest.count < count { throw FrameError(what: "it ends too early") }
        var value: Value = 0
        for byte in rest.prefix(count).reversed() {
            value = (Value.bitWidth > 8 ? value << 8 : 0) | Value(truncatingIfNeeded: byte)
        }
        rest.removeFirst(count)
        return value
    }

    mutating func digest() throws(FrameError) -> SHA256.Digest {
        SHA256.Digest(
            words: (
                try read(UInt64.self), try read(UInt64.self), try read(UInt64.self),
                try read(UInt64.self)
            )
        )
    }

    func end() throws(FrameError) {
        if !rest.isEmpty { throw FrameError(what: "it goes on where it should end") }
    }
}

/// Divides a stream of bytes into frames: a length of four bytes, then as many bytes.
struct FrameBuffer {
    /// Most bytes of a frame.
    static let frameBytesMax = 4_096

    var bytes: [UInt8] = []
    private var start = 0

    /// The next whole frame without its length; nil if more bytes are needed.
    ///
    /// - Throws: `FrameError` when the length makes no sense.
    mutating func next() throws(FrameError) -> ArraySlice<UInt8>? {
        guard bytes.count - start >= 4 else { return compact() }
        var reader = FrameReader(bytes[start..<start + 4])
        let length = Int(try reader.read(UInt32.self))
        if length == 0 || length > Self.frameBytesMax {
            throw FrameError(what: "a length of \(length) bytes")
        }
        guard bytes.count - start >= 4 + length else { return compact() }
        start += 4 + length
        return bytes[start - length..<start]
    }

    /// Forgets what was taken, now that the rest is short.
    private mutating func compact() -> ArraySlice<UInt8>? {
        bytes.removeFirst(start)
        start = 0
        return nil
    }
}

extension [UInt8] {
    /// Appends an integer, its lowest byte first.
    fileprivate mutating func append<Value: FixedWidthInteger>(_ value: Value) {
        var rest = value
        for _ in 0..<Value.bitWidth / 8 {
            append(UInt8(truncatingIfNeeded: rest))
            rest = Value.bitWidth > 8 ? rest >> 8 : 0
        }
    }
}
