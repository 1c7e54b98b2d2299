import Encoding

/// Pieces of the journal that an observer asked for: a CBOR array of byte strings, each a `JournalChunk`.
public struct FetchAnswer: Equatable, Sendable {
    /// Most bytes of an answer's pieces together, unless there is only one.
    public static var chunksBytesMax: Int { 4 << 20 }

    /// The pieces as they were published, one behind the other; none if there are none yet.
    public var chunks: [[UInt8]]

    /// Makes an answer.
    public init(chunks: [[UInt8]]) { self.chunks = chunks }

    /// Reads an answer; the pieces are not read here.
    ///
    /// - Throws: `malformedMessage` or `invalidMessage`.
    public init(decoding bytes: [UInt8]) throws(AttestationError) {
        let value: CBORValue
        do throws(CBORError) {
            let limits = DecodingLimits(bytesMax: JournalChunk.bytesMax + 64, depthMax: 2)
            value = try CBORValue(decoding: bytes, limits: limits)
        } catch {
            throw .malformedMessage(kind: "fetch answer", error)
        }
        guard let items = value.array else {
            throw .invalidMessage(kind: "fetch answer", name: "chunks")
        }
        chunks = []
        for item in items {
            guard let chunk = item.bytes else {
                throw .invalidMessage(kind: "fetch answer", name: "chunks")
            }
            chunks.append(chunk)
        }
    }

    /// The bytes of the message.
    public var encoded: [UInt8] {
        CBORValue.array(chunks.map { chunk in .bytes(chunk) }).encoded
    }
}
