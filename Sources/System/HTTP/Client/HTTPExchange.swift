internal import CCurl

/// One request with any method and fields, for programs that are not trusted.
///
/// Every exchange has a connection of its own, so that none sees what another one left. It follows no redirects,
/// uses no proxy and no cookies, and speaks `http` and `https` only. The address is checked when the connection is
/// made, after the name was resolved, so a name that changes its address gains nothing.
public struct HTTPExchange: Sendable {
    /// What is asked.
    public struct Request: Equatable, Sendable {
        /// The method: letters only.
        public var method: String
        /// The URL of `http` or `https`, without blanks and control characters.
        public var url: String
        /// The fields, in order; names and values without line ends.
        public var fields: [(name: String, value: String)] = []
        /// The body.
        public var body: [UInt8] = []

        /// Makes a request without fields and body.
        public init(method: String, url: String) {
            self.method = method
            self.url = url
        }

        /// Whether two requests are the same.
        public static func == (left: Request, right: Request) -> Bool {
            left.method == right.method && left.url == right.url && left.body == right.body
                && left.fields.elementsEqual(right.fields) { $0 == $1 }
        }
    }

    /// What the server answered.
    public struct Answer: Sendable {
        /// The status.
        public var status: Int
        /// The fields, in order, without those of the transfer itself.
        public var fields: [(name: String, value: String)]
        /// The body, whole.
        public var body: [UInt8]
    }

    /// Why there is no answer.
    public enum Failure: Error, Equatable, Sendable {
        /// The URL, the method or a field is none.
        case invalid
        /// Nobody knows the name.
        case unknownHost
        /// The address is one of this machine, of a private network, or otherwise not public.
        case privateAddress
        /// The server takes no connection.
        case refused
        /// No answer in time.
        case timedOut
        /// The answer has more bytes than it may.
        case tooLarge
        /// Anything else, in the library's words.
        case failed(String)
    }

    /// Whether addresses of this machine and of private networks are asked as well.
    public var mayBePrivate: Bool
    /// Milliseconds for all of it.
    public var milliseconds: Int
    /// Bytes of the answer's body.
    public var bodyBytesMax: Int
    /// Bytes of the answer's head.
    public var headBytesMax = 64 << 10

    /// Makes an exchange.
    public init(mayBePrivate: Bool, milliseconds: Int, bodyBytesMax: Int) {
        self.mayBePrivate = mayBePrivate
        self.milliseconds = milliseconds
        self.bodyBytesMax = bodyBytesMax
    }

    /// Sends a request and waits for the answer.
    ///
    /// - Parameter request: What is asked.
    /// - Returns: The answer, whatever its status is.
    /// - Throws: `Failure` when there is none.
    public func send(_ request: Request) throws(Failure) -> Answer {
        guard Self.isValid(request), HTTPClient.isLibraryReady else { throw .invalid }
        guard let handle = unsafe curl_easy_init() else { throw .failed("no memory") }
        defer { unsafe curl_easy_cleanup(handle) }
        let received = ReceivedAnswer(bodyBytesMax: bodyBytesMax, headBytesMax: headBytesMax)
        let keeper = Gatekeeper(mayBePrivate: mayBePrivate)
        unsafe setOptions(handle, request)
        unsafe received.attach(to: handle)
        var list: UnsafeMutablePointer<curl_slist>?
        defer { unsafe curl_slist_free_all(list) }
        // An empty field removes one that libcurl would send by itself.
        var lines = ["Expect:", "Content-Type:"]
        for field in request.fields {
            if field.name.lowercased() == "content-type" {
                lines.removeAll { $0 == "Content-Type:" }
            }
            // A field with an empty value is written with a semicolon.
            lines.append(field.value.isEmpty ? field.name + ";" : field.name + ": " + field.value)
        }
        for line in lines { unsafe list = curl_slist_append(list, line) }
        _ = unsafe ccurl_set_list(handle, CURLOPT_HTTPHEADER, list)
        var gate = unsafe Self.gate(Unmanaged.passUnretained(keeper).toOpaque())
        let code = withExtendedLifetime((received, keeper)) {
            unsafe withUnsafeMutablePointer(to: &gate) { gate in
                let isGuarded = unsafe ccurl_set_gate(handle, gate) == CURLE_OK
                return unsafe isGuarded ? curl_easy_perform(handle) : CURLE_FAILED_INIT
            }
        }
        try Self.check(code, received, keeper)
        return Answer(
            status: unsafe ccurl_response_code(handle),
            fields: received.fields,
            body: received.body
        )
    }

