internal import Cryptography

/// That an entry is about a subject.
struct SubjectRecord: Equatable, Comparable {
    var subject: SHA256.Digest
    var leaf: UInt64

    static let byteCount = 40

    func append(to bytes: inout [UInt8]) {
        bytes += subject.bytes
        Little.append(leaf, to: &bytes)
    }

    init(subject: SHA256.Digest, leaf: UInt64) {
        self.subject = subject
        self.leaf = leaf
    }

    init(_ bytes: [UInt8], at position: Int) {
        subject = SHA256.Digest(bytes: Array(bytes[position..<position + 32]))
        leaf = Little.read(UInt64.self, from: bytes, at: position + 32)
    }

    static func < (left: Self, right: Self) -> Bool {
        left.subject == right.subject ? left.leaf < right.leaf : left.subject < right.subject
    }

    static func encode(_ records: [SubjectRecord]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(records.count * byteCount)
        for record in records { record.append(to: &bytes) }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) -> [SubjectRecord] {
        stride(from: 0, through: bytes.count - byteCount, by: byteCount).map { position in
            SubjectRecord(bytes, at: position)
        }
    }
}
