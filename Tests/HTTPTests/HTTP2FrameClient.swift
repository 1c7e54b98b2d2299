import CNGHTTP2
import Testing

/// A client of HTTP/2 that sends any frames, as no proper one would.
final class HTTP2FrameClient {
    enum Kind: UInt8 {
        case data, headers, priority, reset, settings, push, ping, goAway, windowUpdate,
            continuation
    }

    struct Frame {
        var kind: UInt8
        var flags: UInt8
        var stream: Int32
        var payload: [UInt8]

        var endsStream: Bool { flags & 1 != 0 }
        /// The error code of a frame that resets a stream or ends the connection.
        var code: UInt8? { kind == Kind.goAway.rawValue ? payload[7] : payload.last }
    }

    struct Answer: Equatable {
        var fields: [String: String]
        var body: [UInt8]
        var trailers: [String: String] = [:]

        var status: String? { fields[":status"] }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let get = head("GET", "/")

    /// The fields that every request has.
    static func head(_ method: String, _ path: String) -> [(String, String)] {
        [
            (":method", method), (":path", path), (":scheme", "http"),
            (":authority", "localhost"),
        ]
    }

    let connection: RawConnection
    private let inflater = Inflater()

    /// Connects; says what every client says, unless it is to be silent.
    init(port: UInt16, settings: [UInt8]? = []) throws {
        connection = try RawConnection(port: port)
        guard let settings else { return }
        connection.send(Self.preface)
        send(.settings, payload: settings)
    }

    static func frame(
        _ kind: UInt8,
        flags: UInt8,
        stream: Int32,
        _ payload: [UInt8]
    ) -> [UInt8] {
        let count = payload.count
        let length = [16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
        return length + [kind, flags] + bytes(UInt32(bitPattern: stream)) + payload
    }

    static func bytes(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
    }

    /// One setting.
    static func setting(_ identifier: UInt8, _ value: UInt32) -> [UInt8] {
        [0, identifier] + bytes(value)
    }

    /// Fields as literals without compression (RFC 7541 §6.2.2).
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { name, value in [0] + literal(name) + literal(value) }
    }

    private static func literal(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
        var rest = bytes.count - 127
        var length: [UInt8] = [127]
        while rest >= 128 {
            length.append(UInt8(rest % 128 + 128))
            rest /= 128
        }
        return length + [UInt8(rest)] + bytes
    }

    func send(_ kind: Kind, flags: UInt8 = 0, stream: Int32 = 0, payload: [UInt8] = []) {
        connection.send(Self.frame(kind.rawValue, flags: flags, stream: stream, payload))
    }

    /// Begins a request; its head is complete.
    func request(_ stream: Int32, _ fields: [(String, String)] = get, ends: Bool = true) {
        send(.headers, flags: ends ? 5 : 4, stream: stream, payload: Self.block(fields))
    }

    /// Gives the server room for as many bytes; on the whole connection if the stream is 0.
    func giveRoom(_ stream: Int32, _ count: UInt32) {
        send(.windowUpdate, stream: stream, payload: Self.bytes(count))
    }

    /// The next frame; none at the end of the connection.
    func next() throws -> Frame? {
        guard let head = try connection.take(9) else { return nil }
        let count = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        guard let payload = try connection.take(count) else { return nil }
        let stream = head[5..<9].reduce(0) { $0 << 8 | Int32($1) }
        return Frame(kind: head[3], flags: head[4], stream: stream, payload: payload)
    }

    /// The next frame of a kind; none at the end of the connection.
    func next(_ kind: Kind) throws -> Frame? {
        while let frame = try next() {
            if frame.kind == kind.rawValue { return frame }
            // The state of the compression must see every head.
            if frame.kind == Kind.headers.rawValue { _ = inflater.fields(frame.payload) }
        }
        return nil
    }

    /// The answers to some streams, however they are mixed; a stream that is reset or whose connection ends has none.
    func answers(_ streams: [Int32]) throws -> [Int32: Answer] {
        var answers: [Int32: Answer] = [:]
        var open = Set(streams)
        while !open.isEmpty, let frame = try next() {
            switch Kind(rawValue: frame.kind) {
            case .headers:
                let fields = inflater.fields(frame.payload)
                if answers[frame.stream] == nil {
                    answers[frame.stream] = Answer(fields: fields, body: [])
                } else {
                    answers[frame.stream]?.trailers = fields
                }
            case .data: answers[frame.stream]?.body += frame.payload
            case .reset:
                answers[frame.stream] = nil
                open.remove(frame.stream)
            default: continue
            }
            if frame.endsStream { open.remove(frame.stream) }
        }
        for stream in open { answers[stream] = nil }
        return answers
    }

    func answer(_ stream: Int32) throws -> Answer? { try answers([stream])[stream] }
}

/// Reads compressed heads by the library that other clients use too.
@safe private final class Inflater {
    private var handle: OpaquePointer?

    init() {
        let code = unsafe nghttp2_hd_inflate_new(&handle)
        precondition(code == 0)
    }

    deinit { unsafe nghttp2_hd_inflate_del(handle) }

    func fields(_ block: [UInt8]) -> [String: String] {
        var fields: [String: String] = [:]
        var rest = block[...]
        while true {
            var field = unsafe nghttp2_nv()
            var flags: Int32 = 0
            let count = unsafe rest.withUnsafeBufferPointer { bytes in
                unsafe nghttp2_hd_inflate_hd2(
                    handle,
                    &field,
                    &flags,
                    bytes.baseAddress,
                    bytes.count,
                    1
                )
            }
            guard count >= 0 else { return fields }
            rest = rest.dropFirst(count)
            if flags & Int32(NGHTTP2_HD_INFLATE_EMIT.rawValue) != 0 {
                let name = unsafe UnsafeBufferPointer(start: field.name, count: field.namelen)
                let value = unsafe UnsafeBufferPointer(start: field.value, count: field.valuelen)
                unsafe fields[String(decoding: name, as: UTF8.self)] =
                    unsafe String(decoding: value, as: UTF8.self)
            }
            if flags & Int32(NGHTTP2_HD_INFLATE_FINAL.rawValue) != 0 {
                unsafe nghttp2_hd_inflate_end_headers(handle)
                return fields
            }
            if count == 0, flags & Int32(NGHTTP2_HD_INFLATE_EMIT.rawValue) == 0 { return fields }
        }
    }
}
