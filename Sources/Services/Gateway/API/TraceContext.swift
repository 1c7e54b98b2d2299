public import Platform

/// Where a request belongs in a distributed trace (W3C Trace Context), and its own name here.
public struct TraceContext: Equatable, Sendable {
    /// 32 hexadecimal digits: the whole trace.
    public let trace: String
    /// 16 hexadecimal digits: this request in it, and the request's name in answers.
    public let span: String
    /// Whether the caller keeps the trace.
    public let isSampled: Bool

    /// Continues the trace that a `traceparent` names, or begins one if there is none or it is not well formed.
    ///
    /// - Parameters:
    ///   - parent: The value of the header field.
    ///   - random: Where new names come from.
    public init(
        parent: String?,
        random: () -> UInt64 = { SystemRandom.word() }
    ) {
        if let parent, let (trace, flags) = Self.read(parent) {
            self.trace = trace
            isSampled = flags & 1 == 1
        } else {
            trace = Self.digits(random()) + Self.digits(random() | 1)
            isSampled = false
        }
        span = Self.digits(random() | 1)
    }

    /// The value of `traceparent` for the answer and for what is called meanwhile.
    public var header: String { "00-\(trace)-\(span)-\(isSampled ? "01" : "00")" }

    /// Trace and flags of a header (W3C Trace Context §3.2.2); none if it must be ignored.
    private static func read(_ text: String) -> (String, UInt8)? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, let version = number(parts[0], count: 2), version != 0xFF,
            version != 0 || parts.count == 4,
            number(parts[2], count: 16) ?? 0 != 0, let flags = number(parts[3], count: 2)
        else { return nil }
        let trace = parts[1]
        guard trace.utf8.count == 32,
            let high = number(trace.prefix(16), count: 16),
            let low = number(trace.suffix(16), count: 16), high | low != 0
        else { return nil }
        return (String(trace), UInt8(truncatingIfNeeded: flags))
    }

    /// The value of exactly so many lower-case hexadecimal digits.
    private static func number(_ text: Substring, count: Int) -> UInt64? {
        guard text.utf8.count == count else { return nil }
        var value: UInt64 = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"):
                value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }

    private static func digits(_ word: UInt64) -> String {
        let text = String(word, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}
