/// The memory through which values cross the border between host and component.
///
/// The host asks for it with `cabi_realloc`, for arguments and for what its own functions return; results
/// are written into it too. Values are copied out of it when they are lifted, so that one call owns all of
/// it, and the function that the host calls after it (`cabi_post_…`) gives it back at once.
@safe public enum BorderMemory {
    /// Lies before every block; as long as the largest alignment, so that the block keeps it.
    private static let headerSize = 16

    /// The block that was allocated last; each block's header points to the one before.
    nonisolated(unsafe) private static var last: UnsafeMutableRawPointer?

    /// Allocates a block that lives until `releaseAll`.
    ///
    /// - Parameters:
    ///   - byteCount: How many bytes, at least 0.
    ///   - alignment: At most 16 bytes; the canonical ABI needs 8.
    /// - Returns: The block, filled with zeros, because unused parts of a variant are handed over too and
    ///   must be the same each time.
    static func allocate(byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer {
        precondition(byteCount >= 0)
        precondition(alignment <= headerSize)
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: headerSize + max(byteCount, 1),
            alignment: headerSize
        )
        unsafe block.storeBytes(of: last, as: UnsafeMutableRawPointer?.self)
        unsafe last = block
        let content = unsafe block + headerSize
        unsafe content.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        return unsafe content
    }

    /// Gives all blocks back; no pointer to one may be used afterwards.
    ///
    /// - Complexity: O(n) in the number of blocks.
    @unsafe static func releaseAll() {
        while let block = unsafe last {
            unsafe last = unsafe block.load(as: UnsafeMutableRawPointer?.self)
            unsafe block.deallocate()
        }
    }
}

/// What the host calls when it needs memory in the component (Component Model, Canonical ABI: `realloc`).
///
/// - Parameters:
///   - old: The block that grows; none for a new one.
///   - oldCount: How many bytes of it are kept.
///   - alignment: The block's alignment in bytes.
///   - count: How many bytes are needed.
/// - Returns: The new block.
@_expose(wasm, "cabi_realloc") @_cdecl("cabi_realloc")
public func reallocate(
    _ old: UnsafeMutableRawPointer?,
    _ oldCount: Int,
    _ alignment: Int,
    _ count: Int
) -> UnsafeMutableRawPointer {
    let block = unsafe BorderMemory.allocate(byteCount: count, alignment: alignment)
    if let old = unsafe old {
        unsafe block.copyMemory(from: old, byteCount: min(oldCount, count))
    }
    return unsafe block
}
