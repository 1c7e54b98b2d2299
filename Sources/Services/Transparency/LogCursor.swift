internal import Cryptography
internal import Primitives

/// How far the log is in the journal; the log keeps it with every checkpoint.
///
/// Format, 80 bytes, integers little-endian: u64 version (1); u64 number, u64 last command and 32 bytes state hash
/// of the last interval in the log; u64 number and u64 last command of the last interval up to which every
/// certificate is in the log; u64 size of the log after that interval's own leaves.
struct LogCursor: Equatable {
    static let byteCount = 80
    private static let version: UInt64 = 1

    /// The last interval whose leaves are in the log.
    var logged = Mark()
    var stateHash = SHA256.Digest(words: (0, 0, 0, 0))
    /// The last interval up to which all certificates are in the log.
    var attested = Mark()
    /// The size of the log behind that interval's leaves.
    var attestedSize: UInt64 = 0

    /// The end of an interval.
    struct Mark: Equatable {
        var number: UInt64 = 0
        var sequence: UInt64 = 0
    }

    init() {}

    /// Reads a cursor; nil if it is none.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        func word(_ index: Int) -> UInt64 {
            (0..<8).reversed().reduce(0) { value, byte in value << 8 | UInt64(bytes[index + byte]) }
        }
        guard word(0) == Self.version else { return nil }
        logged = Mark(number: word(8), sequence: word(16))
        stateHash = SHA256.Digest(bytes: Array(bytes[24..<56]))
        attested = Mark(number: word(56), sequence: word(64))
        attestedSize = word(72)
        guard attested.number <= logged.number, attested.sequence <= logged.sequence else {
            return nil
        }
    }

    var bytes: [UInt8] {
        var writer = ByteWriter(capacity: Self.byteCount)
        writer.append(Self.version)
        writer.append(logged.number)
        writer.append(logged.sequence)
        writer.append(contentsOf: stateHash.bytes)
        writer.append(attested.number)
        writer.append(attested.sequence)
        writer.append(attestedSize)
        return writer.bytes
    }
}