    private static func isValid(_ request: Request) -> Bool {
        let isLetter = { (byte: UInt8) in
            (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        }
        let isGraphic = { (byte: UInt8) in byte > 0x20 && byte < 0x7f }
        let isPrintable = { (byte: UInt8) in byte == 9 || (byte >= 0x20 && byte < 0x7f) }
        let areFields = request.fields.allSatisfy { field in
            !field.name.isEmpty && field.name.utf8.allSatisfy(isGraphic)
                && !field.name.contains(":") && field.value.utf8.allSatisfy(isPrintable)
        }
        return !request.method.isEmpty && request.method.utf8.allSatisfy(isLetter)
            && (request.url.hasPrefix("http://") || request.url.hasPrefix("https://"))
            && request.url.utf8.allSatisfy(isGraphic) && areFields
    }

    private func setOptions(
        _ handle: UnsafeMutableRawPointer,
        _ request: Request
    ) {
        _ = unsafe ccurl_set_text(handle, CURLOPT_URL, request.url)
        _ = unsafe ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = unsafe ccurl_set_text(handle, CURLOPT_PROXY, "")
        // Not "..": paths are the program's own, and the host list knows none.
        for (option, value) in [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_PATH_AS_IS, 1),
            (CURLOPT_CONNECTTIMEOUT_MS, milliseconds), (CURLOPT_TIMEOUT_MS, milliseconds),
            (CURLOPT_FORBID_REUSE, 1),
        ] {
            _ = unsafe ccurl_set_number(handle, option, value)
        }
        if request.method == "HEAD" { _ = unsafe ccurl_set_number(handle, CURLOPT_NOBODY, 1) }
        let hasBody = !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method)
        if hasBody {
            let count = curl_off_t(request.body.count)
            _ = unsafe ccurl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, count)
            unsafe request.body.withUnsafeBytes { bytes in
                let text = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                if request.body.isEmpty {
                    _ = unsafe ccurl_set_text(handle, CURLOPT_COPYPOSTFIELDS, "")
                } else {
                    _ = unsafe ccurl_set_text(handle, CURLOPT_COPYPOSTFIELDS, text)
                }
            }
        }
        _ = unsafe ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method)
    }

    /// Lets connections be made to the addresses that may be asked.
    private static func gate(_ context: UnsafeMutableRawPointer) -> ccurl_gate {
        unsafe ccurl_gate(
            admits: { context, address, count in
                guard let context = unsafe context else { return 0 }
                let keeper = unsafe Unmanaged<Gatekeeper>.fromOpaque(context).takeUnretainedValue()
                let bytes = unsafe UnsafeRawBufferPointer(start: address, count: count)
                if unsafe keeper.mayBePrivate || PublicAddress.isPublic([UInt8](bytes)) {
                    return 1
                }
                keeper.isPrivate = true
                return 0
            },
            context: context
        )
    }

    private static func check(
        _ code: CURLcode,
        _ received: ReceivedAnswer,
        _ keeper: Gatekeeper
    ) throws(Failure) {
        switch code {
        case CURLE_OK: return
        case _ where received.isTooLarge: throw .tooLarge
        case _ where keeper.isPrivate: throw .privateAddress
        case CURLE_OPERATION_TIMEDOUT: throw .timedOut
        case CURLE_COULDNT_RESOLVE_HOST: throw .unknownHost
        case CURLE_COULDNT_CONNECT: throw .refused
        case CURLE_URL_MALFORMAT: throw .invalid
        default: throw .failed(unsafe String(cString: curl_easy_strerror(code)))
        }
    }

    /// Which addresses may be asked, and whether another one was wanted.
    private final class Gatekeeper {
        let mayBePrivate: Bool
        var isPrivate = false

        init(mayBePrivate: Bool) { self.mayBePrivate = mayBePrivate }
    }
}
