/// Reads little-endian integers one after the other and never beyond the end.
///
/// The bytes belong to the caller and must stay where they are while the reader is used.
@safe @frozen public struct ByteReader {
    @usableFromInline let base: UnsafeRawBufferPointer
    @usableFromInline var next: Int

    /// How many bytes were read.
    @inlinable public var position: Int { next }

    /// How many bytes are left.
    @inlinable public var remaining: Int { unsafe base.count &- next }

    /// Makes a reader that starts at the first of some bytes.
    @unsafe @inlinable public init(_ bytes: UnsafeRawBufferPointer) {
        unsafe base = bytes
        next = 0
    }

    /// Reads an integer, lowest byte first.
    ///
    /// - Throws: `truncated` when fewer bytes are left; then nothing was read.
    @inline(__always) @inlinable
    public mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self
    ) throws(ByteReaderError) -> Value {
        guard remaining >= MemoryLayout<Value>.size else { throw .truncated(position: next) }
        let value = unsafe base.loadUnaligned(fromByteOffset: next, as: Value.self)
        next &+= MemoryLayout<Value>.size
        return Value(littleEndian: value)
    }

    /// Reads `count` bytes in place; they are valid as long as the reader's own.
    ///
    /// - Throws: `truncated` when fewer bytes are left; then nothing was read.
    @unsafe @inlinable
    public mutating func read(count: Int) throws(ByteReaderError) -> UnsafeRawBufferPointer {
        guard count >= 0, remaining >= count else { throw .truncated(position: next) }
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: base[next..<next &+ count])
        next &+= count
        return unsafe bytes
    }

    /// Checks that everything was read.
    ///
    /// - Throws: `trailingBytes` when something is left.
    @inlinable public func requireEnd() throws(ByteReaderError) {
        guard remaining == 0 else { throw .trailingBytes(position: next) }
    }
}

/// Why bytes cannot be read as what they should be.
public enum ByteReaderError: Error, Equatable, Sendable {
    /// They end inside the value that starts at `position`.
    case truncated(position: Int)
    /// They go on at `position`, where they should end.
    case trailingBytes(position: Int)
}
