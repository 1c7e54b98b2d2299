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
