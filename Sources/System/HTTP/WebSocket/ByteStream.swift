internal import CCurl
internal import Glibc
internal import Platform

/// A connection over TCP, with TLS where the URL says so, made by the library libcurl.
///
/// libcurl checks the server's certificate against the system's roots, or against those of a file that is given.
@safe final class ByteStream {
    private let handle: UnsafeMutableRawPointer
    private let socket: Int32
    private let url: String

    /// What a wait ended with.
    enum Wake {
        case ready
        case interrupted
        case timedOut
    }

    init(
        _ target: WebSocketHandshake.Target,
        url: String,
        connectMilliseconds: Int,
        trustedRootsPath: String?
    ) throws(WebSocketError) {
        guard HTTPClient.isLibraryReady, let handle = unsafe curl_easy_init() else {
            throw .cannotConnect(url: url, reason: "libcurl cannot be started")
        }
        _ = unsafe ccurl_set_text(handle, CURLOPT_URL, target.connectURL)
        _ = unsafe ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = unsafe ccurl_set_text(handle, CURLOPT_PROXY, "")
        if let trustedRootsPath {
            _ = unsafe ccurl_set_text(handle, CURLOPT_CAINFO, trustedRootsPath)
        }
        for (option, value) in [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_CONNECT_ONLY, 1),
            // Another protocol than HTTP/1.1 has another handshake.
            (CURLOPT_SSL_ENABLE_ALPN, 0),
            (CURLOPT_CONNECTTIMEOUT_MS, connectMilliseconds),
            (CURLOPT_TIMEOUT_MS, connectMilliseconds),
        ] {
            _ = unsafe ccurl_set_number(handle, option, value)
        }
        let code = unsafe curl_easy_perform(handle)
        let number = unsafe code == CURLE_OK ? ccurl_active_socket(handle) : -1
        guard number >= 0 else {
            unsafe curl_easy_cleanup(handle)
            if code == CURLE_OPERATION_TIMEDOUT { throw .timedOut(url: url) }
            let reason = unsafe String(cString: curl_easy_strerror(code))
            throw .cannotConnect(url: url, reason: reason)
        }
        unsafe self.handle = handle
        socket = number
        self.url = url
    }

    deinit { unsafe curl_easy_cleanup(handle) }

    /// Reads what is there: an empty array if nothing is, none at the end.
    func read(into buffer: inout [UInt8]) throws(WebSocketError) -> Int? {
        var count = 0
        let code = unsafe curl_easy_recv(handle, &buffer, buffer.count, &count)
        switch code {
        case CURLE_OK: return count == 0 ? nil : count
        case CURLE_AGAIN: return 0
        default:
            throw unsafe .lost(url: url, reason: String(cString: curl_easy_strerror(code)))
        }
    }

    /// Writes as much as goes now.
    func write(_ bytes: ArraySlice<UInt8>) throws(WebSocketError) -> Int {
        var count = 0
        let code = unsafe bytes.withUnsafeBytes { bytes in
            unsafe curl_easy_send(handle, bytes.baseAddress, bytes.count, &count)
        }
        switch code {
        case CURLE_OK: return count
        case CURLE_AGAIN: return 0
        default:
            throw unsafe .lost(url: url, reason: String(cString: curl_easy_strerror(code)))
        }
    }

    /// Waits until something can be read.
    func waitToRead(interrupt: WakeSignal?, milliseconds: Int) -> Wake {
        var watched = [pollfd(fd: socket, events: Int16(POLLIN), revents: 0)]
        if let interrupt {
            watched.append(
                pollfd(fd: interrupt.descriptor.number, events: Int16(POLLIN), revents: 0)
            )
        }
        let timeout = Int32(clamping: max(0, milliseconds))
        let count = unsafe poll(&watched, nfds_t(watched.count), timeout)
        if count <= 0 { return .timedOut }
        if watched.count > 1, watched[1].revents != 0 {
            interrupt?.clear()
            return .interrupted
        }
        return .ready
    }

    /// Waits until something can be written, or the time is over.
    func waitToWrite(milliseconds: Int) {
        var watched = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        // Whatever the result, the next attempt to write tells.
        _ = unsafe poll(&watched, 1, Int32(clamping: max(0, milliseconds)))
    }
}
