import Glibc
import Platform
import Synchronization

/// Listens on this machine and gives every connection a thread, for tests that need a server which does anything.
public final class LoopbackServer: Sendable {
    private struct State {
        var connections: [LoopbackConnection] = []
        var threads: [PlatformThread] = []
        var isStopped = false
    }

    /// The port that the system chose.
    public let port: UInt16
    private let listener: Int32
    private let state = Mutex(State())

    /// Starts a server; `serve` is called for each connection, on a thread of its own.
    public init(_ serve: @escaping @Sendable (LoopbackConnection) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var count = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(listener, pointer, count) == 0
                    && getsockname(listener, pointer, &count) == 0
            }
        }
        guard listener >= 0, isBound, listen(listener, 16) == 0 else {
            throw LoopbackError.cannotListen
        }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        let thread = try PlatformThread.start(name: "loopback") { self.acceptAll(serve) }
        state.withLock { $0.threads.append(thread) }
    }

    private func acceptAll(_ serve: @escaping @Sendable (LoopbackConnection) -> Void) {
        while true {
            let number = accept(listener, nil, nil)
            if number < 0 {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            let connection = LoopbackConnection(number)
            let isStopped = state.withLock { state in
                if !state.isStopped { state.connections.append(connection) }
                return state.isStopped
            }
            if isStopped { return connection.close() }
            do {
                let thread = try PlatformThread.start(name: "loopback") {
                    serve(connection)
                    connection.close()
                }
                state.withLock { $0.threads.append(thread) }
            } catch {
                connection.close()
            }
        }
    }

    /// Ends all connections and threads.
    public func stop() {
        let connections = state.withLock { state in
            state.isStopped = true
            return state.connections
        }
        _ = shutdown(listener, Int32(SHUT_RDWR))
        for connection in connections { connection.close() }
        while true {
            let threads = state.withLock { state in
                defer { state.threads = [] }
                return state.threads
            }
            if threads.isEmpty { break }
            for thread in threads { thread.join() }
        }
        Glibc.close(listener)
    }

    /// Ends the connections that are open, as a network does that fails.
    public func cutConnections() {
        let connections = state.withLock { state in
            defer { state.connections = [] }
            return state.connections
        }
        for connection in connections { connection.close() }
    }
}

/// Why a test's server could not start.
public enum LoopbackError: Error {
    /// The system gave no socket.
    case cannotListen
}

/// One connection of a `LoopbackServer`.
public final class LoopbackConnection: Sendable {
    private let number: Int32
    private let isClosed = Mutex(false)

    init(_ number: Int32) {
        self.number = number
        // A bound on every wait, so that a test that fails does not hang.
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        let count = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &patience, count)
        unsafe setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &patience, count)
    }

    deinit { Glibc.close(number) }

    /// Reads what comes; empty at the end, and when nothing came for long.
    public func read() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe recv(number, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : []
    }

    /// Reads up to and including a mark; empty if the connection ends before it.
    public func read(through mark: String) -> [UInt8] {
        var bytes: [UInt8] = []
        let mark = Array(mark.utf8)
        while !bytes.suffix(mark.count).elementsEqual(mark) {
            var byte: UInt8 = 0
            guard unsafe recv(number, &byte, 1, 0) == 1 else { return [] }
            bytes.append(byte)
        }
        return bytes
    }

    /// Writes all bytes; false if the other side is gone.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[sent...])
                return unsafe send(number, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    /// Writes a text.
    @discardableResult
    public func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    /// Ends the connection in both directions.
    public func close() {
        isClosed.withLock { isClosed in
            if !isClosed { _ = shutdown(number, Int32(SHUT_RDWR)) }
            isClosed = true
        }
    }
}
