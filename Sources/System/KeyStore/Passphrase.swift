internal import CSodium
internal import Glibc
internal import Platform

/// How much work it is to make a key of a passphrase, which is what each guess of a thief costs.
public struct PassphraseCost: Equatable, Sendable {
    /// How often Argon2id goes over its memory, 1 … 16.
    public let passes: UInt32
    /// How many bytes of memory Argon2id fills, 8 KiB … 1 GiB.
    public let memoryBytes: UInt64

    /// The cost of every file that the program makes: 3 passes over 256 MiB, about a second.
    ///
    /// It is what libsodium calls moderate.
    public static var moderate: PassphraseCost {
        PassphraseCost(checkedPasses: 3, memoryBytes: 256 << 20)
    }

    /// The least that Argon2id can do, for tests and simulations; a thief guesses through it.
    public static var least: PassphraseCost {
        PassphraseCost(checkedPasses: 1, memoryBytes: 8 << 10)
    }

    /// Takes numbers in their ranges; others give nothing.
    public init?(passes: UInt64, memoryBytes: UInt64) {
        guard (1...16).contains(passes), (8 << 10...1 << 30).contains(memoryBytes) else {
            return nil
        }
        self.init(checkedPasses: UInt32(passes), memoryBytes: memoryBytes)
    }

    private init(checkedPasses passes: UInt32, memoryBytes: UInt64) {
        self.passes = passes
        self.memoryBytes = memoryBytes
    }
}

/// What a person remembers, or a file keeps, to open sealed keys.
///
/// It cannot be copied or printed, lies in memory that is neither swapped out nor dumped, and is overwritten
/// when its life ends. What the terminal's driver or a pipe in the kernel buffered of it is not overwritten.
@safe public struct Passphrase: ~Copyable, Sendable {
    private let buffer: SecretBuffer
    /// How many bytes of the buffer count.
    private let byteCount: Int

    /// How many bytes a passphrase has at most.
    public static var byteCountMax: Int { 1_024 }
    /// How many bytes a passphrase must have that a new file is sealed with.
    public static var newByteCountMin: Int { 8 }

    /// Takes bytes that the caller wipes.
    ///
    /// - Throws: `passphraseTooLong`.
    public init(bytes: [UInt8]) throws(KeyStoreError) {
        guard bytes.count <= Self.byteCountMax else { throw .passphraseTooLong }
        buffer = SecretBuffer(copying: bytes)
        byteCount = bytes.count
    }

    /// Reads a file or pipe that holds nothing else; one line feed at its end does not count.
    ///
    /// - Parameter path: A file that nobody but its owner may use.
    /// - Throws: `platform`, `notFile`, `tooPermissive` or `passphraseTooLong`.
    public init(file path: String) throws(KeyStoreError) {
        let descriptor = try PrivateFile.open(path)
        defer { close(descriptor) }
        self = try Self.read(descriptor, path: path, lineOnly: false)
    }

    /// Lets somebody type it at the terminal that is standard input, without showing it.
    ///
    /// - Parameter prompt: Asks for it; it is called when nothing is shown any more.
    /// - Throws: `noTerminal`; `cancelled` for Control-C or the end of the input; `passphraseTooLong`.
    public init(typedAfter prompt: () -> Void) throws(KeyStoreError) {
        let input: Int32 = 0
        var settings = termios()
        guard unsafe tcgetattr(input, &settings) == 0 else { throw .noTerminal }
        var silent = settings
        // Control-C ends the line instead of this program, which has to show characters again first.
        let controlC: cc_t = 3
        silent.c_lflag &= ~tcflag_t(ECHO | ECHONL | ISIG)
        silent.c_lflag |= tcflag_t(ICANON)
        silent.c_cc.11 = controlC  // VEOL, one more end of a line
        guard unsafe tcsetattr(input, TCSAFLUSH, &silent) == 0 else { throw .noTerminal }
        defer { unsafe tcsetattr(input, TCSAFLUSH, &settings) }
        prompt()
        let typed = try Self.read(input, path: "terminal", lineOnly: true)
        guard typed.byteCount > 0, typed.lastByte != controlC else { throw .cancelled }
        self = typed
    }

    private init(buffer: consuming SecretBuffer, byteCount: Int) {
        self.buffer = buffer
        self.byteCount = byteCount
    }

    private var lastByte: UInt8 {
        unsafe buffer.withUnsafePointer { bytes in unsafe bytes[byteCount - 1] }
    }

    /// Reads up to the end, or to the end of the line, and drops one line feed.
    private static func read(
        _ descriptor: Int32,
        path: String,
        lineOnly: Bool
    ) throws(KeyStoreError) -> Passphrase {
        // Room for the line feed and for one byte that is too many.
        let capacity = byteCountMax + 2
        var filled = 0
        let buffer = unsafe try SecretBuffer(byteCount: capacity) {
            (bytes) throws(KeyStoreError) in
            while filled < capacity {
                let count = unsafe Glibc.read(descriptor, bytes + filled, capacity - filled)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else {
                    throw .platform(.failed(.read, path: path, code: errno))
                }
                filled += count
                if count == 0 || lineOnly { break }
            }
            if filled > 0, unsafe bytes[filled - 1] == UInt8(ascii: "\n") { filled -= 1 }
        }
        guard filled <= byteCountMax else { throw .passphraseTooLong }
        return Passphrase(buffer: buffer, byteCount: filled)
    }

    /// Whether two passphrases are the same, in a time that depends on their lengths only.
    public func isSame(as other: borrowing Passphrase) -> Bool {
        guard byteCount == other.byteCount else { return false }
        return unsafe buffer.withUnsafePointer { bytes in
            unsafe other.buffer.withUnsafePointer { others in
                unsafe sodium_memcmp(bytes, others, byteCount) == 0
            }
        }
    }

    /// Refuses a passphrase that is too short for a new file.
    func checkNew() throws(KeyStoreError) {
        guard byteCount >= Self.newByteCountMin else { throw .passphraseTooShort }
    }

    /// The key that opens a file with this salt.
    ///
    /// - Throws: `notEnoughMemory`.
    func key(salt: [UInt8], cost: PassphraseCost) throws(KeyStoreError) -> SecretBuffer {
        precondition(salt.count == crypto_pwhash_saltbytes(), "the salt has the length of Argon2id")
        return unsafe try buffer.withUnsafePointer { (bytes) throws(KeyStoreError) in
            let keyByteCount = 32
            return unsafe try SecretBuffer(byteCount: keyByteCount) {
                (key) throws(KeyStoreError) in
                let result = unsafe bytes.withMemoryRebound(to: CChar.self, capacity: byteCount) {
                    passphrase in
                    unsafe crypto_pwhash(
                        key,
                        UInt64(keyByteCount),
                        passphrase,
                        UInt64(byteCount),
                        salt,
                        UInt64(cost.passes),
                        Int(cost.memoryBytes),
                        crypto_pwhash_alg_argon2id13()
                    )
                }
                guard result == 0 else { throw .notEnoughMemory(bytes: cost.memoryBytes) }
            }
        }
    }
}
