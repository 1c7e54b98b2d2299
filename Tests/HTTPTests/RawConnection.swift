import Glibc
import Testing

/// A connection to this machine that sends and receives any bytes, as no proper client would.
final class RawConnection {
    private let descriptor: Int32
    private var received: [UInt8] = []

    /// Nobody listens.
    struct Refused: Error {}

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        // A bound on every wait, so that a test that fails does not hang.
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        let count = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, count)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Refused() }
    }

    deinit { close(descriptor) }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + sent },
                    buffer.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
            }
            // The server may have answered and closed before it read all.
            if count < 0 { return }
            sent += count
        }
    }

    /// No more will be sent.
    func endOutput() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends the connection at once, as a client does that dies.
    func reset() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        let count = socklen_t(MemoryLayout<Glibc.linger>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, count)
        let nothing = unsafe open("/dev/null", O_RDONLY)
        dup2(nothing, descriptor)
        close(nothing)
    }

    /// The place of the first connection that has something to read; none after ten seconds.
    static func firstReadable(_ connections: [RawConnection]) -> Int? {
        var waiting = connections.map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
        }
        _ = unsafe poll(&waiting, nfds_t(waiting.count), 10_000)
        return waiting.firstIndex { $0.revents != 0 }
    }

    /// Reads once more; false at the end, or when the connection was reset.
    private func readMore() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        if count < 0 {
            try #require(errno == ECONNRESET, "no answer in ten seconds")
            return false
        }
        received += buffer[..<count]
        return count > 0
    }

    /// So many bytes; none if the connection ends first.
    func take(_ count: Int) throws -> [UInt8]? {
        while received.count < count {
            guard try readMore() else { return nil }
        }
        defer { received.removeFirst(count) }
        return Array(received[..<count])
    }

    /// The body of the next answer as bytes; empty if the connection ends first.
    func bytes() throws -> [UInt8] {
        while true {
            let blank = Array("\r\n\r\n".utf8)
            if let end = received.firstRange(of: blank)?.upperBound {
                let head = String(decoding: received[..<end], as: UTF8.self)
                let field = head.split(separator: "\r\n").first {
                    $0.hasPrefix("content-length: ")
                }
                let length = try #require(field.flatMap { Int($0.dropFirst(16)) })
                while received.count < end + length {
                    guard try readMore() else { return [] }
                }
                defer { received.removeFirst(end + length) }
                return Array(received[end..<end + length])
            }
            guard try readMore() else { return [] }
        }
    }

    struct Answer: Equatable {
        var status: Int
        var head: String
        var body: String
    }

    /// The next answer, whose length its head gives; none if the connection ends first.
    ///
    /// After a HEAD, `hasBody` is false.
    func answer(hasBody: Bool = true) throws -> Answer? {
        while true {
            let text = String(decoding: received, as: UTF8.self)
            if let end = text.firstRange(of: "\r\n\r\n") {
                let head = String(text[..<end.lowerBound])
                let status = try #require(Int(head.split(separator: " ")[1]))
                let field = head.split(separator: "\r\n").first {
                    $0.hasPrefix("content-length: ")
                }
                let length = hasBody ? field.flatMap { Int($0.dropFirst(16)) } ?? 0 : 0
                let start = head.utf8.count + 4
                if received.count >= start + length {
                    let body = String(decoding: received[start..<start + length], as: UTF8.self)
                    received.removeFirst(start + length)
                    return Answer(status: status, head: head, body: body)
                }
            }
            guard try readMore() else { return nil }
        }
    }

    /// Whether the connection ends, with nothing more before that.
    func isEnded() throws -> Bool {
        guard received.isEmpty else { return false }
        return try !readMore()
    }

    /// How many bytes come until the connection ends.
    func countToEnd() throws -> Int {
        while try readMore() {}
        return received.count
    }
}
