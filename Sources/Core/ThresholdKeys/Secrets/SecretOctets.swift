/// Secret bytes in memory of their own, overwritten when their life ends.
@safe struct SecretOctets: ~Copyable, @unchecked Sendable {
    // The memory is not shared: the value cannot be copied, and nothing writes after init.
    private let storage: UnsafeMutableRawBufferPointer

    /// Copies bytes; their owner wipes the original.
    init(_ bytes: [UInt8]) {
        unsafe storage = .allocate(byteCount: bytes.count, alignment: 1)
        unsafe storage.copyBytes(from: bytes)
    }

    deinit {
        unsafe overwrite(storage)
        unsafe storage.deallocate()
    }

    /// A copy, which its owner wipes.
    func copy() -> [UInt8] { unsafe [UInt8](storage) }
}

/// Overwrites memory; not optimized, because nothing reads what is written.
@inline(never) @_optimize(none)
func overwrite(_ bytes: UnsafeMutableRawBufferPointer) {
    for position in 0..<bytes.count {
        unsafe bytes.storeBytes(of: 0, toByteOffset: position, as: UInt8.self)
    }
}
