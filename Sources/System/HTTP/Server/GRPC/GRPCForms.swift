/// The texts of gRPC's headers (gRPC's `PROTOCOL-HTTP2.md`).
enum GRPCForms {
    /// Whether a request is a call, by the type of its content.
    static func isCall(_ headers: HTTPHeaders) -> Bool {
        guard let type = headers["content-type"] else { return false }
        return type == "application/grpc" || type.hasPrefix("application/grpc+")
            || type.hasPrefix("application/grpc;")
    }

    /// The nanoseconds of a time-out such as `100m`: up to eight digits and a unit; none if it is none.
    static func timeout(_ text: String) -> UInt64? {
        let digits = Array(text.utf8.dropLast())
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard (1...8).contains(digits.count), digits.allSatisfy(isDigit) else { return nil }
        let number = digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }
        switch text.utf8.last {
        case UInt8(ascii: "H"): return number * 3_600_000_000_000
        case UInt8(ascii: "M"): return number * 60_000_000_000
        case UInt8(ascii: "S"): return number * 1_000_000_000
        case UInt8(ascii: "m"): return number * 1_000_000
        case UInt8(ascii: "u"): return number * 1_000
        case UInt8(ascii: "n"): return number
        default: return nil
        }
    }

    /// A message for people as a header carries it: what is not printable ASCII, and `%`, in hexadecimal.
    static func encode(message: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in message.utf8 {
            if (0x20...0x7e).contains(byte), byte != UInt8(ascii: "%") {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Takes messages out of the bytes of a call.
struct GRPCDeframer {
    /// Why bytes are no messages that this server takes.
    enum Fault: Error, Equatable {
        /// The message is compressed, or its first byte is neither 0 nor 1.
        case compressed
        /// It is longer than it may be.
        case tooLarge

        var status: GRPCStatus {
            switch self {
            case .compressed: .unimplemented
            case .tooLarge: .resourceExhausted
            }
        }

        func message(_ messageBytesMax: Int) -> String {
            switch self {
            case .compressed: "messages must not be compressed"
            case .tooLarge: "a message of more than \(messageBytesMax) bytes"
            }
        }
    }

    private static let prefixBytes = 5
    private let messageBytesMax: Int
    private var bytes: [UInt8] = []
    private var start = 0

    init(messageBytesMax: Int) { self.messageBytesMax = messageBytesMax }

    /// Bytes that wait to be complete.
    var count: Int { bytes.count - start }

    mutating func append(_ new: UnsafeRawBufferPointer) {
        if start > 0 {
            bytes.removeFirst(start)
            start = 0
        }
        unsafe bytes.append(contentsOf: new)
    }

    /// The next message; none until more bytes come.
    mutating func next() throws(Fault) -> [UInt8]? {
        guard count >= Self.prefixBytes else { return nil }
        guard bytes[start] == 0 else { throw .compressed }
        let length = bytes[start + 1..<start + Self.prefixBytes].reduce(0) { $0 << 8 | Int($1) }
        guard length <= messageBytesMax else { throw .tooLarge }
        let end = start + Self.prefixBytes + length
        guard end <= bytes.count else { return nil }
        defer { start = end }
        return Array(bytes[start + Self.prefixBytes..<end])
    }
}
