/// The form of a request's head, checked to the byte before it is parsed (RFC 9112 §2.2, §3, §5).
///
/// The parser forgives what was common once: line feeds alone, folded lines, blanks before colons. Where two
/// servers in a row forgive differently, one request becomes two. So nothing of it gets that far.
enum HeadForm {
    /// Checks a head from the request line to the blank line, both included.
    static func check(_ head: ArraySlice<UInt8>, limits: HTTPLimits) throws(RequestFault) {
        var start = head.startIndex
        var fieldCount = -1
        while true {
            guard let end = endOfLine(head, from: start) else { throw .malformed }
            let line = head[start..<end]
            start = end + 2
            if line.isEmpty { break }
            fieldCount += 1
            guard fieldCount <= limits.headerCountMax else { throw .tooManyHeaders }
            if fieldCount == 0 {
                try checkRequestLine(line, limits)
            } else {
                try checkField(line)
            }
        }
        guard fieldCount >= 0, start == head.endIndex else { throw .malformed }
    }

    /// Where the line ends that starts there; none if it has a stray CR or LF, or no end.
    private static func endOfLine(_ bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < bytes.endIndex {
            if bytes[index] == lineFeed { return nil }
            if bytes[index] == carriageReturn {
                let next = index + 1
                return next < bytes.endIndex && bytes[next] == lineFeed ? index : nil
            }
            index += 1
        }
        return nil
    }

    /// Method, target and version, with one blank between them.
    private static func checkRequestLine(
        _ line: ArraySlice<UInt8>,
        _ limits: HTTPLimits
    ) throws(RequestFault) {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3, isToken(parts[0]), !parts[1].isEmpty else { throw .malformed }
        guard parts[1].count <= limits.targetBytesMax else { throw .targetTooLong }
        let isGraphic = { (byte: UInt8) in byte > 0x20 && byte < 0x7f }
        guard parts[1].allSatisfy(isGraphic) else { throw .malformed }
        let version = Array(parts[2])
        guard version.count == 8, version.starts(with: Array("HTTP/".utf8)),
            version[6] == UInt8(ascii: ".")
        else { throw .malformed }
        guard version[5] == UInt8(ascii: "1"),
            version[7] == UInt8(ascii: "1") || version[7] == UInt8(ascii: "0")
        else { throw .unsupportedVersion }
    }

    /// A name that is a token, the colon at once behind it, and a value without control characters.
    static func checkField(_ line: ArraySlice<UInt8>) throws(RequestFault) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), isToken(line[..<colon]),
            line[(colon + 1)...].allSatisfy(isValueByte)
        else { throw .malformed }
    }

    /// Whether bytes are a token (RFC 9110 §5.6.2).
    static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy(isTokenByte)
    }

    /// Whether a byte may stand in the value of a field.
    static func isValueByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\t") || byte >= 0x20 && byte != 0x7f
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
            UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
            UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

let carriageReturn: UInt8 = 0x0d
let lineFeed: UInt8 = 0x0a

/// Why a request is refused before any handler sees it.
enum RequestFault: Error, Equatable {
    /// It is not HTTP/1.1, leaves open where it ends, or has a coding other than `chunked`.
    case malformed
    /// It took too long.
    case timedOut
    /// Its body is too large.
    case bodyTooLarge
    /// Its target is too long.
    case targetTooLong
    /// It expects something else than `100-continue`.
    case unknownExpectation
    /// Its head is too large.
    case headTooLarge
    /// It has too many header fields.
    case tooManyHeaders
    /// Too many bodies are on their way.
    case tooBusy
    /// It is of another version than 1.0 and 1.1.
    case unsupportedVersion

    var status: Int {
        switch self {
        case .malformed: 400
        case .timedOut: 408
        case .bodyTooLarge: 413
        case .targetTooLong: 414
        case .unknownExpectation: 417
        case .headTooLarge, .tooManyHeaders: 431
        case .tooBusy: 503
        case .unsupportedVersion: 505
        }
    }
}
