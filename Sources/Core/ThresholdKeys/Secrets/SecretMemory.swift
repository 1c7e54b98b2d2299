import BLS12381

/// Secret scalars in memory of their own, overwritten when their life ends.
///
/// It cannot be copied or printed. What a computation reads from it may stay in registers and on the stack
/// until it is overwritten there, as with `SecretKey`.
@safe struct SecretScalars: ~Copyable, @unchecked Sendable {
    // The memory is not shared: the value cannot be copied, and writing takes a mutable one.
    private let storage: UnsafeMutableBufferPointer<Scalar>

    /// Zeros.
    init(count: Int) {
        unsafe storage = .allocate(capacity: count)
        unsafe storage.initialize(repeating: .zero)
    }

    deinit {
        unsafe overwrite(UnsafeMutableRawBufferPointer(storage))
        unsafe storage.deallocate()
    }

    /// How many there are.
    var count: Int { unsafe storage.count }

    subscript(position: Int) -> Scalar {
        get {
            precondition(position >= 0)
            unsafe precondition(position < storage.count)
            return unsafe storage[position]
        }
        set {
            precondition(position >= 0)
            unsafe precondition(position < storage.count)
            unsafe storage[position] = newValue
        }
    }
}

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
private func overwrite(_ bytes: UnsafeMutableRawBufferPointer) {
    for position in 0..<bytes.count {
        unsafe bytes.storeBytes(of: 0, toByteOffset: position, as: UInt8.self)
    }
}
