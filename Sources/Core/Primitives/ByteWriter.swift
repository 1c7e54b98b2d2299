/// A growable buffer to which integers are appended in little-endian order, without padding.
///
/// Every offset is checked against `count`. Memory is kept when the contents are removed, so a buffer that
/// is used again allocates nothing.
@safe @frozen public struct ByteWriter: ~Copyable {
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int
    @usableFromInline var used: Int

    /// How many bytes there are.
    @inlinable public var count: Int { used }

    /// Makes an empty buffer with room for `capacity` bytes, at least 16; it grows when needed.
    @inlinable public init(capacity: Int = 256) {
        precondition(capacity >= 0)
        self.capacity = Swift.max(capacity, 16)
        unsafe base = .allocate(byteCount: self.capacity, alignment: 16)
        used = 0
    }

    @inlinable deinit { unsafe base.deallocate() }

    /// Makes room for `count` more bytes.
    ///
    /// - Complexity: O(1) amortised.
    @inline(__always) @inlinable public mutating func reserve(_ count: Int) {
        precondition(count >= 0)
        if capacity &- used < count { grow(by: count) }
    }

    /// Appends an integer, lowest byte first.
    @inline(__always) @inlinable
    public mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        reserve(MemoryLayout<Value>.size)
        unsafe (base + used).storeBytes(of: value.littleEndian, as: Value.self)
        used &+= MemoryLayout<Value>.size
    }

    /// Appends some bytes.
    @inlinable public mutating func append(contentsOf bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        reserve(bytes.count)
        unsafe (base + used).copyMemory(from: start, byteCount: bytes.count)
        used &+= bytes.count
    }

    /// Appends some bytes.
    @inlinable public mutating func append(contentsOf bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { bytes in unsafe append(contentsOf: bytes) }
    }

    /// Appends `count` zero bytes.
    @inlinable public mutating func appendZeros(_ count: Int) {
        reserve(count)
        unsafe (base + used).initializeMemory(as: UInt8.self, repeating: 0, count: count)
        used &+= count
    }

    /// Replaces the integer at `offset`; all its bytes must have been appended before.
    @inlinable
    public mutating func replace<Value: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int,
        with value: Value
    ) {
        precondition(offset >= 0)
        precondition(offset <= used - MemoryLayout<Value>.size)
        unsafe (base + offset).storeBytes(of: value.littleEndian, as: Value.self)
    }

    /// Forgets what follows the first `count` bytes and keeps the memory.
    @inlinable public mutating func truncate(to count: Int) {
        precondition(count >= 0)
        precondition(count <= used)
        used = count
    }

    /// Forgets all bytes and keeps the memory.
    @inlinable public mutating func removeAll() { used = 0 }

    /// Gives access to all bytes.
    @inlinable public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeRawBufferPointer(start: base, count: used))
    }

    /// A copy of all bytes.
    ///
    /// - Complexity: O(count).
    public var bytes: [UInt8] { unsafe withUnsafeBytes { bytes in unsafe [UInt8](bytes) } }

    @inline(never) @usableFromInline mutating func grow(by count: Int) {
        let needed = used + count
        let larger = Swift.max(needed, capacity * 2)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        unsafe moved.copyMemory(from: base, byteCount: used)
        unsafe base.deallocate()
        unsafe base = moved
        capacity = larger
    }
}
