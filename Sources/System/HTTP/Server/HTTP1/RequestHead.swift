internal import CHTTPParser

/// What stands before the body of a request, parsed by the library http-parser.
struct RequestHead: Equatable {
    /// How the body ends (RFC 9112 §6).
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
    }

    let method: String
    let path: String
    let query: String?
    let headers: HTTPHeaders
    let framing: Framing
    /// Whether the connection stays open after the answer.
    let keepsAlive: Bool
    /// Whether the client waits for the word to send the body.
    let expectsContinue: Bool
    /// Whether it is of version 1.1, not 1.0.
    let isVersion11: Bool

    /// Parses a head that ends with its blank line.
    init(parsing head: ArraySlice<UInt8>, limits: HTTPLimits) throws(RequestFault) {
        try HeadForm.check(head, limits: limits)
        let parsed = ParsedHead()
        guard parsed.parse(head) else { throw .malformed }
        method = parsed.method
        headers = parsed.headers
        // Version 1.0 has its own word for staying open, which is not worth keeping.
        isVersion11 = parsed.minorVersion == 1
        keepsAlive = parsed.keepsAlive && isVersion11
        (path, query) = try Self.split(parsed.target)
        // Without exactly one host two servers could take a request for two different places (RFC 9112 §3.2).
        let hostCount = headers.values("host").count
        guard hostCount == 1 || hostCount == 0 && parsed.minorVersion == 0 else { throw .malformed }
        framing = try Self.framing(headers, parsed, limits)
        let expectations = headers.values("expect")
        guard expectations.allSatisfy({ $0.lowercased() == "100-continue" }) else {
            throw .unknownExpectation
        }
        expectsContinue = !expectations.isEmpty && framing != .none && parsed.minorVersion == 1
    }

    /// How the body ends, if that is clear beyond doubt (RFC 9112 §6.1, §6.3).
    private static func framing(
        _ headers: HTTPHeaders,
        _ parsed: ParsedHead,
        _ limits: HTTPLimits
    ) throws(RequestFault) -> Framing {
        let lengths = headers.values("content-length")
        let codings = headers.values("transfer-encoding")
        if !codings.isEmpty {
            guard lengths.isEmpty, parsed.minorVersion == 1, codings.count == 1,
                codings[0].lowercased() == "chunked"
            else { throw .malformed }
            return .chunked
        }
        guard let text = lengths.first else { return .none }
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard lengths.count == 1, text.utf8.allSatisfy(isDigit), let length = UInt64(text),
            length == parsed.contentLength
        else { throw .malformed }
        guard length <= UInt64(limits.bodyBytesMax) else { throw .bodyTooLarge }
        return length == 0 ? .none : .length(Int(length))
    }

    /// Path and query of a target in origin form, or in absolute form, whose authority is ignored.
    private static func split(
        _ target: String
    ) throws(RequestFault) -> (path: String, query: String?) {
        var rest = target[...]
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            rest = rest.firstIndex { $0 == "/" || $0 == "?" }.map { rest[$0...] } ?? "/"
            if rest.first == "?" { rest = "/" + rest }
        }
        guard rest.first == "/", !rest.contains("#") else { throw .malformed }
        guard let mark = rest.firstIndex(of: "?") else { return (String(rest), nil) }
        return (String(rest[..<mark]), String(rest[rest.index(after: mark)...]))
    }
}

/// What http-parser reports about one head.
private final class ParsedHead {
    private(set) var method = ""
    private(set) var headers = HTTPHeaders()
    private(set) var keepsAlive = false
    private(set) var minorVersion = 0
    private(set) var contentLength: UInt64 = 0
    private var targetBytes: [UInt8] = []
    private var name: [UInt8] = []
    private var value: [UInt8] = []
    private var isInValue = false
    private var isComplete = false

    var target: String { String(decoding: targetBytes, as: UTF8.self) }

    /// Whether the library accepts the whole head.
    func parse(_ head: ArraySlice<UInt8>) -> Bool {
        var settings = http_parser_settings()
        unsafe http_parser_settings_init(&settings)
        unsafe settings.on_url = { parser, bytes, count in
            unsafe ParsedHead.of(parser)?.addTarget(
                UnsafeRawBufferPointer(start: bytes, count: count)
            )
            return 0
        }
        unsafe settings.on_header_field = { parser, bytes, count in
            unsafe ParsedHead.of(parser)?.addName(
                UnsafeRawBufferPointer(start: bytes, count: count)
            )
            return 0
        }
        unsafe settings.on_header_value = { parser, bytes, count in
            unsafe ParsedHead.of(parser)?.addValue(
                UnsafeRawBufferPointer(start: bytes, count: count)
            )
            return 0
        }
        unsafe settings.on_headers_complete = { parser in
            unsafe ParsedHead.of(parser)?.complete(parser)
            return 0
        }
        var parser = unsafe http_parser()
        unsafe http_parser_init(&parser, HTTP_REQUEST)
        unsafe parser.data = Unmanaged.passUnretained(self).toOpaque()
        let consumed = unsafe head.withUnsafeBytes { bytes in
            unsafe http_parser_execute(
                &parser,
                &settings,
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                bytes.count
            )
        }
        // Whether a wish for another protocol is granted is decided elsewhere; a tunnel never is.
        return unsafe isComplete && consumed == head.count && parser.http_errno == 0
            && parser.method != HTTP_CONNECT.rawValue
    }

    private static func of(_ parser: UnsafeMutablePointer<http_parser>?) -> ParsedHead? {
        guard let data = unsafe parser?.pointee.data else { return nil }
        return unsafe Unmanaged<ParsedHead>.fromOpaque(data).takeUnretainedValue()
    }

    private func addTarget(_ bytes: UnsafeRawBufferPointer) { unsafe targetBytes += bytes }

    private func addName(_ bytes: UnsafeRawBufferPointer) {
        if isInValue { endField() }
        unsafe name += bytes
    }

    private func addValue(_ bytes: UnsafeRawBufferPointer) {
        isInValue = true
        unsafe value += bytes
    }

    private func endField() {
        while let last = value.last, last == 0x20 || last == 0x09 { value.removeLast() }
        headers.addRead(
            String(decoding: name, as: UTF8.self).lowercased(),
            String(decoding: value, as: UTF8.self)
        )
        name = []
        value = []
        isInValue = false
    }

    private func complete(_ parser: UnsafeMutablePointer<http_parser>?) {
        if !name.isEmpty { endField() }
        guard let parser = unsafe parser else { return }
        method = unsafe String(cString: http_method_str(http_method(parser.pointee.method)))
        keepsAlive = unsafe http_should_keep_alive(parser) != 0
        minorVersion = unsafe Int(parser.pointee.http_minor)
        contentLength = unsafe parser.pointee.content_length
        isComplete = true
    }
}
