internal import CCurl
internal import Synchronization

/// A client of HTTP that waits for its answers, by the library libcurl.
///
/// It keeps the connections to servers it has asked open for the next request. It follows no redirects, uses
/// no proxy, sends no cookies, and speaks `http` and `https` only. Requests of several threads are made one after
/// another: whoever asks several servers at once has a client for each.
@safe public final class HTTPClient: @unchecked Sendable {
    // The handle is used by one thread at a time, which the lock sees to; the compiler cannot know that.

    /// What the client waits for and takes at most.
    public struct Limits: Equatable, Sendable {
        /// To be connected.
        public var connectMilliseconds = 3_000
        /// For the whole request and its answer.
        public var totalMilliseconds = 10_000
        /// Bytes of the answer's body.
        public var bodyBytesMax = 1 << 20
        /// Bytes of the answer's head.
        public var headBytesMax = 64 << 10

        /// Makes the standard limits.
        public init() {}
    }

    /// What the server answered.
    public struct Answer: Equatable, Sendable {
        /// The status.
        public let status: Int
        /// The value of the header field `Content-Type`; none without it.
        public let contentType: String?
        /// The body.
        public let body: [UInt8]
    }

    private let limits: Limits
    private let handle: UnsafeMutableRawPointer
    private let lock = Mutex<Void>(())

    /// Makes a client.
    ///
    /// - Throws: `HTTPError.failed` when the library has no memory.
    public init(limits: Limits = Limits()) throws(HTTPError) {
        guard Self.isLibraryReady, let handle = unsafe curl_easy_init() else {
            throw .failed(url: "libcurl", reason: "cannot be started")
        }
        self.limits = limits
        unsafe self.handle = handle
    }

    deinit { unsafe curl_easy_cleanup(handle) }

    /// The library must be started once, before all else and by one thread.
    static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Asks for what a URL names.
    ///
    /// - Parameters:
    ///   - url: The URL.
    ///   - bearer: The token that is shown to the server (RFC 6750); none if it asks for none.
    /// - Returns: The answer.
    /// - Throws: `HTTPError` when there is no answer; one with any status is an answer.
    public func get(_ url: String, bearer: String? = nil) throws(HTTPError) -> Answer {
        try send(url, body: nil, contentType: nil, bearer)
    }

    /// Sends a body to a URL.
    ///
    /// - Parameters:
    ///   - url: The URL.
    ///   - body: What is sent.
    ///   - contentType: What it is.
    ///   - bearer: The token that is shown to the server (RFC 6750); none if it asks for none.
    /// - Returns: The answer.
    /// - Throws: `HTTPError` when there is no answer; one with any status is an answer.
    public func post(
        _ url: String,
        body: [UInt8],
        contentType: String,
        bearer: String? = nil
    ) throws(HTTPError) -> Answer {
        try send(url, body: body, contentType: contentType, bearer)
    }

    private func send(
        _ url: String,
        body: [UInt8]?,
        contentType: String?,
        _ bearer: String?
    ) throws(HTTPError) -> Answer {
        let isGraphic = { (byte: UInt8) in byte > 0x20 && byte < 0x7f }
        guard url.hasPrefix("http://") || url.hasPrefix("https://"),
            url.utf8.allSatisfy(isGraphic)
        else { throw .invalidURL(url) }
        // The token is not repeated in the error.
        if let bearer, !bearer.utf8.allSatisfy(isGraphic) { throw .invalidURL(url) }
        return try lock.withLock { _ throws(HTTPError) in
            try perform(url, body, contentType, bearer)
        }
    }

    private func perform(
        _ url: String,
        _ body: [UInt8]?,
        _ contentType: String?,
        _ bearer: String?
    ) throws(HTTPError) -> Answer {
        // Connections outlive the reset, options do not.
        unsafe curl_easy_reset(handle)
        let received = ReceivedAnswer(
            bodyBytesMax: limits.bodyBytesMax,
            headBytesMax: limits.headBytesMax
        )
        setOptions(url)
        unsafe received.attach(to: handle)
        var list: UnsafeMutablePointer<curl_slist>?
        defer { unsafe curl_slist_free_all(list) }
        if let bearer {
            unsafe list = curl_slist_append(list, "Authorization: Bearer " + bearer)
            _ = unsafe ccurl_set_list(handle, CURLOPT_HTTPHEADER, list)
        }
        if let body {
            // An empty field keeps libcurl from waiting for `100 Continue` and from naming a type itself.
            for line in ["Expect:", "Content-Type: " + (contentType ?? "text/plain")] {
                unsafe list = curl_slist_append(list, line)
            }
            _ = unsafe ccurl_set_list(handle, CURLOPT_HTTPHEADER, list)
            _ = unsafe ccurl_set_size(
                handle,
                CURLOPT_POSTFIELDSIZE_LARGE,
                curl_off_t(body.count)
            )
            unsafe body.withUnsafeBytes { bytes in
                let text = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                _ = unsafe ccurl_set_text(handle, CURLOPT_COPYPOSTFIELDS, text)
            }
            if body.isEmpty { _ = unsafe ccurl_set_text(handle, CURLOPT_COPYPOSTFIELDS, "") }
        }
        let code = withExtendedLifetime(received) { unsafe curl_easy_perform(handle) }
        switch code {
        case CURLE_OK: break
        case CURLE_OPERATION_TIMEDOUT: throw .timedOut(url: url)
        case _ where received.isTooLarge: throw .tooLarge(url: url, limit: limits.bodyBytesMax)
        default:
            throw unsafe .failed(url: url, reason: String(cString: curl_easy_strerror(code)))
        }
        return unsafe Answer(
            status: Int(ccurl_response_code(handle)),
            contentType: received.fields.first { field in field.name == "content-type" }?.value,
            body: received.body
        )
    }

    private func setOptions(_ url: String) {
        _ = unsafe ccurl_set_text(handle, CURLOPT_URL, url)
        _ = unsafe ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        // The environment must not decide where checkpoints go.
        _ = unsafe ccurl_set_text(handle, CURLOPT_PROXY, "")
        _ = unsafe ccurl_set_text(handle, CURLOPT_USERAGENT, "parallax")
        for (option, value) in [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0),
            (CURLOPT_CONNECTTIMEOUT_MS, limits.connectMilliseconds),
            (CURLOPT_TIMEOUT_MS, limits.totalMilliseconds),
        ] {
            _ = unsafe ccurl_set_number(handle, option, value)
        }
    }
}
