public import Platform

/// Why a key or passphrase could not be used; no case holds anything secret.
public enum KeyStoreError: Error, Equatable, Sendable {
    /// The system did not do what it was asked.
    case platform(PlatformError)
    /// There is a file of that name already; key files are never overwritten.
    case exists(path: String)
    /// Others than the owner may read, write or execute the file; `mode` has its permission bits.
    case tooPermissive(path: String, mode: UInt32)
    /// The path names a directory or a device, not a file or a pipe.
    case notFile(path: String)
    /// The file does not start like a sealed key, or is much too long for one.
    case notKeyFile(path: String)
    /// The file has a version that this program does not know.
    case unsupportedVersion(path: String, version: UInt8)
    /// The file ends after `found` bytes, where `expected` or more are needed.
    case truncated(path: String, expected: Int, found: Int)
    /// The file's checksum or contents are wrong.
    case damaged(path: String)
    /// Opening the file would take more time or memory than any file that this program makes.
    case excessiveCost(path: String)
    /// The system has not the memory that opening or sealing takes.
    case notEnoughMemory(bytes: UInt64)
    /// The passphrase is not that of the file, or somebody changed the file on purpose.
    case wrongPassphrase(path: String)
    /// The file holds a key of another kind.
    case wrongKind(path: String, expected: KeyKind, found: KeyKind)
    /// A key of this kind cannot be used or made in this way.
    case unsuitableKind(KeyKind)
    /// The name cannot be that of such a key; `reason` says why.
    case badName(reason: String)
    /// The secret bytes are no share of a key, or its index is zero.
    case badShare
    /// The passphrase has fewer bytes than a new one must have.
    case passphraseTooShort
    /// The passphrase has more bytes than one may have.
    case passphraseTooLong
    /// There is no terminal on which a passphrase could be typed.
    case noTerminal
    /// Whoever was to type a passphrase pressed Control-C or ended the input.
    case cancelled
}

extension KeyStoreError: CustomStringConvertible {
    /// One line: what is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .platform(let error): error.description
        case .exists(let path):
            "\(path): exists already and is not overwritten; choose another name or move it away"
        case .tooPermissive(let path, let mode):
            "\(path): has the mode 0\(String(mode, radix: 8)), so others may use it; "
                + "run chmod 600 on it, and think about who has read it"
        case .notFile(let path): "\(path): is neither a file nor a pipe; name a file"
        case .notKeyFile(let path):
            "\(path): is not a sealed key; name a file that \"parallax keys generate\" made"
        case .unsupportedVersion(let path, let version):
            "\(path): is a sealed key of version \(version), and this program knows version "
                + "\(KeyFile.version); use a newer program"
        case .truncated(let path, let expected, let found):
            "\(path): ends after \(found) bytes of at least \(expected); restore it from a copy"
        case .damaged(let path): "\(path): is damaged; restore it from a copy"
        case .excessiveCost(let path):
            "\(path): asks for more memory or time than any key of this program; do not trust it"
        case .notEnoughMemory(let bytes):
            "sealing a key takes \(bytes >> 20) MiB of memory, and they are not free; free some"
        case .wrongPassphrase(let path):
            "\(path): the passphrase is wrong, or the file was changed on purpose"
        case .wrongKind(let path, let expected, let found):
            "\(path): holds a key of the kind \(found), not \(expected); name another file"
        case .unsuitableKind(let kind): "a key of the kind \(kind) cannot be used for this"
        case .badName(let reason): "the name of a key \(reason)"
        case .badShare: "the bytes are no share of a key; make the share again"
        case .passphraseTooShort:
            "the passphrase is too short; give at least \(Passphrase.newByteCountMin) bytes"
        case .passphraseTooLong:
            "the passphrase is too long; give at most \(Passphrase.byteCountMax) bytes"
        case .noTerminal: "there is no terminal to type a passphrase on; give it in a file"
        case .cancelled: "no passphrase was typed"
        }
    }
}
