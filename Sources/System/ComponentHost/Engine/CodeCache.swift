internal import Cryptography
internal import Glibc
internal import Platform

/// Compiled programs on disk, for the next start.
///
/// They are native code, so only files that this node wrote are loaded: each ends with a mark that needs the
/// cache's own key, a file that only the node's user may read. A file that fails is as good as none.
///
/// A file is named by SHA-256 of the program and of how it was compiled. It has 8 bytes `PXCODE01`, the code,
/// and HMAC-SHA-256 (32 bytes) of the name and SHA-256 of the code.
struct CodeCache: Sendable {
    private static let head = Array("PXCODE01".utf8)
    private static let markCount = 32
    private static let keyName = "cache.key"

    private let path: String
    private let key: [UInt8]

    /// Opens a directory, which is made first if it is missing.
    ///
    /// - Throws: `platform`.
    init(path: String) throws(ComponentError) {
        self.path = path
        do throws(PlatformError) {
            if unsafe mkdir(path, 0o700) != 0, errno != EEXIST {
                throw .failed(.create, path: path, code: errno)
            }
            key = try Self.key(in: path)
        } catch {
            throw .platform(error)
        }
    }

    /// The cache's key; a new one is made if there is none, or none that can be used.
    private static func key(in path: String) throws(PlatformError) -> [UInt8] {
        let name = path + "/" + keyName
        if unsafe access(name, F_OK) == 0 {
            var status = stat()
            if unsafe lstat(name, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                status.st_mode & 0o077 == 0, status.st_uid == geteuid()
            {
                let key = try WholeFile.read(name)
                if key.count == markCount { return key }
            }
        }
        let key = SystemRandom.bytes(markCount)
        try write(key, to: name)
        // Two processes may have made keys at once: the one whose file stays is right.
        return try WholeFile.read(name)
    }

    /// A file that is there whole or not at all, and that only its owner may read.
    private static func write(_ bytes: [UInt8], to name: String) throws(PlatformError) {
        let temporary = name + "." + Hex.encode(SystemRandom.bytes(8))
        let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .failed(.create, path: temporary, code: errno) }
        close(file)
        do throws(PlatformError) {
            try WholeFile.write(bytes, to: temporary)
            guard unsafe rename(temporary, name) == 0 else {
                throw .failed(.rename, path: temporary, code: errno)
            }
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
    }

    /// The name of a program's file.
    static func name(of wasm: [UInt8], fingerprint: String) -> String {
        let digest = unsafe AcceleratedSHA256.hash(of: wasm.span.bytes).bytes
        let both = digest + Array(fingerprint.utf8)
        return unsafe AcceleratedSHA256.hash(of: both.span.bytes).hex
    }

    private func mark(_ name: String, _ code: RawSpan) -> [UInt8] {
        HMAC.sha256(key: key, Array(name.utf8) + AcceleratedSHA256.hash(of: code).bytes).bytes
    }

    /// The code of that name; none if there is none that this node wrote.
    func code(_ name: String) -> [UInt8]? {
        let file = path + "/" + name
        guard unsafe access(file, R_OK) == 0 else { return nil }
        let bytes: [UInt8]
        do throws(PlatformError) { bytes = try WholeFile.read(file) } catch {
            // What cannot be read is compiled again.
            return nil
        }
        let end = bytes.count - Self.markCount
        guard bytes.starts(with: Self.head), end >= Self.head.count else { return nil }
        let code = Array(bytes[Self.head.count..<end])
        var difference: UInt8 = 0
        for (left, right) in unsafe zip(mark(name, code.span.bytes), bytes[end...]) {
            difference |= left ^ right
        }
        return difference == 0 ? code : nil
    }

    /// Keeps code for the next start.
    ///
    /// - Returns: Whether it was kept. A full disk costs time at the next start, and nothing else.
    @discardableResult func keep(_ code: [UInt8], as name: String) -> Bool {
        do throws(PlatformError) {
            let mark = unsafe mark(name, code.span.bytes)
            try Self.write(Self.head + code + mark, to: path + "/" + name)
            return true
        } catch {
            return false
        }
    }

    /// Removes a file whose code the library did not take.
    func remove(_ name: String) { _ = unsafe unlink(path + "/" + name) }
}
