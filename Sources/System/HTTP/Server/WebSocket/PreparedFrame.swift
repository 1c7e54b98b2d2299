/// One message as a frame of the server, encoded once and sent to any number of peers without copying.
public struct PreparedFrame: Sendable {
    let chunk: ByteChunk

    /// Encodes a text, whose bytes must be valid UTF-8.
    public init(text: [UInt8]) { chunk = Self.encode(opcode: 0x1, text) }

    /// Encodes bytes.
    public init(binary: [UInt8]) { chunk = Self.encode(opcode: 0x2, binary) }

    /// Bytes of the frame on the wire.
    public var byteCount: Int { chunk.count }

    /// A final frame without mask (RFC 6455 §5.2).
    private static func encode(opcode: UInt8, _ payload: [UInt8]) -> ByteChunk {
        let count = payload.count
        var head: [UInt8] = [0x80 | opcode]
        switch count {
        case ..<126: head.append(UInt8(count))
        case ..<65_536: head += [126, UInt8(count >> 8), UInt8(truncatingIfNeeded: count)]
        default:
            head.append(127)
            for shift in stride(from: 56, through: 0, by: -8) {
                head.append(UInt8(truncatingIfNeeded: count >> shift))
            }
        }
        return ByteChunk(head, payload)
    }
}
