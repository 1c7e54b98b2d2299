import Cryptography
import Primitives
import Venue

/// Writes a journal from the format's description alone, as an independent check of both.
struct HandmadeJournal {
    private(set) var bytes: [UInt8]
    private(set) var chain = [UInt8](repeating: 0, count: 32)
    private(set) var end = 512
    private var sequence: UInt64 = 1

    init(ordinal: UInt64 = 1, size: Int = 8_192) {
        bytes = Self.text("PLXSEGMT") + Self.little(UInt32(1)) + Self.little(UInt32(0))
        bytes += Self.little(ordinal) + Self.little(UInt64(size)) + Self.little(UInt64(1)) + chain
        bytes += Self.little(CRC32C.checksum(of: bytes))
        bytes += [UInt8](repeating: 0, count: size - bytes.count)
    }

    static func text(_ text: StaticString) -> [UInt8] {
        text.withUTF8Buffer { bytes in unsafe Array(bytes) }
    }

    static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        (0..<Value.bitWidth / 8).map { index in UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }

    static func record(type: UInt16, sequence: UInt64, _ payload: [UInt8]) -> [UInt8] {
        var record = little(type) + little(UInt16(payload.count)) + little(sequence)
        record += little(UInt64(1_000)) + payload
        return little(CRC32C.checksum(of: record)) + record
    }

    static func record(_ command: Command, sequence: UInt64) -> [UInt8] {
        record(type: command.typeNumber, sequence: sequence, CommandCodingTests.encode(command))
    }

    /// Appends a batch of records as they are given.
    mutating func append(_ records: [[UInt8]], first: UInt64? = nil) {
        let body = records.reduce([], +)
        let used = 64 + body.count
        let size = (used + 511) / 512 * 512
        var head = Self.text("PLXBATCH") + Self.little(UInt32(size))
        head += Self.little(UInt32(records.count)) + Self.little(first ?? sequence)
        head += Self.little(UInt32(used))
        let checksum = CRC32C.checksum(of: chain, seed: CRC32C.checksum(of: head))
        let batch =
            head + Self.little(checksum) + chain + body
            + [UInt8](repeating: 0, count: size - used)
        bytes.replaceSubrange(end..<end + size, with: batch)
        end += size
        chain = SHA256.hash(of: batch).bytes
        sequence += UInt64(records.count)
    }

    /// Appends a batch of commands.
    mutating func append(_ commands: [Command]) {
        append(
            commands.enumerated().map { index, command in
                Self.record(command, sequence: sequence + UInt64(index))
            }
        )
    }
}
