internal import Glibc

/// Standard output or standard error of this process.
public enum StandardStream: Int32, Sendable {
    /// What the user asked for.
    case output = 1
    /// What the user should know besides.
    case errors = 2

    /// Whether somebody looks at it: it is a terminal.
    public var isTerminal: Bool { isatty(rawValue) == 1 }

    /// How many characters fit into a line; 80 where nobody can say.
    public var columns: Int {
        var size = winsize()
        guard unsafe ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return 80
        }
        return Int(size.ws_col)
    }

    /// Writes all of a text; what cannot be written because the reader went away is dropped.
    public func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let rest = bytes.count - written
                let count = unsafe Glibc.write(
                    rawValue,
                    bytes.baseAddress.map { unsafe $0 + written },
                    rest
                )
                if count < 0 && errno != EINTR { return }
                written += max(count, 0)
            }
        }
    }
}
