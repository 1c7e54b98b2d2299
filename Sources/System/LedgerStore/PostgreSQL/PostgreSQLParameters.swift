internal import Cryptography
internal import Primitives

// The binary form of what a statement gets, as the server's receive functions read it: integers with the highest
// byte first; an array as its number of dimensions, whether it has nulls, the type of its elements, its length and
// first index, and each element behind its length (`array_recv`); a numeric as its digits to the base 10,000
// (`numeric_recv`).

/// The values of one statement, each an array with an element for every row.
///
/// Its memory is kept for the next statement.
@safe final class PostgreSQLParameters {
    /// The numbers by which the server knows the types.
    private enum ElementType {
        static let int2: Int32 = 21
        static let int4: Int32 = 23
        static let int8: Int32 = 20
        static let numeric: Int32 = 1700
        static let bytea: Int32 = 17
    }

    private static let headerBytes = 20
    /// A length, four heads of 2 bytes, and 10 digits to the base 10,000, which are 39 of ours.
    private static let numericBytesMax = 4 + 8 + 2 * 10

    private var base: UnsafeMutableRawPointer
    private var capacity = 1 << 16
    private var used = 0
    private(set) var starts: [Int] = []

    init() { unsafe base = .allocate(byteCount: capacity, alignment: 16) }

    deinit { unsafe base.deallocate() }

    /// How many values there are.
    var count: Int { starts.count }

    /// Forgets the values.
    func removeAll() {
        used = 0
        starts.removeAll(keepingCapacity: true)
    }

    /// Lends the values' addresses and lengths.
    func withValues<Result>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Int32>) -> Result
    ) -> Result {
        unsafe withUnsafeTemporaryAllocation(
            of: UnsafePointer<CChar>?.self,
            capacity: count
        ) { addresses in
            unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { lengths in
                for index in 0..<count {
                    let start = starts[index]
                    let end = index + 1 < count ? starts[index + 1] : used
                    unsafe addresses.initializeElement(
                        at: index,
                        to: UnsafePointer((base + start).assumingMemoryBound(to: CChar.self))
                    )
                    unsafe lengths.initializeElement(at: index, to: Int32(end - start))
                }
                guard let first = unsafe UnsafePointer(addresses.baseAddress),
                    let second = unsafe UnsafePointer(lengths.baseAddress)
                else { preconditionFailure("a statement has values") }
                return unsafe body(first, second)
            }
        }
    }

    // MARK: Columns

    /// Adds a column of numbers of 16 bits.
    func int2<Row>(_ rows: [Row], _ value: (Row) -> Int16) {
        begin(ElementType.int2, rows.count, elementBytes: 6)
        for row in rows { put(fixed: value(row)) }
    }

    /// Adds a column of numbers of 32 bits.
    func int4<Row>(_ rows: [Row], _ value: (Row) -> Int32) {
        begin(ElementType.int4, rows.count, elementBytes: 8)
        for row in rows { put(fixed: value(row)) }
    }

    /// Adds a column of numbers of 64 bits.
    func int8<Row>(_ rows: [Row], _ value: (Row) -> Int64) {
        begin(ElementType.int8, rows.count, elementBytes: 12)
        for row in rows { put(fixed: value(row)) }
    }

    /// Adds a column of numbers of 64 bits, or nothing.
    func int8<Row>(optional rows: [Row], _ value: (Row) -> Int64?) {
        begin(ElementType.int8, rows.count, elementBytes: 12)
        for row in rows {
            if let number = value(row) { put(fixed: number) } else { put(Int32(-1)) }
        }
    }

    /// Adds a column of amounts.
    func numeric<Row>(_ rows: [Row], _ value: (Row) -> Amount) {
        begin(ElementType.numeric, rows.count, elementBytes: Self.numericBytesMax)
        for row in rows { put(numeric: value(row)) }
    }

    /// Adds a column of digests, or nothing.
    func digests<Row>(_ rows: [Row], _ value: (Row) -> SHA256.Digest?) {
        begin(ElementType.bytea, rows.count, elementBytes: 4 + SHA256.Digest.byteCount)
        for row in rows {
            guard let digest = value(row) else {
                put(Int32(-1))
                continue
            }
            put(Int32(SHA256.Digest.byteCount))
            unsafe digest.withUnsafeBytes { bytes in
                guard let address = bytes.baseAddress else { return }
                unsafe (base + used).copyMemory(from: address, byteCount: bytes.count)
            }
            used += SHA256.Digest.byteCount
        }
    }

    /// Begins an array, and makes room for all of it.
    private func begin(_ type: Int32, _ count: Int, elementBytes: Int) {
        starts.append(used)
        reserve(Self.headerBytes + count * elementBytes)
        put(Int32(1))
        // The server takes nulls in any array, whatever this says.
        put(Int32(1))
        put(type)
        put(Int32(count))
        put(Int32(1))
    }

    private func reserve(_ byteCount: Int) {
        let needed = used + byteCount
        if needed <= capacity { return }
        var larger = capacity
        while larger < needed { larger *= 2 }
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        unsafe moved.copyMemory(from: base, byteCount: used)
        unsafe base.deallocate()
        unsafe base = moved
        capacity = larger
    }

    @inline(__always)
    private func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        unsafe (base + used).storeBytes(of: value.bigEndian, as: Value.self)
        used += MemoryLayout<Value>.size
    }

    @inline(__always)
    private func put<Value: FixedWidthInteger & BitwiseCopyable>(fixed value: Value) {
        put(Int32(MemoryLayout<Value>.size))
        put(value)
    }

    private func put(numeric amount: Amount) {
        var magnitude = amount.magnitude
        // The lowest digit comes out first, and the highest is to be put first.
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        var count = 0
        while magnitude > UInt128(UInt64.max) {
            let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: 10_000)
            Self.set(&digits, count, UInt64(remainder))
            magnitude = quotient
            count += 1
        }
        var small = UInt64(truncatingIfNeeded: magnitude)
        while small != 0 {
            let (quotient, remainder) = small.quotientAndRemainder(dividingBy: 10_000)
            Self.set(&digits, count, remainder)
            small = quotient
            count += 1
        }
        put(Int32(8 + 2 * count))
        put(Int16(count))
        put(Int16(max(count, 1) - 1))
        put(amount < 0 ? UInt16(0x4000) : 0)
        put(Int16(0))
        for index in stride(from: count - 1, through: 0, by: -1) {
            put(UInt16(truncatingIfNeeded: Self.digit(digits, index)))
        }
    }

    // Ten digits to the base 10,000 with 16 bits each, four in a word.

    @inline(__always)
    private static func set(
        _ digits: inout (UInt64, UInt64, UInt64),
        _ index: Int,
        _ digit: UInt64
    ) {
        let shifted = digit << (16 * UInt64(index % 4))
        switch index / 4 {
        case 0: digits.0 |= shifted
        case 1: digits.1 |= shifted
        default: digits.2 |= shifted
        }
    }

    @inline(__always)
    private static func digit(_ digits: (UInt64, UInt64, UInt64), _ index: Int) -> UInt64 {
        let word =
            switch index / 4 {
            case 0: digits.0
            case 1: digits.1
            default: digits.2
            }
        return word >> (16 * UInt64(index % 4)) & 0xFFFF
    }
}
