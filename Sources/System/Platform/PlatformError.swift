internal import Glibc

/// Why the operating system did not do what it was asked.
public enum PlatformError: Error, Equatable, Sendable {
    /// A call failed.
    case failed(Operation, path: String, code: Int32)
    /// The file ends before `offset`, where more was expected.
    case endOfFile(path: String, offset: UInt64)
    /// Another process or another opening of the same directory holds the lock.
    case locked(path: String)

    /// What was asked for.
    public enum Operation: String, Sendable {
        /// Opening something that exists.
        case open
        /// Making something new.
        case create
        /// Reading.
        case read
        /// Writing.
        case write
        /// Making written data durable.
        case sync
        /// Asking for the size.
        case size
        /// Changing the size.
        case truncate
        /// Listing a directory.
        case list
        /// Renaming.
        case rename
        /// Removing.
        case remove
        /// Locking.
        case lock
        /// Listening on an address.
        case listen
        /// Connecting to an address.
        case connect
        /// Taking a connection.
        case accept
        /// Starting a thread.
        case startThread = "start thread"
        /// Starting a process.
        case startProcess = "start process"
    }

    /// Whether the call failed because something does not exist.
    public var isNotFound: Bool {
        if case .failed(_, _, let code) = self { code == ENOENT } else { false }
    }

    /// Whether the call failed because the device or the quota is full.
    public var isNoSpace: Bool {
        if case .failed(_, _, let code) = self { code == ENOSPC || code == EDQUOT } else { false }
    }
}

extension PlatformError: CustomStringConvertible {
    /// One line: the path, the operation and what the system says.
    public var description: String {
        switch self {
        case .failed(let operation, let path, let code):
            "\(path): cannot \(operation.rawValue): \(Self.text(of: code))"
        case .endOfFile(let path, let offset):
            "\(path): ends before offset \(offset)"
        case .locked(let path):
            "\(path): in use by another process"
        }
    }

    private static func text(of code: Int32) -> String {
        // The longest message of glibc has 50 characters.
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let base = buffer.baseAddress,
                unsafe strerror_r(code, base, buffer.count) == 0
            else { return "error \(code)" }
            return unsafe String(cString: base)
        }
    }
}
