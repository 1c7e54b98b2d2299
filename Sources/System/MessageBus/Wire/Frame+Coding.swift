internal import Cryptography

extension Frame {
    private static let messageKind: UInt8 = 1
    private static let beginKind: UInt8 = 2
    private static let partKind: UInt8 = 3
    private static let subscribeKind: UInt8 = 4
    private static let unsubscribeKind: UInt8 = 5
    private static let pingKind: UInt8 = 6
    private static let pongKind: UInt8 = 7
    private static let unansweredKind: UInt8 = 8
    private static let deniedKind: UInt8 = 9

    /// Writes the frame behind what is there.
    ///
    /// - Complexity: O(n).
    package func append(to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes += [0, 0, 0, 0]
        switch self {
        case .message(let head, let payload):
            bytes.append(Self.messageKind)
            head.append(to: &bytes)
            bytes += payload
        case .begin(let head, let count):
            bytes.append(Self.beginKind)
            Self.append(UInt32(count), to: &bytes)
            head.append(to: &bytes)
        case .part(let part):
            bytes.append(Self.partKind)
            bytes += part
        case .subscribe(let number, let pattern):
            bytes.append(Self.subscribeKind)
            Self.append(number, to: &bytes)
            bytes += Array(pattern.utf8)
        case .unsubscribe(let number):
            bytes.append(Self.unsubscribeKind)
            Self.append(number, to: &bytes)
        case .ping(let number):
            bytes.append(Self.pingKind)
            Self.append(number, to: &bytes)
        case .pong(let number):
            bytes.append(Self.pongKind)
            Self.append(number, to: &bytes)
        case .unanswered(let reason, let head):
            bytes += [Self.unansweredKind, reason.rawValue]
            head.append(to: &bytes)
        case .denied(let number):
            bytes.append(Self.deniedKind)
            Self.append(number, to: &bytes)
        }
        let count = UInt32(bytes.count - start - Self.lengthBytes)
        precondition(count <= Self.bytesMax, "whoever makes frames keeps their bounds")
        for position in 0..<4 {
            bytes[start + position] = UInt8(truncatingIfNeeded: count >> (24 - 8 * position))
        }
    }

    /// Reads what follows the length of a frame.
    ///
    /// - Parameters:
    ///   - body: What follows the length.
    ///   - keys: The keys of publishers that were seen before.
    /// - Throws: `badKind` or `badBody`.
    fileprivate init(body: ArraySlice<UInt8>, _ keys: inout KnownKeys) throws(Fault) {
        var body = FrameBody(rest: body)
        defer { keys = body.keys }
        body.keys = keys
        switch try body.byte() {
        case Self.messageKind:
            let head = try body.head()
            guard body.rest.count <= BusLimits.pieceBytesMax else { throw .badBody }
            self = .message(head, payload: body.takeRest())
        case Self.beginKind:
            let count = try body.number(UInt32.self)
            self = .begin(try body.head(), count: Int(count))
        case Self.partKind:
            guard 1...BusLimits.pieceBytesMax ~= body.rest.count else { throw .badBody }
            self = .part(body.takeRest())
        case Self.subscribeKind:
            let number = try body.number(UInt32.self)
            let bytes = body.takeRest()
            guard bytes.count <= Subject.byteCountMax,
                let pattern = String(validating: bytes, as: UTF8.self)
            else { throw .badBody }
            self = .subscribe(number: number, pattern: pattern)
        case Self.unsubscribeKind: self = .unsubscribe(number: try body.number(UInt32.self))
        case Self.pingKind: self = .ping(try body.number(UInt64.self))
        case Self.pongKind: self = .pong(try body.number(UInt64.self))
        case Self.unansweredKind:
            guard let reason = Unanswered(rawValue: try body.byte()) else { throw .badBody }
            self = .unanswered(reason, try body.head())
        case Self.deniedKind: self = .denied(number: try body.number(UInt32.self))
        default: throw .badKind
        }
        guard body.rest.isEmpty else { throw .badBody }
    }

