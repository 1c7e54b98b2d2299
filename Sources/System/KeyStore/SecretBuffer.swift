internal import CSodium

/// Secret bytes in memory that the kernel does not swap out and no dump of the process contains.
///
/// They lie between guard pages, are readable only, and are overwritten when their life ends. Where the
/// kernel allows no more locked memory (`RLIMIT_MEMLOCK`), they may be swapped out; nothing else changes.
@safe struct SecretBuffer: ~Copyable, @unchecked Sendable {
    // The memory is not shared: the buffer cannot be copied, and nothing writes between init and deinit.
    private let storage: UnsafeMutablePointer<UInt8>
    let byteCount: Int

    /// Makes a buffer that a function fills.
    ///
    /// - Parameters:
    ///   - byteCount: How many bytes.
    ///   - fill: Receives the place of the bytes, which are not zero.
    /// - Throws: What `fill` throws; then there is no buffer.
    init<Failure: Error>(
        byteCount: Int,
        _ fill: (UnsafeMutablePointer<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        Sodium.prepare()
        guard let memory = unsafe sodium_malloc(byteCount) else {
            preconditionFailure("a process that has no memory for a key cannot go on")
        }
        let storage = unsafe memory.bindMemory(to: UInt8.self, capacity: byteCount)
        do throws(Failure) {
            try unsafe fill(storage)
        } catch {
            unsafe sodium_free(storage)
            throw error
        }
        unsafe sodium_mprotect_readonly(storage)
        unsafe self.storage = storage
        self.byteCount = byteCount
    }

    /// Copies bytes, which the caller wipes.
    init(copying bytes: [UInt8]) {
        unsafe self.init(byteCount: bytes.count) { storage in
            for index in bytes.indices { unsafe storage[index] = bytes[index] }
        }
    }

    /// Makes a buffer of random bytes.
    init(randomByteCount byteCount: Int) {
        unsafe self.init(byteCount: byteCount) { storage in
            unsafe randombytes_buf(storage, byteCount)
        }
    }

    deinit { unsafe sodium_free(storage) }

    /// Lends the bytes.
    func withUnsafePointer<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafePointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(storage)
    }
}

/// The library.
enum Sodium {
    /// Makes the library ready; it must be called before anything else of it, and costs nothing again.
    static func prepare() { precondition(isReady, "libsodium finds no source of randomness") }

    /// Overwrites what the calls that have returned left on the stack.
    ///
    /// The library and the compiler put copies of secrets there. It reaches 32 KiB, more than any call here
    /// uses, but not the frames of the functions that still run.
    static func wipeStack() { sodium_stackzero(32 << 10) }

    private static let isReady = sodium_init() >= 0
}