    private static func append<Number: FixedWidthInteger>(
        _ number: Number,
        to bytes: inout [UInt8]
    ) {
        for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}

extension Frame.Head {
    fileprivate func append(to bytes: inout [UInt8]) {
        for text in [subject, replyTo ?? ""] {
            bytes.append(UInt8(text.utf8.count))
            bytes += Array(text.utf8)
        }
        bytes.append(UInt8(sender?.bytes.count ?? 0))
        bytes += sender?.bytes ?? []
    }
}

/// The parts of a frame that were not read yet.
private struct FrameBody {
    var rest: ArraySlice<UInt8>
    var keys = KnownKeys()

    init(rest: ArraySlice<UInt8>) { self.rest = rest }

    mutating func byte() throws(Frame.Fault) -> UInt8 {
        guard let byte = rest.popFirst() else { throw .badBody }
        return byte
    }

    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        _: Number.Type
    ) throws(Frame.Fault) -> Number {
        try bytes(Number.bitWidth / 8).reduce(0) { number, byte in number << 8 | Number(byte) }
    }

    mutating func bytes(_ count: Int) throws(Frame.Fault) -> ArraySlice<UInt8> {
        guard rest.count >= count else { throw .badBody }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func takeRest() -> [UInt8] {
        defer { rest = rest.suffix(0) }
        return Array(rest)
    }

    mutating func head() throws(Frame.Fault) -> Frame.Head {
        let subject = try text()
        guard Subject.isValid(subject) else { throw .badBody }
        let replyTo = try text()
        guard replyTo.isEmpty || Subject.isValid(replyTo) else { throw .badBody }
        return Frame.Head(
            subject: subject,
            replyTo: replyTo.isEmpty ? nil : replyTo,
            sender: try key()
        )
    }

    private mutating func text() throws(Frame.Fault) -> String {
        let bytes = try bytes(Int(try byte()))
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .badBody }
        return text
    }

    private mutating func key() throws(Frame.Fault) -> Ed25519.PublicKey? {
        let count = try byte()
        if count == 0 { return nil }
        guard count == UInt8(Ed25519.PublicKey.byteCount) else { throw .badBody }
        return try keys.key(Array(try bytes(Int(count))))
    }
}

/// The keys of publishers that a reader has seen: to check one takes longer than all else about a frame.
private struct KnownKeys {
    private var keys: [[UInt8]: Ed25519.PublicKey] = [:]
    /// A hub has fewer clients; the bound keeps one that lies from filling memory.
    private static let countMax = 256

    mutating func key(_ bytes: [UInt8]) throws(Frame.Fault) -> Ed25519.PublicKey {
        if let key = keys[bytes] { return key }
        do throws(Ed25519.KeyError) {
            let key = try Ed25519.PublicKey(bytes: bytes)
            if keys.count >= Self.countMax { keys = [:] }
            keys[bytes] = key
            return key
        } catch {
            throw .badBody
        }
    }
}

/// Takes bytes as they come, and gives the frames in them.
package struct FrameReader {
    private var bytes: [UInt8] = []
    private var start = 0
    private var keys = KnownKeys()

    /// Makes a reader that has seen nothing.
    package init() {}

    /// Takes the first `count` bytes of a buffer.
    package mutating func append(_ buffer: [UInt8], count: Int) {
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            start = 0
        } else if start > Frame.bytesMax {
            bytes.removeFirst(start)
            start = 0
        }
        bytes += buffer[..<count]
    }

    /// The next whole frame; none if more must come first.
    ///
    /// - Throws: What is wrong with it; then nothing that follows can be read.
    package mutating func next() throws(Frame.Fault) -> Frame? {
        guard bytes.count - start >= Frame.lengthBytes else { return nil }
        let body = start + Frame.lengthBytes
        let count = bytes[start..<body].reduce(0) { count, byte in count << 8 | Int(byte) }
        guard 1...Frame.bytesMax ~= count else { throw .badLength }
        guard bytes.count - body >= count else { return nil }
        let frame = try Frame(body: bytes[body..<body + count], &keys)
        start = body + count
        return frame
    }
}
